"""Attribute types that PynamoDB has not: plain maps of the app's own values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.constants import LIST, MAP, NUMBER, STRING

Plain = Mapping[str, str | int | None]


class PlainMapAttribute(Attribute[Plain]):
    """A map of text and whole numbers, without the members that are None; an empty one is not stored at all."""

    attr_type = MAP
    null = True

    def serialize(self, value: Plain) -> dict[str, Any] | None:
        return _dump(value) or None

    def deserialize(self, value: Mapping[str, Any]) -> Plain:
        return load_map(value)


class PlainListAttribute(Attribute[Sequence[Plain]]):
    """A list of such maps; an empty one is not stored at all."""

    attr_type = LIST
    null = True

    def serialize(self, value: Sequence[Plain]) -> list[dict[str, Any]] | None:
        return [{MAP: _dump(each)} for each in value] or None

    def deserialize(self, value: Sequence[Mapping[str, Any]]) -> Sequence[Plain]:
        return [load_map(each[MAP]) for each in value]


def _dump(value: Plain) -> dict[str, Any]:
    return {
        name: {NUMBER: str(member)} if isinstance(member, int) else {STRING: member}
        for name, member in value.items()
        if member is not None
    }


def load_map(value: Mapping[str, Any]) -> dict[str, Any]:
    """A map's members out of their stored form."""
    return {name: int(member[NUMBER]) if NUMBER in member else member[STRING] for name, member in value.items()}
