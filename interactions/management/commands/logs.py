"""`logs`: what the function has written, in words, and what it writes."""

from __future__ import annotations

import os
import re
import sys
import time
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import CommandParser

from interactions.domain.fields import parse_instant
from interactions.management import base
from interactions.management.production.command import DeploymentCommand
from interactions.management.production.logs.events import LogGroup
from interactions.management.production.logs.lines import document_of, fields_of, words_of
from interactions.management.production.logs.query import LEVELS, Query, spellings

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class Command(DeploymentCommand):
    help = "Show the lines of the function's log, oldest first. Times are UTC."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--follow", action="store_true", help="Go on with the lines that come, until Ctrl+C.")
        parser.add_argument(
            "--trace", metavar="ID", help="Only of this trace (X-Trace-ID, or X-Ray's id) or request (X-Request-ID)."
        )
        parser.add_argument(
            "--since",
            metavar="TIME",
            type=_since,
            default="10m",
            help="From then on: 30s, 10m, 2h or 1d ago (10m), or an RFC 3339 time.",
        )
        parser.add_argument("--level", choices=LEVELS, help="Only the service's lines of that level, or a worse one.")
        parser.add_argument("--user", metavar="USER", type=base.name, help="Only of requests of this user.")
        parser.add_argument("--json", action="store_true", help="One JSON object a line, whole.")
        parser.add_argument(
            "--for", metavar="SECONDS", dest="seconds", type=_seconds, help="With --follow: end after so long."
        )
        parser.add_argument(
            "--interval", metavar="SECONDS", type=_seconds, default=2.0, help="With --follow: between two looks (2)."
        )
        self.add_deployment_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        query = Query(
            ids=spellings(options["trace"]) if options["trace"] is not None else (),
            level=options["level"],
            user_id=options["user"],
        )
        group = LogGroup(self.deployment(options))
        since = options["since"]
        if options["follow"]:
            events = group.follow(since, query.pattern(), seconds=options["seconds"], interval=options["interval"])
        else:
            events = group.events(since, query.pattern())
        try:
            for event in events:
                fields = fields_of(event.message)
                if query.takes(event.message, fields):
                    for line in [document_of(event, fields)] if options["json"] else words_of(event, fields):
                        self.stdout.write(line)
                    self.stdout.flush()
        except KeyboardInterrupt:
            return  # how following ends
        except BrokenPipeError:  # whoever reads has enough, as `head` has; Python flushes once more at its end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _since(text: str) -> int:
    """Milliseconds since 1970."""
    ago = re.fullmatch(r"([0-9]{1,6})([smhd])", text)
    if ago:
        return max(0, round((time.time() - int(ago[1]) * SECONDS[ago[2]]) * 1000))
    instant = parse_instant(text)
    if instant is None:
        raise ArgumentTypeError("give how long ago, as 30s, 10m, 2h or 1d, or an RFC 3339 time")
    return max(0, round(instant.timestamp() * 1000))


def _seconds(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text):
        raise ArgumentTypeError("give seconds, as 30 or 0.5")
    return float(text)
