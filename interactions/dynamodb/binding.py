"""Binding a model to a table and a connection, of which PynamoDB has one fixed pair a class."""

from __future__ import annotations

from typing import Any, TypeVar

from pynamodb.connection import Connection
from pynamodb.models import Model

AnyModel = TypeVar("AnyModel", bound=Model)


def bound_model(model: type[AnyModel], connection: Connection, name: str) -> type[AnyModel]:
    """A copy of the model whose table has that name and is reached over that connection."""
    meta = type("Meta", (), {**vars(model.Meta), "table_name": name})
    metaclass: Any = type(model)
    bound: Any = metaclass(model.__name__, (model,), {"Meta": meta, "__module__": model.__module__})
    # PynamoDB makes a connection, and so a client, for each model: its description of the table is all we take.
    table = bound._get_connection()
    connection.add_meta_table(table.get_meta_table())
    table.connection = connection
    return bound  # type: ignore[no-any-return]  # made by a metaclass, of no type that mypy sees
