"""How large DynamoDB takes an item to be: names and values, by the rules of its developer guide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from interactions.domain.interaction import Interaction
from interactions.dynamodb.tables import SUMMARY, InteractionItem
from interactions.repositories.dynamodb.codec import item_of

UNIT = 1024  # of writes; of reads it is four of them
MAX_ITEM = 400 * UNIT
USER_INDEX = {"user_id", "interaction_id", *SUMMARY}
DAY_INDEX = {"day_shard", *USER_INDEX}


def attributes(interaction: Interaction) -> dict[str, Any]:
    """The item as it is written."""
    return dict(item_of(interaction, InteractionItem).serialize())


def item_size(item: Mapping[str, Any]) -> int:
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def summary_size(item: Mapping[str, Any], index: set[str] = USER_INDEX) -> int:
    """What of the item is in one of the indexes that lists read."""
    return item_size({name: value for name, value in item.items() if name in index})


def value_size(value: Mapping[str, Any]) -> int:
    kind, content = next(iter(value.items()))
    match kind:
        case "S":
            return len(str(content).encode())
        case "B":
            return len(content)
        case "N":  # a byte for each two significant digits, and one more
            return (len(str(content).strip("-0")) + 1) // 2 + 1 + str(content).startswith("-")
        case "L":
            return 3 + sum(1 + value_size(member) for member in content)
        case "M":
            return 3 + sum(1 + len(name.encode()) + value_size(member) for name, member in content.items())
    return 1


def units(size: int) -> int:
    """The write units of an item of that size."""
    return -(-size // UNIT)
