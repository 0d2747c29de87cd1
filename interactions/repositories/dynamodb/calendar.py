"""The days on which there are interactions, so that whoever walks through all users' knows where to look.

A row a day, written before the first interaction of that day, and never removed: a day that lost its interactions
costs a walk a few empty reads. `due_from` is when something of the day expires: no sweep looks at it earlier.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from interactions.domain.interaction import Interaction
from interactions.dynamodb.connection import ConditionFailed
from interactions.dynamodb.tables import Tables
from interactions.repositories.dynamodb.conditions import read

DAYS = "#days"  # which no user can be called
NEVER = datetime.max.replace(tzinfo=UTC)
# A day whose row was read that long ago may have been settled since, and is noted again.
TRUSTED_SECONDS = 3600.0
# A sweep looks at each day that often at least, should a note of an earlier expiry have crossed a settlement.
LOOKED_AT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class _Noted:
    due_from: datetime
    until: float


class Calendar:
    def __init__(self, tables: Tables) -> None:
        self._rows = tables.idempotency
        self._noted: dict[date, _Noted] = {}

    def note(self, interactions: Iterable[Interaction]) -> None:
        """See to it that the days are known, and from when they are to be swept; mostly this is no request at all."""
        due: dict[date, datetime] = {}
        for interaction in interactions:
            day = interaction.created_at.date()
            due[day] = min(due.get(day, NEVER), due_from(interaction.content_expires_at, interaction.expires_at))
        for day, moment in due.items():
            noted = self._noted.get(day)
            if noted is None or moment < noted.due_from or time.monotonic() > noted.until:
                self._note(day, moment)

    def days(self, first: date, last: date) -> list[date]:
        """The known days from the first to the last, in order."""
        between = self._rows.key_hash.between(first.isoformat(), last.isoformat())
        return [date.fromisoformat(row.key_hash) for row in self._rows.query(DAYS, between, consistent_read=True)]

    def due(self, now: datetime) -> dict[date, datetime]:
        """The days to be swept, in order, each with what its row says."""
        rows = self._rows.query(DAYS, filter_condition=self._rows.due_from <= now, consistent_read=True)
        return {date.fromisoformat(row.key_hash): row.due_from for row in rows}

    def settle(self, day: date, seen: datetime, due_from: datetime, now: datetime) -> None:
        """Say from when the swept day is to be swept again, unless somebody has noted an earlier time meanwhile."""
        row = self._rows(DAYS, day.isoformat())
        with suppress(ConditionFailed):
            row.update([self._rows.due_from.set(min(due_from, now + LOOKED_AT))], condition=self._rows.due_from == seen)

    def _note(self, day: date, due_from: datetime) -> None:
        rows = self._rows
        row = read(rows, DAYS, day.isoformat())  # for mostly it says as much, and a write costs several reads
        if row is None or row.due_from > due_from:
            with suppress(ConditionFailed):  # somebody was faster
                later = rows.due_from.does_not_exist() | (rows.due_from > due_from)
                rows(DAYS, day.isoformat()).update([rows.due_from.set(due_from)], condition=later)
        self._noted[day] = _Noted(due_from, time.monotonic() + TRUSTED_SECONDS)


def due_from(content_expires_at: datetime | None, expires_at: datetime | None) -> datetime:
    """When there is something to sweep."""
    return min(content_expires_at or NEVER, expires_at or NEVER)
