"""`list_api_keys`: which credentials a user's programs have."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import CommandParser

from interactions.accounts import get_accounts
from interactions.accounts.base import ApiKey
from interactions.domain.fields import format_instant
from interactions.management import base


class Command(base.ServiceCommand):
    help = "List a user's API keys, oldest first: one a line, its key id first, to be given to revoke_api_key."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", metavar="USER", type=base.name, help="The user_id.")

    def handle(self, *args: Any, **options: Any) -> None:
        keys = get_accounts().list_keys(options["user"])
        now = datetime.now(UTC)
        for key in keys:
            made = format_instant(key.created_at, "seconds")
            self.stdout.write(f"{key.key_id}  made {made}  {', '.join(key.scopes)}  {_state(key, now)}")
        if not keys:
            self.stderr.write(f"{options['user']} has no API keys.")


def _state(key: ApiKey, now: datetime) -> str:
    if key.revoked_at is not None:
        return f"revoked {format_instant(key.revoked_at, 'seconds')}"
    if key.expires_at is None:
        return "active"
    return f"{'expired' if key.has_ended(now) else 'active until'} {format_instant(key.expires_at, 'seconds')}"
