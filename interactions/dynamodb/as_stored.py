"""Items that stay as DynamoDB gave them until somebody asks for an attribute.

PynamoDB makes a Python value of every attribute of everything that is read. Where a codec reads the stored form itself,
that would be half the time of a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pynamodb.models import Model

# What DynamoDB's JSON has for an item: `{"status": {"S": "pending"}, …}`.
Stored = Mapping[str, Mapping[str, Any]]


class ItemAsStored(Model):
    """A model whose items, when they were read, have `stored`; the attributes are made of it at the first use."""

    stored: dict[str, dict[str, Any]]

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        item = cls.__new__(cls)
        item.stored = data
        return item

    def __getattr__(self, name: str) -> Any:
        if name == "attribute_values" and "stored" in self.__dict__:
            self._container_deserialize(self.stored)  # which sets it
            return self.__dict__[name]
        raise AttributeError(f"{type(self).__name__} has no {name}")
