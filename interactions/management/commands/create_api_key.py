"""`create_api_key`: a credential for a program."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import CommandParser

from interactions.accounts import get_accounts
from interactions.accounts.base import SCOPES, ApiKey
from interactions.domain.fields import format_instant
from interactions.management import base

DEFAULT_SCOPES = ("read", "write", "chat")
MAX_DAYS = 36_500


class Command(base.ServiceCommand):
    help = "Create an API key for a user, who needs no account. The key is shown this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", metavar="USER", type=base.name, help="The user_id that the key acts for.")
        parser.add_argument(
            "--scope",
            action="append",
            choices=SCOPES,
            help=f"What it may do, once for each scope ({', '.join(DEFAULT_SCOPES)}); any: of all users.",
        )
        parser.add_argument(
            "--expires-in-days",
            metavar="N",
            type=base.whole(1, MAX_DAYS),
            help="After how many days it ends (never).",
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON object and nothing else.")

    def handle(self, *args: Any, **options: Any) -> None:
        scopes = tuple(dict.fromkeys(options["scope"] or DEFAULT_SCOPES))
        days = options["expires_in_days"]
        expires_at = datetime.now(UTC) + timedelta(days=days) if days else None
        key, made = get_accounts().create_key(options["user"], scopes, expires_at)
        self.stdout.write(_document(key, made) if options["json"] else _words(key, made))


def _document(key: str, made: ApiKey) -> str:
    expires_at = format_instant(made.expires_at) if made.expires_at else None
    return json.dumps(
        {
            "key": key,
            "key_id": made.key_id,
            "user_id": made.user_id,
            "scopes": [*made.scopes],
            "expires_at": expires_at,
        }
    )


def _words(key: str, made: ApiKey) -> str:
    expires = f"expires at {format_instant(made.expires_at, 'seconds')}" if made.expires_at else "never expires"
    return (
        f"API key of {made.user_id}, scopes {', '.join(made.scopes)}, {expires}:\n\n"
        f"    {key}\n\n"
        f"It is shown this once: keep it now. To end it: python manage.py revoke_api_key {made.key_id}"
    )
