"""Populations in SQLite files, under the settings of a laptop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from benchmarks.filled import Filled
from benchmarks.population import Population
from interactions.domain.errors import DomainError
from interactions.repositories.orm import OrmRepository

AT_ONCE = 1000


@contextmanager
def sqlite_files(populations: Sequence[Population]) -> Iterator[list[Filled]]:
    """A file for each population; all go as the bench ends."""
    configured = connections["default"]
    with TemporaryDirectory() as folder, ExitStack() as opened:
        opened.callback(_use, configured)
        filled = []
        for number, population in enumerate(populations):
            database = opened.enter_context(closing(_open(Path(folder) / f"{number}.sqlite3")))
            filled.append(Filled(OrmRepository(), population, select=_selecting(database)))
            filled[-1].select()
            _fill(filled[-1])
        yield filled


def _open(path: Path) -> BaseDatabaseWrapper:
    settings = connections.settings["default"] | {"NAME": path}
    return ConnectionHandler({"default": settings})["default"]


def _selecting(database: BaseDatabaseWrapper) -> Callable[[], None]:
    return lambda: _use(database)


def _use(database: BaseDatabaseWrapper) -> None:
    """Let Django's default connection lead there: the repository knows no other."""
    connections["default"] = database


def _fill(filled: Filled) -> None:
    call_command("migrate", verbosity=0)
    numbered = iter(filled.population)
    while batch := [*islice(numbered, AT_ONCE)]:
        refused = [each for each in filled.repository.add_many(batch) if isinstance(each, DomainError)]
        assert not refused, refused[0]
