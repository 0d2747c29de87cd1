"""`change_account`: what an account may do, whether it may get in, and with which password."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser

from interactions.accounts import get_accounts
from interactions.accounts.base import Account
from interactions.management import base
from interactions.management.passwords import read_password


class Command(base.ServiceCommand):
    help = "Change an account. Disabling it and another password end its sessions, everywhere within 5 seconds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", metavar="USERNAME", type=base.name, help="The account's name.")
        entry, rank, password = (parser.add_mutually_exclusive_group() for _ in range(3))
        entry.add_argument("--disable", action="store_false", dest="active", default=None, help="May not log in.")
        entry.add_argument("--enable", action="store_true", dest="active", default=None, help="May log in again.")
        rank.add_argument(
            "--staff",
            action="store_true",
            default=None,
            help="May see all users' interactions, and use the admin where there is one.",
        )
        rank.add_argument("--no-staff", action="store_false", dest="staff", default=None, help="May not any more.")
        password.add_argument("--password", action="store_true", help="Ask for another password.")
        password.add_argument(
            "--password-stdin", action="store_true", help="Read another password from standard input: its first line."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        username, staff, active = options["username"], options["staff"], options["active"]
        if get_accounts().get_account(username) is None:
            raise CommandError(f"There is no account {username}.")
        password = None
        if options["password"] or options["password_stdin"]:
            password = read_password(from_stdin=options["password_stdin"])
        if password is staff is active is None:
            raise CommandError("Say what is to change: --disable, --enable, --staff, --no-staff or --password.")
        account = get_accounts().change_account(username, password=password, staff=staff, active=active)
        self.stdout.write(f"{_words(account)}{' Its password is another now.' if password else ''}")
        if not account.active:
            self._tell_of_keys(username)

    def _tell_of_keys(self, username: str) -> None:
        """A key acts for a user, with an account or without, and so for a disabled one too."""
        now = datetime.now(UTC)
        for key in get_accounts().list_keys(username):
            if not key.has_ended(now):
                self.stdout.write(f"Its API key {key.key_id} goes on working: end it with revoke_api_key {key.key_id}")


def _words(account: Account) -> str:
    kind = "staff account" if account.staff else "account"
    return f"The {kind} {account.username} is {'enabled' if account.active else 'disabled'}."
