"""The commands of accounts and keys, over each store that the settings may name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from interactions.accounts import get_accounts
from interactions.accounts.base import CredentialRefused
from tests.accounts.stores import SECRET, Store
from tests.commands.running import Commands
from tests.conftest import PASSWORD

OTHER_PASSWORD = "staple-battery-horse"


@pytest.fixture
def commands(store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Commands]:
    """`manage.py` over the store's tables."""
    kind = type(store.start())
    settings.INTERACTIONS_ACCOUNTS = f"{kind.__module__}.{kind.__qualname__}"
    get_accounts.cache_clear()
    yield Commands(monkeypatch)
    get_accounts.cache_clear()


@pytest.fixture
def ana(commands: Commands) -> None:
    commands.run("create_account", "ana", "--password-stdin", stdin=PASSWORD.encode())


def test_an_account_is_made_once(commands: Commands, ana: None) -> None:
    assert not get_accounts().check_password("ana", PASSWORD).staff
    again = commands.fail("create_account", "ana", "--password-stdin", stdin=OTHER_PASSWORD.encode())
    assert "taken" in again.message
    weak = commands.fail("create_account", "bea", "--password-stdin", stdin=b"password123")
    assert "too common" in weak.message


def test_a_disabled_account_is_locked_out_until_it_is_enabled(store: Store, commands: Commands, ana: None) -> None:
    session_key = store.open_session("ana", PASSWORD)
    assert commands.run("change_account", "ana", "--disable").out == "The account ana is disabled.\n"
    with pytest.raises(CredentialRefused):
        get_accounts().check_password("ana", PASSWORD)
    assert not store.is_logged_in(session_key)
    assert commands.run("change_account", "ana", "--enable").out == "The account ana is enabled.\n"
    get_accounts().check_password("ana", PASSWORD)


def test_disabling_names_the_keys_that_go_on_working(commands: Commands, ana: None) -> None:
    working = get_accounts().create_key("ana", ("read",))[1].key_id
    revoked = get_accounts().create_key("ana", ("read",))[1].key_id
    commands.run("revoke_api_key", revoked)
    said = commands.run("change_account", "ana", "--disable").out
    assert f"revoke_api_key {working}" in said
    assert revoked not in said


def test_staff_are_made_and_unmade(commands: Commands, ana: None) -> None:
    assert "staff account ana" in commands.run("change_account", "ana", "--staff").out
    assert get_accounts().check_password("ana", PASSWORD).staff
    assert "staff" not in commands.run("change_account", "ana", "--no-staff").out
    assert not get_accounts().check_password("ana", PASSWORD).staff


def test_a_password_is_changed_with_whatever_else_is_asked(store: Store, commands: Commands, ana: None) -> None:
    session_key = store.open_session("ana", PASSWORD)
    done = commands.run("change_account", "ana", "--staff", "--password-stdin", stdin=f"{OTHER_PASSWORD}\n".encode())
    assert OTHER_PASSWORD not in done.out + done.err
    assert get_accounts().check_password("ana", OTHER_PASSWORD).staff
    with pytest.raises(CredentialRefused):
        get_accounts().check_password("ana", PASSWORD)
    assert not store.is_logged_in(session_key)


@pytest.mark.parametrize(
    ("arguments", "stdin", "reason"),
    [
        (["ana"], b"", "what is to change"),
        (["nobody", "--disable"], b"", "no account nobody"),
        (["two words", "--disable"], b"", "USERNAME"),
        (["ana", "--disable", "--enable"], b"", "not allowed with"),
        (["ana", "--staff", "--no-staff"], b"", "not allowed with"),
        (["ana", "--password"], PASSWORD.encode(), "--password-stdin"),
        (["ana", "--staff", "--password-stdin"], b"", "no password"),
        (["ana", "--staff", "--password-stdin"], b"short", "too short"),
    ],
)
def test_what_cannot_be_changed_is_refused_and_nothing_changes(
    commands: Commands, ana: None, arguments: list[str], stdin: bytes, reason: str
) -> None:
    before = get_accounts().get_account("ana")
    assert reason in commands.fail("change_account", *arguments, stdin=stdin).message
    assert get_accounts().check_password("ana", PASSWORD) == before


def test_keys_are_listed_with_their_state_and_without_their_secret(commands: Commands) -> None:
    past, future = (datetime.now(UTC) + timedelta(days=days) for days in (-1, 1))
    keys = [get_accounts().create_key("ana", ("read", "any"), end) for end in (None, None, past, future)]
    commands.run("revoke_api_key", keys[1][1].key_id)
    said = commands.run("list_api_keys", "ana")
    lines = {line.split()[0]: line for line in said.out.splitlines()}
    assert lines.keys() == {made.key_id for _, made in keys}
    states = [re.search(r"read, any  (\D+)", lines[made.key_id]) for _, made in keys]
    assert [state and state[1].strip() for state in states] == ["active", "revoked", "expired", "active until"]
    assert not any(key[SECRET:] in said.out for key, _ in keys)
    nobody = commands.run("list_api_keys", "nobody")
    assert (nobody.out, nobody.err) == ("", "nobody has no API keys.\n")


def test_erasing_counts_credentials_and_deletes_the_account_only_when_told_to(
    store: Store, commands: Commands, ana: None, db: None
) -> None:
    commands.run("create_api_key", "ana")
    store.open_session("ana", PASSWORD)
    said = commands.run("erase_user", "ana", "--yes").out
    assert "sessions: 1\n" in said
    assert "api keys: 1\n" in said
    assert "The account itself stays" in said
    assert get_accounts().get_account("ana") is not None
    assert "The account is deleted." in commands.run("erase_user", "ana", "--yes", "--account").out
    assert get_accounts().get_account("ana") is None
    assert "account" not in commands.run("erase_user", "ana", "--yes", "--account").out
