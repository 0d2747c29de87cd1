"""What all tests share: a client for each kind of credential."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from hypothesis import settings as hypothesis_settings
from pytest_django import Settings
from rest_framework.test import APIClient

from interactions.accounts import get_accounts
from tests.dynamodb_local import Absent, DynamoDBLocal, running
from tests.transports.place import is_in_this_process

# A slow machine is no failure.
hypothesis_settings.register_profile("service", deadline=None)
hypothesis_settings.load_profile("service")

PASSWORD = "correct-horse-battery"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Test on a file, as the service runs: a database in memory has no WAL and fails threads that write at once."""
    connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session")
def dynamodb_local() -> Iterator[DynamoDBLocal]:
    """AWS's own emulator, started for the first test that asks. Where it cannot be had its tests are left out."""
    try:
        with running() as emulator:
            yield emulator
    except Absent as absent:
        if os.environ.get("CI") == "true":
            pytest.fail(str(absent))
        pytest.skip(str(absent))


@pytest.fixture(autouse=True)
def fast_password_hashes(request: pytest.FixtureRequest) -> None:
    """Logging in takes half a second with the real ones, by intent. A service elsewhere knows the real ones alone."""
    if is_in_this_process():
        settings: Settings = request.getfixturevalue("settings")
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


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
