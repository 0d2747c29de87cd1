"""`create_account`: somebody who can log in."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from interactions.accounts import get_accounts
from interactions.management import base
from interactions.management.passwords import read_password


class Command(base.ServiceCommand):
    help = "Create an account, with which a person logs in at /v1/session, and staff in the admin too."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", metavar="USERNAME", type=base.name, help="The name, which is the user_id too.")
        parser.add_argument("--staff", action="store_true", help="May use the admin and see all users' interactions.")
        parser.add_argument(
            "--password-stdin", action="store_true", help="Read the password from standard input: its first line."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        username = options["username"]
        if get_accounts().get_account(username) is not None:
            raise CommandError(f"The username {username} is taken: choose another one.")
        password = read_password(from_stdin=options["password_stdin"])
        account = get_accounts().create_account(username, password, staff=options["staff"])
        self.stdout.write(f"The {'staff account' if account.staff else 'account'} {account.username} is made.")
