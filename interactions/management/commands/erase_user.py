"""`erase_user`: all of one user's data, gone."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser

from interactions import services
from interactions.accounts import get_accounts
from interactions.management import base

COUNTED = ("interactions", "conversations", "idempotency_keys", "sessions", "api_keys")


class Command(base.ServiceCommand):
    help = "Delete everything that is stored of a user, credentials included, and print how much it was."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", metavar="USER", type=base.name, help="The user_id.")
        parser.add_argument("--yes", action="store_true", help="Do not ask.")
        parser.add_argument("--account", action="store_true", help="Delete the account too, once all else is gone.")

    def handle(self, *args: Any, **options: Any) -> None:
        user_id = options["user"]
        if not options["yes"]:
            _confirm(user_id)
        counts = dict.fromkeys(COUNTED, 0)
        complete = False
        while not complete:
            receipt = services.user_erase(user_id=user_id, deadline=services.request_deadline())
            counts = {name: count + getattr(receipt, name) for name, count in counts.items()}
            complete = receipt.complete
        self.stdout.write(f"Erased of {user_id}:")
        for name, count in counts.items():
            self.stdout.write(f"  {name.replace('_', ' ')}: {count}")
        if receipt.backup_retention_days:
            self.stdout.write(f"Backups hold it for {base.counted(receipt.backup_retention_days, 'more day')}.")
        if get_accounts().get_account(user_id) is None:
            return
        if options["account"]:
            get_accounts().delete_account(user_id)
            self.stdout.write("The account is deleted.")
        else:
            self.stdout.write("The account itself stays: --account deletes it too.")


def _confirm(user_id: str) -> None:
    if not sys.stdin.isatty():
        raise CommandError("There is no terminal to ask on: give --yes to erase without being asked.")
    if input(f"Type {user_id} to erase all that is stored of this user, for good: ") != user_id:
        raise CommandError("Nothing was erased.")
