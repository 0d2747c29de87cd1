"""The conversations of a pull. They are read after the interactions, so that none is older than what it groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import reset_queries
from django.db.models import Exists, OuterRef, Q, QuerySet

from interactions.dynamodb.tables import ConversationItem
from interactions.management.pull.copy import Counts
from interactions.management.pull.parts import Scope
from interactions.management.pull.reading_ahead import read_ahead
from interactions.management.pull.source import ConversationKey, Source
from interactions.models import ConversationRow, InteractionRow
from interactions.repositories.dynamodb.reading import KEYS_AT_ONCE
from interactions.repositories.orm.transactions import writing

COLUMNS = ("title", "started_at", "last_interaction_id", "expires_at")

Found = tuple[Sequence[ConversationKey], dict[ConversationKey, ConversationItem]]


def copy_conversations(source: Source, scope: Scope, *, removes: bool, workers: int) -> Counts:
    """Make those of the interactions here equal to the source's, and those here of which none is left."""
    counts = Counts()

    def found(keys: Sequence[ConversationKey]) -> Iterator[Found]:
        yield keys, source.conversations(keys)

    for keys, items in read_ahead(map(found, _keys(scope)), workers):
        with writing():
            _put(keys, items, counts)
            if removes:
                for user_id, conversation_id in {*keys} - items.keys():
                    rows = ConversationRow.objects.filter(user_id=user_id, conversation_id=conversation_id)
                    counts.removed += rows.delete()[0]
        reset_queries()
    return counts


def _put(keys: Sequence[ConversationKey], items: dict[ConversationKey, ConversationItem], counts: Counts) -> None:
    rows = ConversationRow.objects.filter(user_id__in={k[0] for k in keys}, conversation_id__in=[k[1] for k in keys])
    stored = {(row.user_id, row.conversation_id): row for row in rows}
    other = [key for key, item in items.items() if _columns(stored.get(key)) != _columns(item)]
    ConversationRow.objects.bulk_create(
        [ConversationRow(user_id=key[0], conversation_id=key[1], **_columns(items[key])) for key in other],
        update_conflicts=True,
        unique_fields=["user_id", "conversation_id"],
        update_fields=COLUMNS,
    )
    counts.new += sum(key not in stored for key in other)
    counts.updated += sum(key in stored for key in other)
    counts.unchanged += len(items) - len(other)


def _columns(row: ConversationItem | ConversationRow | None) -> dict[str, object]:
    return {} if row is None else {name: getattr(row, name) for name in COLUMNS}


def _keys(scope: Scope) -> Iterator[Sequence[ConversationKey]]:
    """The conversations of the interactions here in the range; then those that end in it, of which there are none."""
    ids = scope.ids
    turns = InteractionRow.objects.filter(conversation_id__isnull=False)
    yield from _walk(turns.filter(interaction_id__gte=ids.low, interaction_id__lte=ids.high), scope.user_id)
    turns = InteractionRow.objects.filter(user_id=OuterRef("user_id"), conversation_id=OuterRef("conversation_id"))
    left = ConversationRow.objects.filter(last_interaction_id__gte=ids.low, last_interaction_id__lte=ids.high)
    yield from _walk(left.filter(~Exists(turns)), scope.user_id)


def _walk(
    rows: QuerySet[InteractionRow] | QuerySet[ConversationRow], user_id: str | None
) -> Iterator[Sequence[ConversationKey]]:
    if user_id is not None:
        rows = rows.filter(user_id=user_id)
    keys = rows.order_by("user_id", "conversation_id").values_list("user_id", "conversation_id").distinct()
    behind = keys
    while some := [*behind[:KEYS_AT_ONCE]]:
        yield some
        user, conversation = some[-1]
        # The first condition is implied by the second, and is the one that SQLite can look up in the index.
        behind = keys.filter(user_id__gte=user).filter(Q(user_id__gt=user) | Q(conversation_id__gt=conversation))
