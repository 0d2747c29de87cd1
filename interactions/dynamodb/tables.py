"""All DynamoDB tables: their keys, indexes, projections and expiry, and the attributes that the code reads and writes.

Terraform declares the same tables for production; `manage.py create_tables` makes these in an emulator. A model knows
its table by the last part of the name; `Tables` binds copies of all models to a prefix and a connection.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.connection import Connection
from pynamodb.constants import ALL_OLD, PAY_PER_REQUEST_BILLING_MODE
from pynamodb.exceptions import TableError
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection
from pynamodb.models import Model

from interactions.conf import conf
from interactions.dynamodb import readiness
from interactions.dynamodb.account_tables import AccountItem, ApiKeyItem
from interactions.dynamodb.as_stored import ItemAsStored
from interactions.dynamodb.attributes import PlainListAttribute, PlainMapAttribute
from interactions.dynamodb.binding import AnyModel, bound_model
from interactions.dynamodb.connection import DynamoDBConnection, get_connection
from interactions.dynamodb.django_tables import CacheItem, SessionItem, session_item

# How DynamoDB refuses to make a table that there is, and to set an expiry that is set.
ALREADY_THERE, ALREADY_EXPIRING = "ResourceInUseException", "TimeToLive is already enabled"
# What a summary has. An index includes 20 attributes at most, so `finish_reason` and its like are not among them.
SUMMARY = [
    "conversation_id",
    "status",
    "provider",
    "model",
    "requested_model",
    "usage",
    "cost",
    "latency_ms",
    "error",
    "trace_id",
    "metadata",
    "feedback",
    "cached",
    "attempts",
    "redaction",
    "updated_at",
    "version",
    "content_expires_at",
    "expires_at",
    "texts_swept",
]


class InteractionIdIndex(GlobalSecondaryIndex["InteractionItem"]):
    """Finds the owners of an id."""

    class Meta:
        index_name = "interaction_id-index"
        projection = KeysOnlyProjection()

    interaction_id = UnicodeAttribute(hash_key=True)


class ConversationIdIndex(GlobalSecondaryIndex["InteractionItem"]):
    """One user's conversation in order."""

    class Meta:
        index_name = "conversation_id-index"
        projection = KeysOnlyProjection()

    conversation_key = UnicodeAttribute(hash_key=True)
    interaction_id = UnicodeAttribute(range_key=True)


class UserIdIndex(GlobalSecondaryIndex["InteractionItem"]):
    """The table's own key again, without the texts: what lists of summaries read."""

    class Meta:
        index_name = "user_id-index"
        projection = IncludeProjection(SUMMARY)

    user_id = UnicodeAttribute(hash_key=True)
    interaction_id = UnicodeAttribute(range_key=True)


class DayIndex(GlobalSecondaryIndex["InteractionItem"]):
    """All users' interactions of a UTC day, cut into shards so that a day's writes do not meet in one partition."""

    class Meta:
        index_name = "day-index"
        projection = IncludeProjection(SUMMARY)

    day_shard = UnicodeAttribute(hash_key=True)
    interaction_id = UnicodeAttribute(range_key=True)


class InteractionItem(ItemAsStored):
    """An interaction. Its texts are in `prompt` and `response`, or compressed in `texts`."""

    class Meta:
        table_name = "interactions"

    user_id = UnicodeAttribute(hash_key=True)
    interaction_id = UnicodeAttribute(range_key=True)
    conversation_key = UnicodeAttribute(null=True)
    day_shard = UnicodeAttribute()
    prompt = UnicodeAttribute(null=True)
    response = UnicodeAttribute(null=True)
    texts = BinaryAttribute(null=True, legacy_encoding=False)
    conversation_id = UnicodeAttribute(null=True)
    status = UnicodeAttribute()
    provider = UnicodeAttribute(null=True)
    model = UnicodeAttribute(null=True)
    requested_model = UnicodeAttribute(null=True)
    usage = PlainMapAttribute()
    cost = PlainMapAttribute()
    latency_ms = NumberAttribute(null=True)
    error = PlainMapAttribute()
    trace_id = UnicodeAttribute(null=True)
    metadata = PlainMapAttribute()
    feedback = PlainMapAttribute()
    cached = BooleanAttribute(null=True)
    attempts = PlainListAttribute()
    redaction = PlainMapAttribute()
    updated_at = UTCDateTimeAttribute()
    version = NumberAttribute()
    content_expires_at = UTCDateTimeAttribute(null=True)
    expires_at = UTCDateTimeAttribute(null=True)
    texts_swept = BooleanAttribute(null=True)
    leased_until = UTCDateTimeAttribute(null=True)
    finish_reason = UnicodeAttribute(null=True)
    response_id = UnicodeAttribute(null=True)
    context_turns = NumberAttribute(null=True)
    ttl = TTLAttribute(null=True)

    interaction_id_index = InteractionIdIndex()
    conversation_id_index = ConversationIdIndex()
    user_id_index = UserIdIndex()
    day_index = DayIndex()


class RecentIndex(GlobalSecondaryIndex["ConversationItem"]):
    """A user's conversations by their latest interaction."""

    class Meta:
        index_name = "recent-index"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True)
    last_interaction_id = UnicodeAttribute(range_key=True)


class ConversationItem(Model):
    class Meta:
        table_name = "conversations"

    user_id = UnicodeAttribute(hash_key=True)
    conversation_id = UnicodeAttribute(range_key=True)
    title = UnicodeAttribute(null=True)
    started_at = UTCDateTimeAttribute()
    last_interaction_id = UnicodeAttribute()
    expires_at = UTCDateTimeAttribute(null=True)
    ttl = TTLAttribute(null=True)

    recent_index = RecentIndex()


class IdempotencyItem(Model):
    """What the store remembers beside the interactions, by user and key.

    `key_hash` is the SHA-256 of an idempotency key, or, under names that no user can have, a day on which there are
    interactions (`#days`), a lease (`#leases…`), an account's spending of a day (`#spending…`), a day's total
    (`#spent`) or where the sweep goes on (`#sweep`). Earlier versions had a user's spending under `spending#<day>`.
    """

    class Meta:
        table_name = "idempotency"

    user_id = UnicodeAttribute(hash_key=True)
    key_hash = UnicodeAttribute(range_key=True)
    fingerprint = UnicodeAttribute(null=True)
    interaction_id = UnicodeAttribute(null=True)
    expires_at = UTCDateTimeAttribute(null=True)
    nano_usd = NumberAttribute(null=True)
    change = UnicodeAttribute(null=True)
    due_from = UTCDateTimeAttribute(null=True)
    place = UnicodeAttribute(null=True)
    ttl = TTLAttribute(null=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The models, bound to the tables of one deployment."""

    connection: DynamoDBConnection
    interactions: type[InteractionItem]
    conversations: type[ConversationItem]
    idempotency: type[IdempotencyItem]
    cache: type[CacheItem]
    sessions: type[SessionItem]
    accounts: type[AccountItem]
    api_keys: type[ApiKeyItem]

    @classmethod
    def bound(cls, connection: DynamoDBConnection, prefix: str, *, sessions: Connection | None = None) -> Tables:
        """The tables of that prefix behind the connection; `sessions` is theirs where it is another."""

        def bind(model: type[AnyModel]) -> type[AnyModel]:
            return bound_model(model, connection, prefix + model.Meta.table_name)

        session_model = session_item(conf.sessions_hash_attribute)
        session_table = conf.sessions_table_name or prefix + session_model.Meta.table_name
        return cls(
            connection=connection,
            interactions=bind(InteractionItem),
            conversations=bind(ConversationItem),
            idempotency=bind(IdempotencyItem),
            cache=bind(CacheItem),
            sessions=bound_model(session_model, sessions or connection, session_table),
            accounts=bind(AccountItem),
            api_keys=bind(ApiKeyItem),
        )

    def __iter__(self) -> Iterator[type[Model]]:
        return (getattr(self, field.name) for field in fields(self) if field.name != "connection")

    def replace(self, item: AnyModel, condition: Condition) -> AnyModel | None:
        """Write the whole item, and return the one that it replaced. Raises as `DynamoDBConnection.dispatch` does."""
        request = item.get_save_kwargs_from_instance(condition) | {"ReturnValues": ALL_OLD}
        old = self.connection.dispatch("PutItem", request).get("Attributes")
        return type(item).from_raw_data(old) if old else None

    def check(self) -> None:
        """Raise Unavailable, whose text names what is the matter, unless all tables answer; it takes 2 s at most."""
        readiness.check(self)

    def create(self) -> list[str]:
        """Make the tables that are not there yet; the names of those made."""
        missing = [model for model in self if not model.exists()]
        for model in missing:
            _create(model)
        return [model.Meta.table_name for model in missing]


def _create(model: type[Model]) -> None:
    """Make the table and wait until it can be used.

    A request whose answer came too late is sent again, and then finds what it has done already. Or somebody else is
    making the table at the same time.
    """
    for last in (False, False, True):
        try:
            model.create_table(wait=True, billing_mode=PAY_PER_REQUEST_BILLING_MODE)
            return
        except TableError as error:
            if ALREADY_EXPIRING in str(error):
                return  # the expiry is set last
            if last or error.cause_response_code != ALREADY_THERE:
                raise


@cache
def get_tables() -> Tables:
    """The tables that the settings name."""
    sessions = get_connection(conf.sessions_region) if conf.sessions_region else None
    return Tables.bound(get_connection(), conf.table_prefix, sessions=sessions)
