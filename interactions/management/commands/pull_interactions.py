"""`pull_interactions`: production's interactions in the local SQLite file, for the admin."""

from __future__ import annotations

import json
import time
from argparse import ArgumentTypeError
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser

from interactions import services
from interactions.conf import conf
from interactions.domain.fields import format_instant, parse_day, parse_instant
from interactions.dynamodb.read_only import ReadOnlyConnection, configured_region
from interactions.dynamodb.tables import Tables
from interactions.management import base
from interactions.management.progress import progress_bar
from interactions.management.pull.checkpoint import Checkpoint, is_copy_of
from interactions.management.pull.conversations import copy_conversations
from interactions.management.pull.copy import Counts, LocalCopy, local_days
from interactions.management.pull.parts import Part, Scope
from interactions.management.pull.policy import policy
from interactions.management.pull.reading_ahead import read_ahead
from interactions.management.pull.source import Source
from interactions.repositories.dynamodb.keys import midnight

MAX_WORKERS = 32
INTERRUPTED = 130


class Command(base.ServiceCommand):
    help = (
        "Copy production's interactions and conversations out of DynamoDB into the local database, for the admin. "
        "DynamoDB is only read, with your own AWS credentials. What production has no longer in the range is removed "
        "here too. A pull that was cut off goes on where it was when the same is asked again within 24 hours."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since", metavar="TIME", type=_beginning, help="Created then or later: a day (UTC) or an RFC 3339 time."
        )
        parser.add_argument(
            "--until", metavar="TIME", type=_end, help="Created on that day or earlier, or before that time."
        )
        parser.add_argument("--user", metavar="USER", type=base.name, help="Only this user's (all users').")
        parser.add_argument("--table-prefix", metavar="PREFIX", help="Of the tables' names (TABLE_PREFIX).")
        parser.add_argument("--region", metavar="REGION", help="Of the tables (AWS_REGION, or your AWS profile's).")
        parser.add_argument(
            "--workers", metavar="N", type=base.whole(1, MAX_WORKERS), default=8, help="How many read at once (8)."
        )
        parser.add_argument("--restart", action="store_true", help="Do not go on with a pull that was cut off.")
        missing = parser.add_mutually_exclusive_group()
        missing.add_argument("--keep-missing", action="store_true", help="Remove nothing.")
        missing.add_argument(
            "--remove-missing",
            action="store_true",
            help="Remove what production has not, even from a database with interactions of its own, which from then "
            "on is a copy.",
        )
        parser.add_argument(
            "--print-policy", action="store_true", help="Print the IAM policy that this needs, and do nothing else."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        region = options["region"] or configured_region()
        if not region:
            raise CommandError("In which region are the tables? Give --region or AWS_REGION.")
        prefix = conf.table_prefix if options["table_prefix"] is None else options["table_prefix"]
        if options["print_policy"]:
            self.stdout.write(json.dumps(policy(region, prefix), indent=2))
            return
        if conf.repository != "interactions.repositories.orm.OrmRepository":
            raise CommandError("The copy is a local database: run this with the local settings.")
        scope = Scope(user_id=options["user"], since=options["since"], until=options["until"])
        if scope.since and scope.until and scope.since >= scope.until:
            raise CommandError("--until lies before --since.")
        try:
            self._pull(_connection(region, options["workers"]), prefix, scope, options)
        except KeyboardInterrupt:
            raise CommandError("Interrupted.", returncode=INTERRUPTED) from None

    def _pull(self, connection: ReadOnlyConnection, prefix: str, scope: Scope, options: dict[str, Any]) -> None:
        began = time.monotonic()
        name = f"{connection.wire.endpoint}, region {connection.region}, tables {prefix}*"
        removes = options["remove_missing"] or (not options["keep_missing"] and _may_remove(name))
        source = Source(Tables.bound(connection, prefix))
        days = {*source.days(scope), *local_days(scope)}  # the first question to DynamoDB: before anything is changed
        checkpoint = Checkpoint(name, scope, removes=removes, restart=options["restart"], now=datetime.now(UTC))
        if checkpoint.done:
            self.stdout.write(f"Going on with the pull that began at {format_instant(checkpoint.began_at, 'seconds')}.")
        copy = LocalCopy(source, checkpoint, removes=removes)
        try:
            self._copy_parts(source, copy, checkpoint, [*scope.parts_of(sorted(days))], options["workers"])
            talks = copy_conversations(source, scope, removes=removes, workers=options["workers"])
        except BaseException:
            self.stderr.write("The pull was cut off: ask the same again to go on where it was.")
            raise
        _sweep()
        checkpoint.finish()
        self.stdout.write(f"From {name}:")
        self.stdout.write(f"  interactions: {_words(copy.counts)}")
        self.stdout.write(f"  conversations: {_words(talks)}")
        self.stdout.write(f"  {connection.read_units:.1f} read units, {time.monotonic() - began:.1f} seconds")
        if removes and (scope.since or scope.until):
            self.stdout.write(
                "What lies outside --since and --until has not been compared: it stays, even if production has erased "
                "it since. Pull without them, or with --user alone, to follow an erasure."
            )

    def _copy_parts(
        self, source: Source, copy: LocalCopy, checkpoint: Checkpoint, parts: list[Part], workers: int
    ) -> None:
        left = [part for part in parts if part.name not in checkpoint.done]
        with progress_bar(total=len(parts), initial=len(parts) - len(left), unit="part") as bar:
            for parcel in read_ahead(map(source.parcels, left), workers):
                copy.write(parcel)
                if bar is not None:
                    bar.set_postfix_str(base.counted(copy.counts.compared, "interaction"), refresh=False)
                    bar.update(parcel.is_last)


def _connection(region: str, workers: int) -> ReadOnlyConnection:
    try:
        connection = ReadOnlyConnection(region=region, threads=workers + 1)
        assert connection.client is not None  # made here and now, by one thread: making one is not thread-safe
    except ValueError as error:  # botocore's word for an address that is none
        raise CommandError(f"AWS_ENDPOINT_URL_DYNAMODB or the region: {error}.") from error
    return connection


def _may_remove(source: str) -> bool:
    """Whether what the source has not may be removed without being told to."""
    if not is_copy_of(source):
        raise CommandError(
            "The local database has interactions that were not pulled from there. Take another one (DATA_DIR, then "
            "migrate), or give --keep-missing to leave them, or --remove-missing to let go what production has not."
        )
    return True


def _sweep() -> None:
    """What has expired meanwhile, in the range or not."""
    while not services.expired_sweep(deadline=services.request_deadline()).complete:
        pass


def _words(counts: Counts) -> str:
    return f"{counts.new} new, {counts.updated} updated, {counts.unchanged} unchanged, {counts.removed} removed"


def _beginning(text: str) -> datetime:
    day = parse_day(text)
    return _instant(text) if day is None else midnight(day)


def _end(text: str) -> datetime:
    day = parse_day(text)
    if day is None:
        return _instant(text)
    return midnight(day) + timedelta(days=1) if day < day.max else datetime.max.replace(tzinfo=UTC)


def _instant(text: str) -> datetime:
    value = parse_instant(text)
    if value is None:
        raise ArgumentTypeError("give a day, as 2026-01-31, or an RFC 3339 time, as 2026-01-31T12:00:00Z")
    return value
