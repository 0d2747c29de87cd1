"""Answers that are lost on the way, and reads that lag behind: what was written is found out, once and whole."""

from __future__ import annotations

import pytest
from pynamodb.exceptions import UpdateError
from pytest_django import Settings

from interactions.accounts.base import CredentialRefused, ErasedCredentials
from interactions.accounts.sessions import log_in
from interactions.domain.errors import AlreadyExists
from interactions.dynamodb.tables import Tables
from tests.accounts.stores import Store, new_session
from tests.conftest import PASSWORD
from tests.faults.kinds import UNKNOWN_OUTCOMES, Fault, refusal
from tests.faults.plans import in_turn
from tests.faults.proxy import FaultyDynamoDB
from tests.faults.wire import Answer, Call, Forward

WRITES = ("UpdateItem", "DeleteItem", "TransactWriteItems")
unknown = pytest.mark.parametrize("fault", UNKNOWN_OUTCOMES, ids=lambda fault: fault.name)


@unknown
def test_an_account_is_made_although_nobody_heard_so(wired_store: Store, wire: FaultyDynamoDB, fault: Fault) -> None:
    accounts = wired_store.start()
    wire.plan = in_turn([fault], *WRITES)
    made = accounts.create_account("ana", PASSWORD, staff=True)
    assert wire.faults() == [fault.name]
    assert made == accounts.get_account("ana") == accounts.check_password("ana", PASSWORD)
    wire.plan = in_turn([fault], *WRITES)
    with pytest.raises(AlreadyExists):
        accounts.create_account("ana", "staple-battery-horse")
    assert accounts.check_password("ana", PASSWORD) == made


@unknown
def test_a_key_is_made_once_and_works(wired_store: Store, wire: FaultyDynamoDB, fault: Fault) -> None:
    accounts = wired_store.start()
    wire.plan = in_turn([fault], *WRITES)
    key, made = accounts.create_key("ana", ("read",))
    assert wire.faults() == [fault.name]
    assert accounts.check_key(key).key_id == made.key_id
    assert accounts.list_keys("ana") == [made]


@unknown
def test_changes_and_ends_hold_although_nobody_heard_so(wired_store: Store, wire: FaultyDynamoDB, fault: Fault) -> None:
    accounts = wired_store.start()
    accounts.create_account("ana", PASSWORD)
    key, made = accounts.create_key("ana", ("read",))
    wire.plan = in_turn([fault, None, fault], *WRITES)
    assert accounts.change_account("ana", staff=True).staff
    accounts.revoke_key(made.key_id)
    assert wire.faults() == [fault.name] * 2
    with pytest.raises(CredentialRefused, match="revoked"):
        accounts.check_key(key)
    wire.plan = in_turn([fault], *WRITES)
    assert accounts.erase_credentials("ana") == ErasedCredentials(sessions=0, api_keys=1)
    assert accounts.erase_credentials("ana") == ErasedCredentials(sessions=0, api_keys=0)


def test_a_login_that_renews_the_hash_is_not_refused_for_it(
    wired_store: Store, wire: FaultyDynamoDB, settings: Settings
) -> None:
    accounts = wired_store.start()
    hashers = [f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("MD5", "PBKDF2")]
    settings.PASSWORD_HASHERS = hashers
    before = accounts.create_account("ana", PASSWORD)
    settings.PASSWORD_HASHERS = hashers[::-1]
    wire.plan = in_turn([UNKNOWN_OUTCOMES[0]], "UpdateItem")
    account = accounts.check_password("ana", PASSWORD)
    assert wire.faults()
    assert account == accounts.get_account("ana") != before


def test_a_password_that_changes_during_a_login_stays_changed(
    wired_store: Store, wire: FaultyDynamoDB, settings: Settings
) -> None:
    accounts, elsewhere = wired_store.start(), wired_store.start()
    hashers = [f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("MD5", "PBKDF2")]
    settings.PASSWORD_HASHERS = hashers
    accounts.create_account("ana", PASSWORD)
    settings.PASSWORD_HASHERS = hashers[::-1]

    def change_first(call: Call, forward: Forward) -> Answer:
        elsewhere.change_account("ana", password="staple-battery-horse")
        return forward(call.body)

    wire.plan = in_turn([Fault("a change before", change_first)], "UpdateItem")
    with pytest.raises(CredentialRefused):
        accounts.check_password("ana", PASSWORD)
    accounts.check_password("ana", "staple-battery-horse")


def test_no_session_says_whose_it_is_before_the_account_knows_it(
    wired_store: Store, wired_tables: Tables, wire: FaultyDynamoDB
) -> None:
    accounts = wired_store.start()
    account = accounts.create_account("ana", PASSWORD)
    refused = refusal("ValidationException", "Not today.")
    wire.plan = lambda call: refused if call.operation == "UpdateItem" and "accounts" in call.tables else None
    with pytest.raises(UpdateError):
        log_in(new_session(), account, accounts)
    (item,) = wired_tables.sessions.scan()
    assert dict(new_session(item.session_key).items()) == {}


def test_what_was_made_a_moment_ago_is_erased_and_disabled(lagging_store: Store) -> None:
    accounts, elsewhere = lagging_store.start(), lagging_store.start()
    accounts.create_account("ana", PASSWORD)
    key, made = accounts.create_key("ana", ("read",))
    session_key = lagging_store.open_session("ana", PASSWORD)
    assert elsewhere.list_keys("ana") == [made]
    assert elsewhere.erase_credentials("ana") == ErasedCredentials(sessions=1, api_keys=1)
    with pytest.raises(CredentialRefused):
        lagging_store.start().check_key(key)
    assert not lagging_store.is_logged_in(session_key)
    accounts.change_account("ana", active=False)
    account = elsewhere.get_account("ana")
    assert account is not None
    assert not account.active
