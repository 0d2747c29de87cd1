"""`revoke_api_key`: the end of a credential."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from interactions.accounts import get_accounts
from interactions.accounts.keys import split_key
from interactions.domain.errors import NotFound
from interactions.management import base


class Command(base.ServiceCommand):
    help = "Revoke an API key, for good; the next request with it is refused. Again is harmless."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key_id", metavar="KEY_ID", help="The key's public id, or the whole key.")

    def handle(self, *args: Any, **options: Any) -> None:
        parts = split_key(options["key_id"])
        try:
            revoked = get_accounts().revoke_key(parts[0] if parts else options["key_id"])
        except NotFound as error:
            raise CommandError(
                "There is no such API key: KEY_ID is what stands between the underscores of ik_<key id>_<secret>."
            ) from error
        self.stdout.write(f"The API key {revoked.key_id} of {revoked.user_id} is revoked.")
