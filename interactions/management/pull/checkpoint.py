"""How far a pull has come, kept beside what it has copied: what the file has, and what it knows of it, is one thing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from interactions.management.pull.parts import Scope
from interactions.models import InteractionRow, PullRow
from interactions.repositories.orm.transactions import writing

# What was copied longer ago is copied again, lest it outlive by much what has been erased since.
MAX_AGE = timedelta(hours=24)


def is_copy_of(source: str) -> bool:
    """Whether everything here came, or is to be taken as if it came, from the source."""
    return PullRow.objects.filter(source=source, is_copy=True).exists() or not InteractionRow.objects.exists()


class Checkpoint:
    """One pull: `done` are the names of the parts that an earlier run of the same pull has copied."""

    def __init__(self, source: str, scope: Scope, *, removes: bool, restart: bool, now: datetime) -> None:
        wanted = f"{scope} {'=' if removes else '+'}"
        with writing():
            PullRow.objects.exclude(source=source).delete()
            row, _ = PullRow.objects.get_or_create(
                source=source, defaults={"is_copy": False, "scope": "", "began_at": now}
            )
            if restart or row.scope != wanted or row.began_at <= now - MAX_AGE:
                row.parts.all().delete()
                row.scope, row.began_at = wanted, now
            row.is_copy = row.is_copy or removes
            row.save()
        self.done = frozenset(row.parts.values_list("part", flat=True))
        self._row = row

    @property
    def began_at(self) -> datetime:
        return self._row.began_at

    def add(self, parts: Iterable[str]) -> None:
        """These have been copied; the caller holds the transaction that did the last of it."""
        for part in parts:
            self._row.parts.get_or_create(part=part)

    def finish(self) -> None:
        with writing():
            self._row.parts.all().delete()
            self._row.scope = ""
            self._row.save()
