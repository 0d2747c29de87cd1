"""`create_account`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from interactions.accounts import get_accounts
from interactions.accounts.base import CredentialRefused
from tests.commands.running import CommandLine, Commands

PASSWORD = "correct-horse-battery"


@pytest.mark.parametrize("staff", [True, False])
def test_the_account_logs_in_with_the_password_from_standard_input(commands: Commands, staff: bool) -> None:
    done = commands.run(
        "create_account", "ana", "--password-stdin", *["--staff"] * staff, stdin=f"{PASSWORD}\nnot this\n".encode()
    )
    account = get_accounts().check_password("ana", PASSWORD)
    assert account.staff is staff
    assert PASSWORD not in done.out + done.err


def test_a_password_keeps_the_spaces_around_it_but_not_the_end_of_the_line(commands: Commands) -> None:
    commands.run("create_account", "ana", "--password-stdin", stdin=f" {PASSWORD} \r\n".encode())
    get_accounts().check_password("ana", f" {PASSWORD} ")


@pytest.mark.parametrize(
    ("username", "stdin", "reason"),
    [
        ("ana", b"", "no password"),
        ("ana", b"\n", "no password"),
        ("ana", b"vx7-qule9\n", "too short"),
        ("ana", b"password123\n", "too common"),
        ("two words", PASSWORD.encode(), "USERNAME"),
        ("", PASSWORD.encode(), "USERNAME"),
    ],
)
def test_what_cannot_be_an_account_is_refused_with_the_reason(
    commands: Commands, username: str, stdin: bytes, reason: str
) -> None:
    assert reason in commands.fail("create_account", username, "--password-stdin", stdin=stdin).message
    assert not get_accounts().any_account()


def test_ten_characters_are_enough_for_a_password(commands: Commands) -> None:
    commands.run("create_account", "ana", "--password-stdin", stdin=b"vx7-qule9k\n")
    get_accounts().check_password("ana", "vx7-qule9k")


def test_a_username_is_taken_once(commands: Commands) -> None:
    commands.run("create_account", "ana", "--password-stdin", stdin=PASSWORD.encode())
    failure = commands.fail("create_account", "ana", "--password-stdin", stdin=b"another-long-password")
    assert "taken" in failure.message
    with pytest.raises(CredentialRefused):
        get_accounts().check_password("ana", "another-long-password")


def test_without_a_terminal_the_password_is_not_waited_for(commands: Commands) -> None:
    assert "--password-stdin" in commands.fail("create_account", "ana", stdin=PASSWORD.encode()).message


@pytest.mark.system
def test_a_terminal_is_asked_twice_and_shows_no_password(command_line: Callable[..., CommandLine]) -> None:
    line = command_line()
    code, seen = line.in_terminal(
        "create_account", "ana", answers=[("Password: ", PASSWORD), ("Password again: ", "another-horse")]
    )
    assert code == 1
    assert "differ" in seen
    code, seen = line.in_terminal(
        "create_account", "ana", "--staff", answers=[("Password: ", PASSWORD), ("Password again: ", PASSWORD)]
    )
    assert code == 0, seen
    assert "staff account ana" in seen
    assert PASSWORD not in seen


@pytest.mark.system
def test_a_database_without_tables_says_how_to_make_them(tmp_path_factory: pytest.TempPathFactory) -> None:
    done = CommandLine(tmp_path_factory.mktemp("empty")).run(
        "create_account", "ana", "--password-stdin", stdin=PASSWORD.encode()
    )
    assert done.returncode == 1
    assert done.stderr.decode().strip().endswith("run `python manage.py migrate` first.")
