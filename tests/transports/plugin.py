"""What pytest has besides under `--transport=events` and `--transport=gateway`; `tests/transports/option.py` loads it.

Each process has a database of its own in DynamoDB Local. Requests go as events through the handler of Lambda, in this
process, or through a gateway of this process's own to the package.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.dynamodb_local import DynamoDBLocal
from tests.production.process import ENVIRONMENT
from tests.transports.option import BUILT, GATEWAY

if TYPE_CHECKING:
    from tests.transports.client import Transport
    from tests.transports.watching import Watch

RUN = "transport"  # the name of the plugin `Run`
CALENDAR = "#days"  # the owner of the rows that say on which days there are interactions
RELATIONAL = {"interactions.models", "django.contrib.auth.models", "django.db.backends.sqlite3.base"}
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
    "run": "reads what the process has sent to DynamoDB",
}


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Import the handler before anything else of the project, as Lambda does: pytest-django would load the settings."""
    os.environ["AWS_ACCESS_KEY_ID"] = DynamoDBLocal(os.environ["AWS_ENDPOINT_URL_DYNAMODB"]).new_database()
    if "AWS_EXECUTION_ENV" in os.environ and _runs_tests(early_config.known_args_namespace):
        import project.lambda_handler  # noqa: F401


def _runs_tests(options: Namespace) -> bool:
    """Whether this process does, and not xdist's workers for it."""
    return "PYTEST_XDIST_WORKER" in os.environ or not getattr(options, "numprocesses", None)


def pytest_configure(config: pytest.Config) -> None:
    from tests.conftest import SHARED_ENDPOINT

    config.stash[SHARED_ENDPOINT] = os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
    if config.option.collectonly or not _runs_tests(config.option):
        return
    from tests.transports.watching import watching  # imports botocore, which the handler does not

    stack = ExitStack()
    config.add_cleanup(stack.close)
    watch = stack.enter_context(watching())
    config.pluginmanager.register(Run(watch, stack, elsewhere=config.option.transport == GATEWAY), RUN)


class Run:
    """One process of a run: the transport, the tables that it works on, and every DynamoDB operation."""

    transport: Transport

    def __init__(self, watch: Watch, stack: ExitStack, *, elsewhere: bool) -> None:
        self.watch = watch
        self._stack = stack
        self._elsewhere = elsewhere

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        from interactions.dynamodb.tables import get_tables
        from tests.transports.client import send_all_over

        with self.watch.paused():
            get_tables().create()
        self.transport = self._gateway() if self._elsewhere else self._events()
        send_all_over(self.transport)

    def _events(self) -> Transport:
        from tests.transports.events import Events

        return Events()

    def _gateway(self) -> Transport:
        from tests.lambda_local.serving import serving
        from tests.transports.https import Http

        names = (ENVIRONMENT.keys() - {"PATH"}) | {"CORS_ALLOWED_ORIGINS", "TABLE_PREFIX"}
        built = Path(os.environ[BUILT])
        gateway = self._stack.enter_context(
            serving(
                built / "package" / "lambda.zip",
                endpoint=os.environ["AWS_ENDPOINT_URL_DYNAMODB"],
                environment={name: os.environ[name] for name in names},
                runtime=built / "runtime",
            )
        )
        return Http(gateway.url, gateway.certificate)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            if reason := LOCAL_ONLY.get(item.nodeid) or (self._elsewhere and _needs_inside(item)):
                item.add_marker(pytest.mark.skip(reason=reason))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Iterator[None]:
        """Fail a test that scans, even where the service caught the error, and a test that imports a model."""
        try:
            yield
        finally:
            refused, self.watch.refused = self.watch.refused, []
        relational = RELATIONAL.intersection(sys.modules)
        assert (refused, relational) == ([], set())

    # This plugin comes after pytest-django, whose fixtures of these names it replaces.
    @pytest.fixture
    def db(self) -> Iterator[None]:
        """Tables without an item. They are emptied afterwards, when it is known which have been written to."""
        yield
        from interactions.dynamodb.tables import get_tables

        with self.watch.paused():
            for model in get_tables():
                # What a service elsewhere remembers stays as it is: accounts for some seconds, the days it has noted.
                stays = self._elsewhere and model is get_tables().accounts
                if not stays and (self._elsewhere or model.Meta.table_name in self.watch.written):
                    with model.batch_write() as batch:
                        for item in model.scan():
                            if not (self._elsewhere and getattr(item, "user_id", None) == CALENDAR):
                                batch.delete(item)
        self.watch.written.clear()
        _forget_what_was_read()

    @pytest.fixture
    def transactional_db(self, db: None) -> None:
        """The same: what one thread writes, all others see."""

    @pytest.fixture
    def run(self) -> Run:
        return self


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


def _forget_what_was_read() -> None:
    """Both stores remember a little of what they have read, which the next test must not find."""
    from interactions.accounts import get_accounts
    from interactions.repositories import get_repository

    get_accounts.cache_clear()
    get_repository.cache_clear()
