"""Sessions of an account: which there are, and how they end. Those of the API are in `tests/api/test_sessions.py`."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import UpdateError
from pytest_django import Settings

from interactions.accounts.base import MAX_SESSIONS, Accounts, CredentialRefused, ErasedCredentials
from interactions.accounts.sessions import log_in, log_out
from interactions.dynamodb.tables import get_tables
from tests.accounts.stores import Store, new_session
from tests.conformance.clock import Clock
from tests.conftest import PASSWORD
from tests.dynamodb_tables import ON_BOTH_WIRES
from tests.faults.proxy import FaultyDynamoDB


@pytest.fixture(autouse=True)
def _accounts_of_two(request: pytest.FixtureRequest) -> None:
    name = next(name for name in ("store", "dynamodb_store", "wired_store") if name in request.fixturenames)
    for username in ("ana", "bea"):
        request.getfixturevalue(name).start().create_account(username, PASSWORD)


def test_erasing_ends_a_users_sessions_and_keys_and_counts_them(store: Store, accounts: Accounts) -> None:
    ours = [store.open_session("ana", PASSWORD) for _ in range(3)]
    theirs = store.open_session("bea", PASSWORD)
    key, _ = accounts.create_key("ana", ("read",))
    assert all(map(store.is_logged_in, [*ours, theirs]))
    assert accounts.erase_credentials("ana") == ErasedCredentials(sessions=3, api_keys=1)
    assert [*map(store.is_logged_in, [*ours, theirs])] == [False, False, False, True]
    with pytest.raises(CredentialRefused):
        accounts.check_key(key)
    assert accounts.erase_credentials("ana") == ErasedCredentials(sessions=0, api_keys=0)
    assert store.is_logged_in(store.open_session("ana", PASSWORD)), "the account stays"


def test_of_a_user_who_has_nothing_nothing_is_erased(accounts: Accounts) -> None:
    assert accounts.erase_credentials("nobody") == ErasedCredentials(sessions=0, api_keys=0)


def test_a_session_that_was_logged_out_is_no_more_to_be_erased(store: Store, accounts: Accounts) -> None:
    kept, ended = (store.open_session("ana", PASSWORD) for _ in range(2))
    log_out(new_session(ended), accounts)
    assert not store.is_logged_in(ended)
    assert store.is_logged_in(kept)
    assert accounts.erase_credentials("ana").sessions == 1


def test_logging_in_ends_the_session_that_came_along(store: Store, accounts: Accounts) -> None:
    planted = store.open_session("bea", PASSWORD)
    session = new_session(planted)
    log_in(session, accounts.check_password("ana", PASSWORD), accounts)
    session.save()
    assert session.session_key != planted
    assert not store.is_logged_in(planted)
    assert accounts.erase_credentials("bea").sessions == 0
    assert accounts.erase_credentials("ana").sessions == 1


def test_a_session_that_was_erased_while_it_was_opened_is_not_saved(store: Store, accounts: Accounts) -> None:
    session = new_session()
    log_in(session, accounts.check_password("ana", PASSWORD), accounts)
    assert session.session_key is not None
    new_session(session.session_key).delete()  # as erasing does
    with pytest.raises(UpdateError):
        session.save()
    assert not store.is_logged_in(session.session_key)


def test_a_disabled_accounts_session_sleeps(store: Store, accounts: Accounts) -> None:
    session_key = store.open_session("ana", PASSWORD)
    accounts.change_account("ana", active=False)
    assert not store.is_logged_in(session_key)
    accounts.change_account("ana", active=True)
    assert store.is_logged_in(session_key)


def test_another_password_ends_the_sessions(store: Store, accounts: Accounts) -> None:
    session_key = store.open_session("ana", PASSWORD)
    accounts.change_account("ana", password="staple-battery-horse")
    assert not store.is_logged_in(session_key)


def test_a_session_outlives_the_secret_key_for_as_long_as_that_is_a_fallback(store: Store, settings: Settings) -> None:
    session_key = store.open_session("ana", PASSWORD)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 8
    assert store.is_logged_in(session_key)
    settings.SECRET_KEY_FALLBACKS = []
    assert not store.is_logged_in(session_key)


def test_one_more_than_an_account_may_have_ends_the_oldest(dynamodb_store: Store, clock: Clock) -> None:
    keys = []
    for _ in range(MAX_SESSIONS + 2):
        clock.advance(timedelta(seconds=1))
        keys.append(dynamodb_store.open_session("ana", PASSWORD))
    assert [*map(dynamodb_store.is_logged_in, keys)] == [False, False, *[True] * MAX_SESSIONS]
    assert dynamodb_store.start().erase_credentials("ana").sessions == MAX_SESSIONS


@ON_BOTH_WIRES
def test_logging_in_costs_one_read_and_three_writes(wired_store: Store, wire: FaultyDynamoDB) -> None:
    wire.exchanges.clear()
    wired_store.open_session("ana", PASSWORD)
    said = [(exchange.operation, *exchange.call.tables) for exchange in wire.said()]
    assert said == [
        ("GetItem", "accounts"),
        ("PutItem", "sessions"),
        ("UpdateItem", "accounts"),
        ("UpdateItem", "sessions"),
    ]


def test_of_a_user_without_an_account_nothing_is_left(dynamodb_store: Store) -> None:
    accounts = dynamodb_store.start()
    accounts.create_key("robot", ("read",))
    accounts.erase_credentials("robot")
    accounts.delete_account("ana")
    tables = get_tables()
    assert [item.username for item in tables.accounts.scan()] == ["bea"]
    assert [*tables.api_keys.scan()] == []


def test_no_session_begins_for_an_account_that_was_deleted_meanwhile(dynamodb_store: Store) -> None:
    accounts, elsewhere = dynamodb_store.start(), dynamodb_store.start()
    account = accounts.check_password("ana", PASSWORD)
    elsewhere.delete_account("ana")
    with pytest.raises(CredentialRefused):
        log_in(new_session(), account, accounts)
    assert [item.username for item in get_tables().accounts.scan()] == ["bea"]
