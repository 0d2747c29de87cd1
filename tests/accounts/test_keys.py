"""What every store promises of API keys."""

from __future__ import annotations

from datetime import timedelta

import pytest

from interactions.accounts.base import Accounts, CredentialRefused, ErasedCredentials
from interactions.domain.errors import Invalid, NotFound
from tests.accounts.stores import SECRET
from tests.conformance.clock import NOW, Clock
from tests.conftest import PASSWORD


def refusal(accounts: Accounts, key: str) -> str:
    with pytest.raises(CredentialRefused) as refused:
        accounts.check_key(key)
    return str(refused.value)


@pytest.mark.parametrize("scopes", [("read",), ("write", "read"), ("any", "chat", "write", "read")])
def test_a_key_acts_for_its_user_within_its_scopes(accounts: Accounts, scopes: tuple[str, ...]) -> None:
    key, made = accounts.create_key("ana", scopes)
    assert (made.user_id, made.scopes, made.expires_at, made.revoked_at) == ("ana", scopes, None, None)
    principal = accounts.check_key(key)
    assert (principal.user_id, principal.scopes, principal.key_id) == ("ana", frozenset(scopes), made.key_id)


@pytest.mark.parametrize(
    ("user_id", "scopes", "pointer"),
    [("two words", ("read",), "#/user_id"), ("ana", ("admin",), "#/scopes"), ("ana", (), "#/scopes")],
)
def test_what_cannot_be_a_key_is_refused(
    accounts: Accounts, user_id: str, scopes: tuple[str, ...], pointer: str
) -> None:
    with pytest.raises(Invalid, match=pointer):
        accounts.create_key(user_id, scopes)


def test_a_key_is_known_by_all_of_it(accounts: Accounts) -> None:
    key, made = accounts.create_key("ana", ("read",))
    other, _ = accounts.create_key("ana", ("read",))
    accounts.check_key(key)
    swapped = f"ik_{made.key_id}_{other[SECRET:]}"
    last = key[:-1] + ("A" if key[-1] != "A" else "B")
    unknown = f"ik_{'0' * 16}_{key[SECRET:]}"
    for wrong in ("", "ik_", key[:-1], key + "A", key.upper(), made.key_id, swapped, last, unknown):
        assert "not known" in refusal(accounts, wrong)
    accounts.revoke_key(made.key_id)
    assert "not known" in refusal(accounts, last), "its state is told to its holder alone"


def test_a_key_ends_when_it_says(accounts: Accounts, clock: Clock) -> None:
    ends = NOW + timedelta(seconds=3)
    key, made = accounts.create_key("ana", ("read",), ends)
    assert made.expires_at == ends
    clock.advance(timedelta(seconds=3) - timedelta(microseconds=1))
    accounts.check_key(key)
    clock.advance(timedelta(microseconds=1))
    assert "expired" in refusal(accounts, key)


def test_a_revoked_key_stays_so_from_the_first_time_on(accounts: Accounts, clock: Clock) -> None:
    key, made = accounts.create_key("ana", ("read",))
    other, _ = accounts.create_key("ana", ("read",))
    assert accounts.revoke_key(made.key_id).revoked_at == NOW
    clock.advance(timedelta(days=1))
    assert accounts.revoke_key(made.key_id).revoked_at == NOW
    assert "revoked" in refusal(accounts, key)
    accounts.check_key(other)


def test_a_key_that_is_not_there_cannot_be_revoked(accounts: Accounts) -> None:
    with pytest.raises(NotFound):
        accounts.revoke_key("0" * 16)
    with pytest.raises(NotFound):
        accounts.revoke_key("0" * 16)


def test_a_users_keys_are_listed_oldest_first_those_that_ended_too(accounts: Accounts, clock: Clock) -> None:
    made = []
    for days in range(3):
        clock.now = NOW + timedelta(days=days)
        made.append(accounts.create_key("ana", ("read", "chat"), clock.now + timedelta(hours=1))[1])
    accounts.create_key("bea", ("read",))
    revoked = accounts.revoke_key(made[1].key_id)
    assert accounts.list_keys("ana") == [made[0], revoked, made[2]]
    assert accounts.list_keys("nobody") == []


def test_many_keys_of_one_user_are_listed_and_erased_whole(accounts: Accounts) -> None:
    keys = [accounts.create_key("ana", ("read",)) for _ in range(120)]
    assert {key.key_id for key in accounts.list_keys("ana")} == {made.key_id for _, made in keys}
    assert accounts.erase_credentials("ana") == ErasedCredentials(sessions=0, api_keys=120)
    assert accounts.list_keys("ana") == []
    for key, _ in keys:
        refusal(accounts, key)


def test_keys_and_an_account_of_one_name_come_and_stay_apart(accounts: Accounts) -> None:
    before, _ = accounts.create_key("ana", ("read",))
    account = accounts.create_account("ana", PASSWORD)
    after, _ = accounts.create_key("ana", ("read",))
    for key in (before, after):
        assert accounts.check_key(key).scopes == {"read"}
    assert len(accounts.list_keys("ana")) == 2
    assert accounts.erase_credentials("ana").api_keys == 2
    assert accounts.get_account("ana") == accounts.check_password("ana", PASSWORD) == account
