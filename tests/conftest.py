"""What all tests share: a client for each kind of credential."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from hypothesis import settings as hypothesis_settings
from rest_framework.test import APIClient

from interactions.accounts import get_accounts
from tests.dynamodb_local import NEEDS, Absent, DynamoDBLocal, running
from tests.tiers import (
    may_start_a_process,
    pytest_collection_modifyitems,
    pytest_ignore_collect,
    pytest_runtest_protocol,
)
from tests.transports.option import pytest_addoption, pytest_cmdline_main
from tests.transports.place import is_in_this_process

# No deadline: a slow machine is no failure. `make test` uses `fast`; `make test-all` and CI use `thorough`.
hypothesis_settings.register_profile("fast", deadline=None, max_examples=25)
hypothesis_settings.register_profile("thorough", deadline=None, max_examples=100)
hypothesis_settings.load_profile("thorough" if os.environ.get("CI") == "true" else "fast")

__all__ = [
    "pytest_addoption",
    "pytest_cmdline_main",
    "pytest_collection_modifyitems",
    "pytest_ignore_collect",
    "pytest_runtest_protocol",
]

PASSWORD = "correct-horse-battery"
SHARED_ENDPOINT = pytest.StashKey[str | None]()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Test on a file, as the service runs: a database in memory has no WAL and fails threads that write at once."""
    connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each reason why tests were left out, with how many they are."""
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in terminalreporter.getreports("skipped"))
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"{count} left out: {reason}")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell each of xdist's workers where the DynamoDB Local is that they share."""
    node.workerinput["dynamodb_local"] = _shared_endpoint(node.config)


def _shared_endpoint(config: pytest.Config) -> str | None:
    """Start DynamoDB Local for the first worker, until the end of the run. None: it cannot start here."""
    if SHARED_ENDPOINT not in config.stash:
        stack = ExitStack()
        config.add_cleanup(stack.close)
        try:
            config.stash[SHARED_ENDPOINT] = stack.enter_context(running()).endpoint
        except Absent:
            config.stash[SHARED_ENDPOINT] = None
    return config.stash[SHARED_ENDPOINT]


@pytest.fixture(scope="session")
def dynamodb_local(pytestconfig: pytest.Config) -> Iterator[DynamoDBLocal]:
    """AWS's own emulator, which all workers share. In a run without workers the first test starts it.

    Tests that need it are left out where it cannot be started, but not in CI.
    """
    try:
        if (shared := getattr(pytestconfig, "workerinput", None)) is None:
            with ExitStack() as stack:
                with may_start_a_process():
                    emulator = stack.enter_context(running())
                yield emulator
        elif shared["dynamodb_local"] is None:
            raise Absent(NEEDS)
        else:
            yield DynamoDBLocal(shared["dynamodb_local"])
    except Absent as absent:
        if os.environ.get("CI") == "true":
            pytest.fail(str(absent))
        pytest.skip(str(absent))


@pytest.fixture(scope="session", autouse=True)
def fast_settings(django_test_environment: None) -> Iterator[None]:
    """Use fast password hashes and no scan of static files, unless the tested service runs in another process.

    Logging in takes half a second with the real password hashes. Each client loads the middleware, where WhiteNoise
    would look at all 170 static files first.
    """
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with ExitStack() as stack:
        if is_in_this_process():
            stack.enter_context(override_settings(PASSWORD_HASHERS=hashers, WHITENOISE_AUTOREFRESH=True))
        yield


@pytest.fixture
def anonymous(db: None) -> APIClient:
    """A client without a credential, with the CSRF checks that a browser meets."""
    return APIClient(enforce_csrf_checks=True)


@pytest.fixture
def key_client(db: None) -> Callable[..., APIClient]:
    """Make a client with an API key: `key_client("alice", "read", "write")`."""

    def make(user_id: str, *scopes: str) -> APIClient:
        key, _ = get_accounts().create_key(user_id, scopes or ("read", "write"))
        return APIClient(headers={"Authorization": f"Bearer {key}"})

    return make


@pytest.fixture
def session_client(db: None) -> Callable[..., APIClient]:
    """Make a client that has logged in, with the CSRF checks that a browser meets: `session_client("alice")`."""

    def make(username: str, *, staff: bool = False) -> APIClient:
        if get_accounts().get_account(username) is None:
            get_accounts().create_account(username, PASSWORD, staff=staff)
        client = APIClient(enforce_csrf_checks=True)
        answer = client.post("/v1/session", {"username": username, "password": PASSWORD}, format="json")
        assert answer.status_code == 200, answer.content
        client.credentials(HTTP_X_CSRFTOKEN=answer.json()["csrf_token"])
        return client

    return make


@pytest.fixture
def alice(key_client: Callable[..., APIClient]) -> APIClient:
    """A client with Alice's API key, scopes read and write."""
    return key_client("alice")


@pytest.fixture
def bob(key_client: Callable[..., APIClient]) -> APIClient:
    return key_client("bob")


@pytest.fixture
def change_account(db: None) -> Callable[..., None]:
    """Staff's work: `change_account("alice", password="…")`, `change_account("alice", active=False)`."""

    def change(username: str, **changes: Any) -> None:
        get_accounts().change_account(username, **changes)

    return change
