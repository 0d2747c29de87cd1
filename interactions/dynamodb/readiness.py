"""Whether all tables answer, asked for what none of them has: half a read unit each, and no permission to describe."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from botocore.exceptions import ClientError
from pynamodb.models import Model

from interactions.domain.errors import Unavailable
from interactions.dynamodb.connection import DynamoDBConnection

MISSING = "ResourceNotFoundException"


def check(models: Iterable[type[Model]]) -> None:
    """Read the tables of the models at once, without the patience that requests have.

    Raises:
        Unavailable: they do not answer, or not all of them are there; the text names what is the matter.
    """
    asked: dict[DynamoDBConnection, dict[str, Any]] = {}
    for model in models:
        connection = cast(DynamoDBConnection, model._get_connection().connection)
        asked.setdefault(connection, {})[model.Meta.table_name] = {"Keys": [_key(model)]}
    for connection, tables in asked.items():
        try:
            _read(connection, tables)
        except ClientError as error:
            if _code(error) != MISSING:
                raise Unavailable(f"the store at {connection.wire.endpoint} refuses to be read") from error
            names = ", ".join(_missing(connection, tables)) or "one of those asked for"
            raise Unavailable(f"there is no table {names} at {connection.wire.endpoint}") from error


def _missing(connection: DynamoDBConnection, tables: dict[str, Any]) -> Iterable[str]:
    """DynamoDB says that one of several is missing, and not which."""
    for name, keys in tables.items():
        try:
            _read(connection, {name: keys})
        except ClientError as error:
            if _code(error) == MISSING:
                yield name


def _read(connection: DynamoDBConnection, tables: dict[str, Any]) -> None:
    connection.impatient.dispatch("BatchGetItem", {"RequestItems": tables})


def _key(model: type[Model]) -> dict[str, Any]:
    keys = [
        attribute for attribute in model.get_attributes().values() if attribute.is_hash_key or attribute.is_range_key
    ]
    return {str(key.attr_name): {"S": "#check"} for key in keys}


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])
