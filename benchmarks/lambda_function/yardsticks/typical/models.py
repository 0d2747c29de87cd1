"""The tables, as PynamoDB models over its own connection."""

from __future__ import annotations

from typing import Any

from pynamodb.attributes import (
    JSONAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.models import Model


class ApiKey(Model):
    class Meta:
        table_name = "typical-api-keys"
        region = "us-east-1"

    digest = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute()


class Usage(MapAttribute[str, Any]):
    input_tokens = NumberAttribute(null=True)
    output_tokens = NumberAttribute(null=True)


class Interaction(Model):
    class Meta:
        table_name = "typical-interactions"
        region = "us-east-1"

    user_id = UnicodeAttribute(hash_key=True)
    interaction_id = UnicodeAttribute(range_key=True)
    conversation_id = UnicodeAttribute(null=True)
    status = UnicodeAttribute()
    prompt = UnicodeAttribute()
    response = UnicodeAttribute(null=True)
    provider = UnicodeAttribute(null=True)
    model = UnicodeAttribute(null=True)
    usage = Usage(null=True)  # type: ignore[no-untyped-call]
    cost = UnicodeAttribute(null=True)
    latency_ms = NumberAttribute(null=True)
    metadata = JSONAttribute(null=True)
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    version = NumberAttribute()
