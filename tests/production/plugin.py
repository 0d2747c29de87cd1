"""Lets pytest run the API's tests under the settings of production, over DynamoDB Local.

    pytest tests/api --ds=project.settings.production -p tests.production.plugin --report FILE

with the environment that those settings read, and `AWS_ENDPOINT_URL_DYNAMODB`. `test_api_suite.py` does so. Requests
go as events through the handler of Lambda, in this process, or to a service elsewhere that uses the same tables:
`--service-url https://host/stage --service-authority FILE`. Tests of what only this process has are left out then.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.production.watching import Watch, watching

if TYPE_CHECKING:
    from interactions.dynamodb.tables import Tables
    from tests.transports.client import Transport

CALENDAR = "#days"  # the owner of the rows that say on which days there are interactions
TRANSPORT = pytest.StashKey["Transport"]()
# What production has not, and so cannot be asked for there.
LOCAL_ONLY = {
    "tests/api/test_openapi.py::test_the_committed_description_is_the_generated_one": "drf-spectacular is local",
    "tests/api/test_openapi.py::test_the_documentation_page_takes_nothing_from_elsewhere": "Swagger UI is local",
    "tests/api/test_openapi.py::test_the_address_alone_leads_to_the_documentation": "Swagger UI is local",
}
# Fixtures that reach into the process that serves, and why another one cannot be reached so.
INSIDE = {
    "settings": "changes a setting of the process",
    "monkeypatch": "changes the environment of the process",
    "caplog": "reads the log of the process",
    "lines": "reads the log of the process",
    "restless_threads": "tests functions, or how threads of one process meet",
    "change_account": "changes what a process remembers for five seconds",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--report", type=Path, required=True, help="where to write what was seen, as JSON")
    parser.addoption("--service-url", help="where a service runs that uses the same tables")
    parser.addoption("--service-authority", type=Path, help="the authority of its certificate, a PEM file")


def pytest_configure(config: pytest.Config) -> None:
    url: str | None = config.getoption("service_url")
    stack = ExitStack()
    config.add_cleanup(stack.close)
    if url is None:
        import project.lambda_handler  # noqa: F401  before anything else, as Lambda does
    config.pluginmanager.register(Run(stack.enter_context(watching()), elsewhere=url is not None))


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    from tests.transports.client import send_all_over  # once there are settings

    transport = _transport(session.config)
    send_all_over(transport)
    session.config.stash[TRANSPORT] = transport


def _transport(config: pytest.Config) -> Transport:
    from tests.transports.events import Events
    from tests.transports.https import Http

    url: str | None = config.getoption("service_url")
    return Events() if url is None else Http(url, config.getoption("service_authority"))


class Run:
    """One run: the tables it works on, what became of each test, and every DynamoDB operation."""

    def __init__(self, watch: Watch, *, elsewhere: bool) -> None:
        self._watch = watch
        self._elsewhere = elsewhere
        self._outcomes: dict[str, str] = {}
        self._left_out: Counter[str] = Counter()

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        for item in items:
            if item.nodeid in LOCAL_ONLY:
                item.add_marker(pytest.mark.skip(reason=LOCAL_ONLY[item.nodeid]))
        if self._elsewhere:
            inside = {item: _needs_inside(item) for item in items}
            self._left_out.update(reason for reason in inside.values() if reason)
            config.hook.pytest_deselected(items=[item for item in items if inside[item]])
            items[:] = [item for item in items if not inside[item]]

    # This plugin comes after pytest-django, whose fixtures of these names it replaces.
    @pytest.fixture
    def db(self) -> Iterator[None]:
        """Tables without an item. They are emptied afterwards, when it is known which have been written to."""
        with self._watch.paused():
            tables = _tables()
        yield
        with self._watch.paused():
            for model in tables:
                # What a service elsewhere remembers stays as it is: accounts for some seconds, the days it has noted.
                stays = self._elsewhere and model is tables.accounts
                if not stays and (self._elsewhere or model.Meta.table_name in self._watch.written):
                    with model.batch_write() as batch:
                        for item in model.scan():
                            if not (self._elsewhere and getattr(item, "user_id", None) == CALENDAR):
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
        seen = {
            "outcomes": self._outcomes,
            "left out": self._left_out,
            "operations": self._watch.operations,
            "modules": [*sys.modules],
            "requests": session.config.stash[TRANSPORT].requests,
        }
        session.config.getoption("report").write_text(json.dumps(seen))


def _needs_inside(item: pytest.Item) -> str | None:
    fixtures = _fixtures_of(item)
    return next((f"{name}: {reason}" for name, reason in INSIDE.items() if name in fixtures), None)


def _fixtures_of(item: pytest.Item) -> set[str]:
    """What a test asks for, and what the fixtures of these tests ask for in turn; what plugins' do is their own."""
    info: Any = getattr(item, "_fixtureinfo")  # noqa: B009  pytest has no public name for it
    found: set[str] = set()
    waiting = [*info.initialnames]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            for fixture in info.name2fixturedefs.get(name, ()):
                if fixture.func.__module__.startswith("tests."):
                    waiting += fixture.argnames
    return found


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
