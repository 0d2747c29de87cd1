"""The days on which there are interactions, so that whoever walks through all users' knows where to look.

A row a day, written before the first interaction of that day, and never removed: a day that lost its interactions
costs a walk a few empty reads.
"""

from __future__ import annotations

from datetime import date

from interactions.dynamodb.tables import Tables

DAYS = "#days"  # which no user can be called


class Calendar:
    def __init__(self, tables: Tables) -> None:
        self._rows = tables.idempotency
        self._known: set[date] = set()

    def note(self, day: date) -> None:
        """See to it that the day is known; once a process and day this is a write."""
        if day not in self._known:
            self._rows(user_id=DAYS, key_hash=day.isoformat()).save()
            self._known.add(day)

    def days(self, first: date, last: date) -> list[date]:
        """The known days from the first to the last, in order."""
        between = self._rows.key_hash.between(first.isoformat(), last.isoformat())
        return [date.fromisoformat(row.key_hash) for row in self._rows.query(DAYS, between, consistent_read=True)]
