"""`import_interactions`: NDJSON or chat JSONL into the store."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO

from django.core.management.base import CommandError, CommandParser

from interactions.domain.errors import DomainError, Invalid, TooLarge
from interactions.domain.identifiers import EPOCH
from interactions.domain.interaction import MAX_CLOCK_AHEAD
from interactions.management import base
from interactions.management.import_lines import ImportLines, lines_of
from interactions.management.progress import progress_bar
from interactions.management.recording import BatchRecorder


class Command(base.ServiceCommand):
    help = (
        "Import interactions: lines in the API's own shape, as export_interactions writes them, and chat JSONL "
        '({"model": …, "messages": [{"role", "content"}, …]}), of which each pair of a user\'s and an assistant\'s '
        "messages becomes one interaction. System and developer messages and tools' messages are left out. A bad "
        "line is reported with its number and left out whole. Running it again adds what is missing and nothing twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="The file to read, or - for standard input.")
        parser.add_argument(
            "--user", metavar="USER", type=base.name, default="import", help="Who owns lines without an owner (import)."
        )
        parser.add_argument(
            "--at",
            metavar="TIME",
            type=base.instant,
            help="When chat lines happened, RFC 3339 (the file's modification time). Ids follow from it: "
            "a second run finds the first one's only with the same time.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = datetime.now(UTC)
        if options["at"] is not None and not _is_plausible(options["at"], now):
            raise CommandError("--at lies before 1970 or in the future: give the time when the chats happened.")
        with _opened(options["file"]) as source:
            at = options["at"] or _time_of(source, now)
            lines = ImportLines(user_id=options["user"], at=at, now=now)
            refused = self._import(source, lines, BatchRecorder(now=now, refused=self._refuse), _size_of(source))
        if refused:
            raise CommandError(
                f"{base.counted(refused, 'line')} could not be imported, as reported above. Mend and run it again: "
                "what has been recorded is found and left as it is."
            )

    def _import(self, source: BinaryIO, lines: ImportLines, recorder: BatchRecorder, size: int | None) -> int:
        """How many lines were refused."""
        self._refused_lines: set[int] = set()
        with progress_bar(total=size, unit="B", unit_scale=True, unit_divisor=1024) as self._progress:
            for number, line in enumerate(lines_of(source), 1):
                if line:
                    self._add(number, line, lines, recorder)
                if self._progress is not None:
                    self._progress.update(source.tell() - self._progress.n if size else len(line) + 1)
            recorder.flush()
        self.stdout.write(recorder.summary())
        if lines.instructions:
            self.stdout.write(f"{base.counted(lines.instructions, 'system or developer message')} left out.")
        return len(self._refused_lines)

    def _add(self, number: int, line: bytes, lines: ImportLines, recorder: BatchRecorder) -> None:
        try:
            recorder.add(number, lines.exchanges(line))
        except (Invalid, TooLarge) as error:
            self._refuse(number, error)

    def _refuse(self, number: int, error: DomainError) -> None:
        self._refused_lines.add(number)
        if self._progress is not None:
            self._progress.clear()
        self.stderr.write(f"line {number}: {base.explanation(error)}")


def _opened(file: str) -> AbstractContextManager[BinaryIO]:
    if file == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return open(file, "rb")
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error


def _time_of(source: BinaryIO, now: datetime) -> datetime | None:
    """When a file was last written; a pipe has no such time, and one in the future is none."""
    status = _status_of(source)
    if status is None:
        return None
    time = EPOCH + timedelta(milliseconds=status.st_mtime_ns // 1_000_000)
    return time if _is_plausible(time, now) else None


def _size_of(source: BinaryIO) -> int | None:
    status = _status_of(source)
    return status and status.st_size


def _status_of(source: BinaryIO) -> os.stat_result | None:
    """What the system says of a regular file."""
    try:
        status = os.fstat(source.fileno())
    except OSError:
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def _is_plausible(time: datetime, now: datetime) -> bool:
    return EPOCH <= time <= now + MAX_CLOCK_AHEAD
