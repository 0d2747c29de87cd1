"""All that a store holds of a user, as text: rows and items as they are, and texts that are compressed in them."""

from __future__ import annotations

import json

from django.db import connection

from interactions import selectors
from interactions.conf import conf
from interactions.domain.document import to_document


def all_that_is_stored(user_id: str) -> str:
    found = [json.dumps(to_document(each)) for each in selectors.user_interactions(user_id=user_id)]
    return "\n".join([*found, *(_rows() if conf.repository.endswith("OrmRepository") else _items(user_id))])


def _rows() -> list[str]:
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608  a table's own name
            found += [repr(row) for row in cursor.fetchall()]
    return found


def _items(user_id: str) -> list[str]:
    from interactions.dynamodb.tables import get_tables

    tables = get_tables()
    kinds = (tables.interactions, tables.idempotency, tables.conversations)
    return [repr(item.serialize(null_check=False)) for kind in kinds for item in kind.query(user_id)]
