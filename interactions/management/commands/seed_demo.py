"""`seed_demo`: something to look at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser

from interactions.domain.errors import DomainError
from interactions.domain.identifiers import EPOCH
from interactions.management import base, demo
from interactions.management.recording import BatchRecorder

MAX_COUNT = 1_000_000
MAX_SEED = 2**31 - 1


class Command(base.ServiceCommand):
    help = (
        f"Record made-up interactions of the {demo.DAYS} days before --until: several users, languages, models, "
        "conversations, failures, verdicts. The same seed and end give the same interactions, so that running it again "
        "adds nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--count", metavar="N", type=base.whole(1, MAX_COUNT), required=True, help="How many.")
        parser.add_argument("--seed", metavar="S", type=base.whole(0, MAX_SEED), default=1, help="Which ones (1).")
        parser.add_argument(
            "--user", metavar="USER", type=base.name, action="append", help="Whose, once for each user (eight users)."
        )
        parser.add_argument(
            "--until", metavar="TIME", type=base.instant, help="Before when, RFC 3339 (today's midnight, UTC)."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = datetime.now(UTC)
        until = options["until"] or now.replace(hour=0, minute=0, second=0, microsecond=0)
        if not EPOCH + timedelta(days=demo.DAYS) <= until <= now:
            raise CommandError("--until lies in the future or before 1970-01-31: give a time that has passed.")
        recorder = BatchRecorder(now=now, refused=_raise)
        missing = options["count"]
        for conversation in demo.conversations(seed=options["seed"], until=until, users=options["user"] or demo.USERS):
            recorder.add(0, conversation[:missing])
            missing -= len(conversation[:missing])
            if not missing:
                break
        recorder.flush()
        self.stdout.write(recorder.summary())


def _raise(number: int, error: DomainError) -> None:
    raise error
