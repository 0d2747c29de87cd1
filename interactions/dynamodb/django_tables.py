"""The two tables behind interfaces of Django's own: its sessions and its cache."""

from __future__ import annotations

from typing import Any

from pynamodb.attributes import BinaryAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.models import Model


class SessionItem(Model):
    """A session as django-dynamodb-sessions and dj-dynamodb-sessions write it; the former knew no `ttl`."""

    class Meta:
        table_name = "sessions"

    session_key = UnicodeAttribute(hash_key=True)
    data = UnicodeAttribute()
    created = NumberAttribute(null=True)
    ttl = TTLAttribute(null=True)


class CacheItem(Model):
    """A cached value: whole numbers, which are counted with, as `number`, and anything else in `value`.

    `added_by` is random: by it, whoever added an item knows it again when the answer to that was lost.
    """

    class Meta:
        table_name = "cache"

    cache_key = UnicodeAttribute(hash_key=True)
    value = BinaryAttribute(null=True, legacy_encoding=False)
    number = NumberAttribute(null=True)
    added_by = UnicodeAttribute(null=True)
    ttl = TTLAttribute(null=True)


def session_item(hash_attribute: str) -> type[SessionItem]:
    """The model of a table of sessions whose hash key has another name."""
    if hash_attribute == "session_key":
        return SessionItem
    metaclass: Any = type(SessionItem)
    key = UnicodeAttribute(hash_key=True, attr_name=hash_attribute)
    renamed: type[SessionItem] = metaclass(
        "SessionItem", (SessionItem,), {"Meta": SessionItem.Meta, "session_key": key, "__module__": __name__}
    )
    return renamed
