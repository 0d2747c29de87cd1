"""How the ORM repository talks to SQLite: short write transactions, and one error for a store that cannot answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, transaction

from interactions.domain.errors import Unavailable


@contextmanager
def writing() -> Iterator[None]:
    """A transaction that holds the write lock from its beginning, so that nobody comes between its statements."""
    with answering(), transaction.atomic():
        yield


@contextmanager
def answering() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise Unavailable("the database is locked or cannot be opened") from error
