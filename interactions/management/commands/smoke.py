"""`smoke`: whether a deployment does what it should, asked over HTTP as anybody would."""

from __future__ import annotations

import re
import ssl
import sys
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from interactions.accounts.keys import split_key
from interactions.management import base
from interactions.management.production.smoke.client import Service, base_url
from interactions.management.production.smoke.steps import Steps


class Command(base.ServiceCommand):
    help = (
        "Ask a running service what it must answer: /health, /ready, errors; with an API key also to write an "
        "interaction, read it back, and delete it. One line a step, and a failure when one has failed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", metavar="URL", type=base_url, help="Its address, with the stage if it has one.")
        parser.add_argument(
            "--key-stdin", action="store_true", help="Read an API key, scopes read and write, from standard input."
        )
        parser.add_argument(
            "--times", metavar="N", type=base.whole(1, 100_000), default=1, help="Ask for /health so often (1)."
        )
        parser.add_argument(
            "--cacert", metavar="FILE", type=Path, help="Trust this authority's certificate, and no other."
        )
        parser.add_argument("--timeout", metavar="SECONDS", type=_seconds, default=30.0, help="For each answer (30).")

    def handle(self, *args: Any, **options: Any) -> None:
        key = _key() if options["key_stdin"] else None
        try:
            service = Service(options["url"], authority=options["cacert"], seconds=options["timeout"])
        except (OSError, ssl.SSLError) as error:
            raise CommandError(f"--cacert {options['cacert']} holds no certificate: {error}.") from error
        steps = Steps(service, key, self.stdout.write)
        steps.take(options["times"])
        if steps.failed:
            raise CommandError(f"{steps.failed} of {base.counted(steps.taken, 'step')} failed at {options['url']}.")


def _key() -> str:
    key = sys.stdin.readline().strip()
    if split_key(key) is None:
        raise CommandError("Standard input has no API key: it looks like ik_<key id>_<secret>.")
    return key


def _seconds(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3})?", text) or not float(text):
        raise ArgumentTypeError("give seconds above 0, as 30 or 0.5")
    return float(text)
