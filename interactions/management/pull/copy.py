"""The local side of a pull: interactions made equal to the source's, a parcel at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import reset_queries
from django.db.models import QuerySet

from interactions.domain.identifiers import created_at_of, interaction_id_floor
from interactions.domain.interaction import Interaction
from interactions.domain.query import READ_AT_ONCE, Position, position_of
from interactions.management.pull.checkpoint import Checkpoint
from interactions.management.pull.parts import Scope
from interactions.management.pull.source import Parcel, Source
from interactions.models import InteractionRow
from interactions.repositories.dynamodb.keys import midnight
from interactions.repositories.orm.codec import interaction_of, row_of
from interactions.repositories.orm.selection import Stretch
from interactions.repositories.orm.transactions import writing

OWNER = ["user_id", "interaction_id"]
COLUMNS = [f.attname for f in InteractionRow._meta.concrete_fields if not f.primary_key and f.attname not in OWNER]
KEYS_AT_ONCE = 500


@dataclass(slots=True)
class Counts:
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0

    @property
    def compared(self) -> int:
        return self.new + self.updated + self.unchanged


class LocalCopy:
    """Writes what the source has. With `removes`, what it has not goes, each only when the table itself says so."""

    def __init__(self, source: Source, checkpoint: Checkpoint, *, removes: bool) -> None:
        self.counts = Counts()
        self._source = source
        self._checkpoint = checkpoint
        self._removes = removes

    def write(self, parcel: Parcel) -> None:
        if self._removes:
            for positions in _missing(parcel):
                self._settle(positions)
        with writing():
            self._put(parcel.interactions)
            if parcel.is_last:
                self._checkpoint.add([parcel.part.name])
        reset_queries()  # under DEBUG Django keeps every statement, texts included

    def _settle(self, positions: Sequence[Position]) -> None:
        """Take over or remove what the index did not show: it may lag behind the table."""
        there = self._source.present(positions)
        for start in range(0, len(there), READ_AT_ONCE):
            late = self._source.fetch(there[start : start + READ_AT_ONCE])
            with writing():
                self._put(late)
        gone = {*positions}.difference(there)
        with writing():
            for user_id in {position.user_id for position in gone}:
                ids = [position.interaction_id for position in gone if position.user_id == user_id]
                self.counts.removed += InteractionRow.objects.filter(user_id=user_id, interaction_id__in=ids).delete()[
                    0
                ]

    def _put(self, interactions: Sequence[Interaction]) -> None:
        stored = _stored(interactions)
        new = [i for i in interactions if position_of(i) not in stored]
        changed = [i for i in interactions if stored.get(position_of(i), i) != i]
        InteractionRow.objects.bulk_create(
            map(row_of, [*new, *changed]), update_conflicts=True, unique_fields=OWNER, update_fields=COLUMNS
        )
        self.counts.new += len(new)
        self.counts.updated += len(changed)
        self.counts.unchanged += len(interactions) - len(new) - len(changed)


def local_days(scope: Scope) -> Iterator[date]:
    """The days of which there are interactions here, whatever the source knows of them."""
    rows = _owned(scope.user_id).order_by("interaction_id")
    low = scope.ids.low
    while True:
        found = rows.filter(interaction_id__gte=low, interaction_id__lte=scope.ids.high)
        first = found.values_list("interaction_id", flat=True).first()
        if first is None:
            return
        day = created_at_of(first).date()
        yield day
        if day == date.max:
            return
        low = interaction_id_floor(midnight(day + timedelta(days=1)))


def _missing(parcel: Parcel) -> Iterator[list[Position]]:
    """What is here and not in the parcel, of those that would be."""
    stretch = Stretch(Position(parcel.low, ""), Position(parcel.high, ""))
    rows = _owned(parcel.part.user_id).order_by("interaction_id", "user_id")
    while True:
        keys = stretch.of(rows, parcel.part.user_id).values_list("interaction_id", "user_id")
        here = [Position(*key) for key in keys[:KEYS_AT_ONCE]]
        missing = [p for p in here if p not in parcel.taken and parcel.part.holds(p)]
        if missing:
            yield missing
        if len(here) < KEYS_AT_ONCE:
            return
        stretch = stretch.behind(here[-1], "asc")


def _owned(user_id: str | None) -> QuerySet[InteractionRow]:
    rows = InteractionRow.objects.all()
    return rows if user_id is None else rows.filter(user_id=user_id)


def _stored(interactions: Sequence[Interaction]) -> dict[Position, Interaction]:
    rows = InteractionRow.objects.filter(
        user_id__in={i.user_id for i in interactions}, interaction_id__in=[i.interaction_id for i in interactions]
    )
    return {position_of(found): found for found in map(interaction_of, rows)}
