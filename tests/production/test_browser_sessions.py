"""A person with a browser: HTTPS, gunicorn, the settings of production, DynamoDB Local."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.certificate import write_certificate
from interactions.dynamodb.tables import Tables
from tests.dynamodb_local import DynamoDBLocal, keep_expired
from tests.e2e.service import Service
from tests.production.browser import Browser
from tests.production.database import Database, new_database
from tests.production.process import ENVIRONMENT

PASSWORD = "correct-horse-battery"
PREFIX = "browser-"
INTERACTIONS = "/v1/interactions"
PROMPT = {"prompt": "Which tram goes up to the castle?"}

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_certificate(tmp_path_factory.mktemp("tls") / "certificate.pem")


@pytest.fixture(scope="module")
def database(dynamodb_local: DynamoDBLocal) -> Database:
    """A database that keeps expired items."""
    made = new_database(dynamodb_local, PREFIX)
    keep_expired(made.tables.connection.client)
    made.create_account("alice", PASSWORD)
    return made


@pytest.fixture(scope="module")
def tables(database: Database) -> Tables:
    return database.tables


@pytest.fixture(scope="module")
def service(database: Database, certificate: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    environment = ENVIRONMENT | database.variables | {"ALLOWED_HOSTS": "127.0.0.1"}
    running = Service(tmp_path_factory.mktemp("service"), workers=1, environment=environment, certificate=certificate)
    running.start()
    yield running
    running.end()


@pytest.fixture
def browser(service: Service, certificate: Path) -> Browser:
    return Browser(service.url, certificate)


@pytest.fixture
def thief(service: Service, certificate: Path) -> Browser:
    """Another browser, which has nothing of its own."""
    return Browser(service.url, certificate)


def test_a_person_logs_in_writes_reads_and_logs_out(browser: Browser) -> None:
    token = browser.log_in("alice", PASSWORD)
    recorded = browser.ask("POST", INTERACTIONS, PROMPT, token=token)
    assert recorded.status == 201
    location = recorded.headers["Location"]
    assert location == f"{browser.site}{INTERACTIONS}/{recorded.json()['interaction_id']}"
    path = location.removeprefix(browser.site)
    assert browser.ask("GET", path).json() == recorded.json()
    assert recorded.json() in browser.ask("GET", INTERACTIONS).json()["results"]
    assert browser.ask("DELETE", "/v1/session", token=token).status == 204
    assert browser.ask("GET", path).status == 401


def test_writing_needs_the_token_and_a_page_of_this_site(browser: Browser) -> None:
    token = browser.log_in("alice", PASSWORD)
    assert browser.ask("POST", INTERACTIONS, PROMPT).status == 403
    assert browser.ask("POST", INTERACTIONS, PROMPT, token=token, origin="https://evil.example").status == 403
    assert browser.ask("POST", INTERACTIONS, PROMPT, token=token).status == 201
    script_reads = browser.cookie("csrftoken").value
    assert browser.ask("POST", INTERACTIONS, PROMPT, token=script_reads).status == 201


def test_cookies_go_over_https_alone_and_scripts_see_only_the_token(browser: Browser) -> None:
    browser.log_in("alice", PASSWORD)
    session, csrf = browser.cookie("sessionid"), browser.cookie("csrftoken")
    assert session.secure
    assert csrf.secure
    assert session.has_nonstandard_attr("HttpOnly")
    assert not csrf.has_nonstandard_attr("HttpOnly")
    assert session.get_nonstandard_attr("SameSite") == csrf.get_nonstandard_attr("SameSite") == "Lax"


def test_every_answer_tells_browsers_to_be_careful(browser: Browser) -> None:
    for path in ("/health", INTERACTIONS, "/v1/schema", "/problems/not-found", "/nowhere"):
        headers = browser.ask("GET", path).headers
        assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Frame-Options"] == "DENY"


def test_a_session_that_was_logged_out_is_of_no_use_to_a_thief(browser: Browser, thief: Browser) -> None:
    token = browser.log_in("alice", PASSWORD)
    thief.take(browser.cookie("sessionid"))
    assert thief.ask("GET", "/v1/session").status == 200
    browser.ask("DELETE", "/v1/session", token=token)
    assert thief.ask("GET", "/v1/session").status == 401


def test_an_expired_session_is_refused_though_it_still_lies_in_the_table(
    browser: Browser, thief: Browser, tables: Tables
) -> None:
    token = browser.log_in("alice", PASSWORD)
    stolen = browser.cookie("sessionid")
    expire(tables, str(stolen.value))
    assert browser.ask("GET", "/v1/session").status == 401
    assert browser.ask("POST", INTERACTIONS, PROMPT, token=token).status == 401
    thief.take(stolen)
    assert thief.ask("GET", "/v1/session").status == 401
    assert tables.sessions.get(stolen.value).ttl < datetime.now(UTC), "asking has not brought it back"
    browser.log_in("alice", PASSWORD)
    assert browser.ask("GET", "/v1/session").status == 200
    assert thief.ask("GET", "/v1/session").status == 401


def test_a_session_that_dynamodb_has_deleted_is_refused_and_not_made_anew(
    browser: Browser, thief: Browser, tables: Tables
) -> None:
    token = browser.log_in("alice", PASSWORD)
    stolen = browser.cookie("sessionid")
    tables.sessions.get(stolen.value).delete()
    assert browser.ask("POST", INTERACTIONS, PROMPT, token=token).status == 401
    thief.take(stolen)
    assert thief.ask("GET", "/v1/session").status == 401
    thief.log_in("alice", PASSWORD)
    assert thief.cookie("sessionid").value != stolen.value


def expire(tables: Tables, session_key: str) -> None:
    """Let the session have ended a second ago."""
    item = tables.sessions.get(session_key)
    item.update([tables.sessions.ttl.set(datetime.now(UTC) - timedelta(seconds=1))])
