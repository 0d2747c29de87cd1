"""How commands get a password: from standard input, or asked twice on a terminal; never from the command line."""

from __future__ import annotations

import sys
from getpass import getpass

from django.core.management.base import CommandError


def read_password(*, from_stdin: bool) -> str:
    return _read_line() if from_stdin else _ask()


def _read_line() -> str:
    password = sys.stdin.readline().removesuffix("\n").removesuffix("\r")
    if not password:
        raise CommandError("Standard input holds no password: write it there, on one line.")
    return password


def _ask() -> str:
    if not sys.stdin.isatty():
        raise CommandError("There is no terminal to ask for the password: give --password-stdin.")
    password = getpass("Password: ")
    if getpass("Password again: ") != password:
        raise CommandError("The two passwords differ: nothing was done. Run it again.")
    return password
