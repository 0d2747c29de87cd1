"""Lets pytest run the API's tests under the settings of production, over DynamoDB Local.

    pytest tests/api --ds=project.settings.production -p tests.production.plugin --report FILE

with the environment that those settings read, and `AWS_ENDPOINT_URL_DYNAMODB`. `test_api_suite.py` does so.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.production.watching import Watch, watching

if TYPE_CHECKING:
    from interactions.dynamodb.tables import Tables

# What production has not, and so cannot be asked for there.
LOCAL_ONLY = {
    "tests/api/test_openapi.py::test_the_committed_description_is_the_generated_one": "drf-spectacular is local",
    "tests/api/test_openapi.py::test_the_documentation_page_takes_nothing_from_elsewhere": "Swagger UI is local",
    "tests/api/test_openapi.py::test_the_address_alone_leads_to_the_documentation": "Swagger UI is local",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--report", type=Path, required=True, help="where to write what was seen, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    stack = ExitStack()
    config.add_cleanup(stack.close)
    config.pluginmanager.register(Run(stack.enter_context(watching())))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid in LOCAL_ONLY:
            item.add_marker(pytest.mark.skip(reason=LOCAL_ONLY[item.nodeid]))


class Run:
    """One run: the tables it works on, what became of each test, and every DynamoDB operation."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._outcomes: dict[str, str] = {}

    # This plugin comes after pytest-django, whose fixtures of these names it replaces.
    @pytest.fixture
    def db(self) -> Iterator[None]:
        """Tables without an item. They are emptied afterwards, when it is known which have been written to."""
        with self._watch.paused():
            tables = _tables()
        yield
        with self._watch.paused():
            for model in tables:
                if model.Meta.table_name in self._watch.written:
                    with model.batch_write() as batch:
                        for item in model.scan():
                            batch.delete(item)
        self._watch.written.clear()
        _forget_what_was_read()

    @pytest.fixture
    def transactional_db(self, db: None) -> None:
        """The same: what one thread writes, all others see."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or not report.passed:
            self._outcomes[report.nodeid] = report.outcome

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        seen = {"outcomes": self._outcomes, "operations": self._watch.operations, "modules": [*sys.modules]}
        session.config.getoption("report").write_text(json.dumps(seen))


@cache
def _tables() -> Tables:
    from interactions.dynamodb.tables import get_tables  # once there are settings

    get_tables().create()
    return get_tables()


def _forget_what_was_read() -> None:
    """Both stores remember a little of what they have read, which the next test must not find."""
    from interactions.accounts import get_accounts
    from interactions.repositories import get_repository

    get_accounts.cache_clear()
    get_repository.cache_clear()
