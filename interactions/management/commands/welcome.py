"""`welcome`: what a newcomer needs to begin, printed by `make run`."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.core.management.base import CommandParser
from django.urls import NoReverseMatch, reverse

from interactions.accounts import get_accounts
from interactions.management import base

USERNAME = "admin"
SCOPES = ("read", "write", "chat")
EXAMPLE = '{"prompt": "What is the capital of Portugal?", "response": "Lisbon.", "model": "example-1"}'


class Command(base.ServiceCommand):
    help = "Print where the service is; the first time, make a staff account and an API key and print them too."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--port", metavar="N", type=base.whole(1, 65535), default=8000, help="Where it is served (8000)."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        origin = f"http://127.0.0.1:{options['port']}"
        lines = [
            "",
            "The Interactions service",
            f"  API            {origin}/v1",
            *_where(origin, documentation="docs", admin="admin:index"),
            "",
            *(_reminder() if get_accounts().any_account() else _beginning(f"{origin}{reverse('interaction-list')}")),
            "",
        ]
        self.stdout.write("\n".join(lines))


def _where(origin: str, **routes: str) -> Iterator[str]:
    """The addresses of what is served here: production has neither an admin nor pages of documentation."""
    for name, route in routes.items():
        with suppress(NoReverseMatch):
            yield f"  {name:<15}{origin}{reverse(route)}"


def _beginning(url: str) -> list[str]:
    password = secrets.token_urlsafe(12)
    get_accounts().create_account(USERNAME, password, staff=True)
    key, _ = get_accounts().create_key(USERNAME, SCOPES)
    credential = f"-H 'Authorization: Bearer {key}'"
    return [
        "Made for you, and shown this once: a staff account and an API key of its user.",
        f"  username  {USERNAME}",
        f"  password  {password}",
        f"  API key   {key}",
        "",
        "Record an interaction, then read it back, from another terminal:",
        "",
        f"curl -s {url} {credential} -H 'Content-Type: application/json' -d '{EXAMPLE}'",
        "",
        f"curl -s {url} {credential}",
    ]


def _reminder() -> list[str]:
    return [
        "There is an account already. For another API key or account:",
        "  python manage.py create_api_key USER",
        "  python manage.py create_account USERNAME --staff",
    ]
