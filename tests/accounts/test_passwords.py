"""What checking a password costs, counted in rounds of the hash: nobody learns from the time whether a name exists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from pytest_django import Settings

from interactions.accounts.base import Accounts, CredentialRefused
from interactions.accounts.passwords import verify
from tests.conftest import PASSWORD

ROUNDS = 1000
EARLIER_ROUNDS = 300


class Counting(PBKDF2PasswordHasher):
    """Today's hash, which counts its work."""

    iterations = ROUNDS
    work: ClassVar[int] = 0

    def encode(self, password: str, salt: str, iterations: Any = None) -> str:
        Counting.work += iterations or self.iterations
        return super().encode(password, salt, iterations)


class FewerRounds(Counting):
    """Today's hash as it was: of the same name and with less work."""

    iterations = EARLIER_ROUNDS


class Another(Counting):
    """A hash of another name, with less work."""

    algorithm = "another"
    iterations = EARLIER_ROUNDS


def path(hasher: type) -> str:
    return f"{hasher.__module__}.{hasher.__qualname__}"


@pytest.fixture
def cost(settings: Settings) -> Callable[[Callable[[], object]], int]:
    settings.PASSWORD_HASHERS = [path(Counting), path(Another)]

    def of(call: Callable[[], object]) -> int:
        Counting.work = 0
        call()
        return Counting.work

    return of


def refused(accounts: Accounts, username: str, password: str) -> None:
    with pytest.raises(CredentialRefused):
        accounts.check_password(username, password)


Cost = Callable[[Callable[[], object]], int]


def test_the_unknown_the_wrong_the_disabled_and_the_right_cost_one_hash(accounts: Accounts, cost: Cost) -> None:
    for username in ("ana", "bea"):
        accounts.create_account(username, PASSWORD)
    accounts.change_account("bea", active=False)
    accounts.create_key("robot", ("read",))
    assert cost(lambda: accounts.check_password("ana", PASSWORD)) == ROUNDS
    for username, password in [("ana", "wrong"), ("nobody", PASSWORD), ("robot", PASSWORD)]:
        assert cost(lambda u=username, p=password: refused(accounts, u, p)) == ROUNDS  # type: ignore[misc]
    for password in (PASSWORD, "wrong"):
        assert cost(lambda p=password: refused(accounts, "bea", p)) == ROUNDS  # type: ignore[misc]


@pytest.mark.parametrize("hasher", [FewerRounds, Another])
def test_an_earlier_hash_is_no_cheaper(
    accounts: Accounts, settings: Settings, cost: Cost, hasher: type[Counting]
) -> None:
    settings.PASSWORD_HASHERS = [path(hasher)]
    accounts.create_account("ana", PASSWORD)
    settings.PASSWORD_HASHERS = [path(Counting), path(Another)]
    assert cost(lambda: refused(accounts, "ana", "wrong")) >= ROUNDS
    accounts.check_password("ana", PASSWORD)  # made anew
    assert cost(lambda: accounts.check_password("ana", PASSWORD)) == ROUNDS


@pytest.mark.parametrize("encoded", [None, "", "!", "!unusable", "no hash at all", "gone$1000$salt$hash"])
def test_what_is_no_hash_costs_as_much_and_lets_nobody_in(encoded: str | None, cost: Cost) -> None:
    assert cost(lambda: verify(PASSWORD, encoded)) >= ROUNDS
    assert verify(PASSWORD, encoded) == (False, False)


def test_a_hash_is_outdated_only_for_who_knows_the_password(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [path(FewerRounds)]
    encoded = make_password(PASSWORD)
    assert verify(PASSWORD, encoded) == (True, False)
    settings.PASSWORD_HASHERS = [path(Counting)]
    assert verify(PASSWORD, encoded) == (True, True)
    assert verify("wrong", encoded) == (False, False)
