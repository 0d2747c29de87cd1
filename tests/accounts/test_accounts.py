"""What every store promises of accounts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from pytest_django import Settings

from interactions.accounts.base import Account, Accounts, CredentialRefused
from interactions.domain.errors import AlreadyExists, Invalid, NotFound
from tests.accounts.stores import Store
from tests.conftest import PASSWORD

OTHER_PASSWORD = "staple-battery-horse"


@pytest.mark.parametrize("staff", [False, True])
def test_a_new_account_is_active_and_logs_in(accounts: Accounts, staff: bool) -> None:
    made = accounts.create_account("ana", PASSWORD, staff=staff)
    assert (made.username, made.staff, made.active) == ("ana", staff, True)
    assert accounts.check_password("ana", PASSWORD) == accounts.get_account("ana") == made
    assert ("any" in made.principal.scopes) is staff


@pytest.mark.parametrize("password", ["short-one", "password123", "maria-silva", "Maria.Silva1", ""])
def test_a_weak_password_is_refused_and_nothing_is_made(accounts: Accounts, password: str) -> None:
    with pytest.raises(Invalid) as refused:
        accounts.create_account("maria.silva", password)
    assert [error.pointer for error in refused.value.errors] == ["#/password"]
    assert accounts.get_account("maria.silva") is None


@pytest.mark.parametrize("username", ["", "two words", "josé", "a#b", "x" * 129])
def test_a_name_that_cannot_own_interactions_is_refused(accounts: Accounts, username: str) -> None:
    with pytest.raises(Invalid, match="#/username"):
        accounts.create_account(username, PASSWORD)


def test_a_name_is_taken_once_and_stays_whose_it_is(accounts: Accounts) -> None:
    made = accounts.create_account("ana", PASSWORD)
    with pytest.raises(AlreadyExists):
        accounts.create_account("ana", OTHER_PASSWORD, staff=True)
    assert accounts.check_password("ana", PASSWORD) == made


@pytest.mark.django_db(transaction=True)
def test_of_those_who_take_a_name_at_once_one_gets_it(store: Store) -> None:
    passwords = [f"{PASSWORD}-{number}" for number in range(8)]
    start = Barrier(len(passwords))

    def create(password: str) -> Account | None:
        accounts = store.start()
        start.wait(timeout=60)
        try:
            return accounts.create_account("ana", password)
        except AlreadyExists:
            return None
        finally:
            store.leave_thread()

    with ThreadPoolExecutor(len(passwords)) as threads:
        made = [*threads.map(create, passwords)]
    (winner,) = (password for password, account in zip(passwords, made, strict=True) if account)
    assert store.start().check_password("ana", winner) in made


def test_the_wrong_the_unknown_and_the_disabled_are_refused_alike(accounts: Accounts) -> None:
    accounts.create_account("ana", PASSWORD)
    accounts.create_account("bea", PASSWORD)
    accounts.change_account("bea", active=False)
    reasons = set()
    for username, password in [("ana", OTHER_PASSWORD), ("nobody", PASSWORD), ("bea", PASSWORD), ("ana", "")]:
        with pytest.raises(CredentialRefused) as refused:
            accounts.check_password(username, password)
        reasons.add(str(refused.value))
    assert len(reasons) == 1


def test_what_changes_is_what_is_given(accounts: Accounts) -> None:
    made = accounts.create_account("ana", PASSWORD)
    disabled = accounts.change_account("ana", active=False)
    assert (disabled.active, disabled.staff, disabled.session_hash) == (False, False, made.session_hash)
    promoted = accounts.change_account("ana", staff=True)
    assert (promoted.active, promoted.staff) == (False, True)
    assert accounts.change_account("ana", active=True, staff=False) == made
    assert accounts.change_account("ana") == accounts.get_account("ana") == accounts.check_password("ana", PASSWORD)


def test_another_password_works_in_place_of_the_one_before(accounts: Accounts) -> None:
    made = accounts.create_account("ana", PASSWORD)
    changed = accounts.change_account("ana", password=OTHER_PASSWORD)
    assert changed.session_hash != made.session_hash
    assert accounts.check_password("ana", OTHER_PASSWORD) == changed
    with pytest.raises(CredentialRefused):
        accounts.check_password("ana", PASSWORD)


def test_a_weak_password_changes_nothing_at_all(accounts: Accounts) -> None:
    made = accounts.create_account("maria.silva", PASSWORD)
    for weak in ("short-one", "maria.silva"):
        with pytest.raises(Invalid, match="#/password"):
            accounts.change_account("maria.silva", password=weak, staff=True, active=False)
    assert accounts.get_account("maria.silva") == made


@pytest.mark.parametrize("change", [{}, {"active": False}, {"password": PASSWORD}])
def test_an_account_that_is_not_there_cannot_change(accounts: Accounts, change: dict[str, object]) -> None:
    accounts.create_key("ana", ("read",))
    with pytest.raises(NotFound):
        accounts.change_account("ana", **change)  # type: ignore[arg-type]
    assert accounts.get_account("ana") is None
    assert not accounts.any_account()


def test_a_hash_of_earlier_settings_is_made_anew_at_the_next_login(accounts: Accounts, settings: Settings) -> None:
    old, new = (f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("MD5", "PBKDF2"))
    settings.PASSWORD_HASHERS = [old]
    made = accounts.create_account("ana", PASSWORD)
    settings.PASSWORD_HASHERS = [new, old]
    with pytest.raises(CredentialRefused):
        accounts.check_password("ana", OTHER_PASSWORD)
    assert accounts.get_account("ana") == made
    renewed = accounts.check_password("ana", PASSWORD)
    assert renewed == accounts.get_account("ana") != made
    settings.PASSWORD_HASHERS = [new]
    assert accounts.check_password("ana", PASSWORD) == renewed


def test_a_deleted_account_is_gone_with_all_that_let_it_in(store: Store, accounts: Accounts) -> None:
    accounts.create_account("ana", PASSWORD, staff=True)
    accounts.create_account("bea", PASSWORD)
    session_key = store.open_session("ana", PASSWORD)
    keys = {name: accounts.create_key(name, ("read",))[0] for name in ("ana", "bea")}
    for _ in range(2):
        accounts.delete_account("ana")
        assert accounts.get_account("ana") is None
        with pytest.raises(CredentialRefused):
            accounts.check_password("ana", PASSWORD)
        with pytest.raises(CredentialRefused):
            accounts.check_key(keys["ana"])
        assert not store.is_logged_in(session_key)
    accounts.check_password("bea", PASSWORD)
    accounts.check_key(keys["bea"])
    assert not accounts.create_account("ana", OTHER_PASSWORD).staff


def test_any_account_means_accounts_not_keys(accounts: Accounts) -> None:
    assert not accounts.any_account()
    accounts.create_key("ana", ("read",))
    assert not accounts.any_account()
    accounts.create_account("bea", PASSWORD)
    assert accounts.any_account()
    accounts.delete_account("bea")
    assert not accounts.any_account()
