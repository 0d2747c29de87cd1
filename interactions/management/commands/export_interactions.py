"""`export_interactions`: the store as NDJSON."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from interactions import selectors
from interactions.domain.document import to_document
from interactions.domain.interaction import Interaction
from interactions.domain.strict_json import ndjson_line
from interactions.management import base


class Command(base.ServiceCommand):
    help = "Write interactions in the API's own shape, one a line, oldest first: NDJSON that import_interactions reads."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", metavar="USER", type=base.name, help="Only this user's (all users').")
        parser.add_argument(
            "--from", metavar="TIME", type=base.instant, dest="created_from", help="Created at this time or later."
        )
        parser.add_argument(
            "--to", metavar="TIME", type=base.instant, dest="created_to", help="Created before this time."
        )
        parser.add_argument(
            "--output", metavar="FILE", type=Path, help="Write this file, readable by you alone (standard output)."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        created_from, created_to = options["created_from"], options["created_to"]
        if created_from and created_to and created_from > created_to:
            raise CommandError("--to lies before --from.")
        interactions = _selected(options["user"], created_from=created_from, created_to=created_to)
        if options["output"] is None:
            self._print(interactions)
        else:
            count = _write_file(options["output"], interactions)
            self.stdout.write(f"{base.counted(count, 'interaction')} written to {options['output']}.")

    def _print(self, interactions: Iterator[Interaction]) -> None:
        try:
            _write_lines(self._write_bytes(), interactions)
            self.stdout.flush()
        except BrokenPipeError:  # whoever reads has enough, as `head` has; Python flushes once more at its end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def _write_bytes(self) -> Callable[[bytes], object]:
        """NDJSON is UTF-8 whatever the terminal's encoding; a stream of text that a caller gave has no bytes."""
        buffer = getattr(self.stdout, "buffer", None)
        return buffer.write if buffer is not None else lambda line: self.stdout.write(line.decode(), ending="")


def _selected(user_id: str | None, **bounds: Any) -> Iterator[Interaction]:
    if user_id is None:
        return selectors.interaction_iterate(**bounds)
    return selectors.user_interactions(user_id=user_id, **bounds)


def _write_lines(write: Callable[[bytes], object], interactions: Iterator[Interaction]) -> int:
    count = 0
    for interaction in interactions:
        write(ndjson_line(to_document(interaction)))
        count += 1
    return count


def _write_file(path: Path, interactions: Iterator[Interaction]) -> int:
    """The file appears when it is whole; until then, and if it fails, what was there before stays."""
    target = path.resolve()  # through a symbolic link, which stays one
    if target.exists() and not target.is_file():
        raise CommandError(f"{path} is not a regular file: leave out --output to write to standard output.")
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as aside:
            try:
                count = _write_lines(aside.write, interactions)
                aside.flush()
                os.fsync(aside.fileno())
                Path(aside.name).replace(target)
            except BaseException:
                Path(aside.name).unlink()
                raise
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
    return count
