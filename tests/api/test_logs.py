"""Logs: one JSON line a request, and nobody's words in any of them."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from project.logging import JsonFormatter
from tests.api.asking import Providers, ask, openai
from tests.api.broken import BrokenRepository
from tests.api.expectations import UNKNOWN_ID, check_problem, recorded
from tests.providers.behaviours import Answer
from tests.providers.server import LanguageModel

MARK = "quasi-una-fantasia"
ITEM = f"/v1/interactions/{UNKNOWN_ID}"


class Lines(logging.Handler):
    """Keeps what the service would write."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """The lines that are logged from here on, at the levels and by the loggers of the settings."""
    handler = Lines()
    loggers = [logging.getLogger(name) for name in (None, "django.request", "django.server")]
    for logger in loggers:
        logger.addHandler(handler)
    yield handler.lines
    for logger in loggers:
        logger.removeHandler(handler)


def requests_of(lines: list[str]) -> list[dict[str, Any]]:
    documents = [json.loads(line) for line in lines]
    return [document for document in documents if document["logger"] == "interactions.requests"]


@pytest.mark.everywhere
def test_a_request_is_one_json_line_that_says_who_what_and_how_long(alice: APIClient, lines: list[str]) -> None:
    answer = alice.post("/v1/interactions", {"prompt": "Hi"}, format="json", headers={"traceparent": ""})
    (line,) = lines
    assert "\n" not in line
    document = json.loads(line)
    assert document["level"] == "INFO"
    assert document["request_id"] == answer["X-Request-ID"]
    assert document["trace_id"] == answer["X-Trace-ID"]
    assert document["user_id"] == "alice"
    assert len(document["key_id"]) == 16
    assert (document["method"], document["route"], document["status"]) == ("POST", "/v1/interactions", 201)
    assert document["duration_ms"] >= 0
    assert document["request_bytes"] == len('{"prompt":"Hi"}')
    assert document["response_bytes"] == len(answer.content)


def test_the_route_is_the_pattern_and_not_the_path(alice: APIClient, lines: list[str]) -> None:
    for path in (
        ITEM,
        f"{ITEM}/feedback",
        "/v1/conversations/secret-talk",
        "/v1/users/alice/export",
        "/nowhere/secret",
    ):
        alice.get(path)
    routes = [document["route"] for document in requests_of(lines)]
    assert len(routes) == 5
    assert routes[0].startswith("/v1/interactions/<")
    assert "secret" not in "".join(lines)


def test_a_request_without_a_known_caller_has_no_user(anonymous: APIClient, lines: list[str]) -> None:
    anonymous.get("/v1/interactions")
    (document,) = requests_of(lines)
    assert document["status"] == 401
    assert "user_id" not in document


def test_a_session_has_a_user_and_no_key(session_client: Callable[..., APIClient], lines: list[str]) -> None:
    session_client("carol").get("/v1/session")
    document = requests_of(lines)[-1]
    assert document["user_id"] == "carol"
    assert "key_id" not in document


def test_what_nobody_foresaw_is_logged_with_its_place_and_without_its_words(
    debug: bool, alice: APIClient, store: Callable[[type], None], lines: list[str]
) -> None:
    store(BrokenRepository)
    answer = alice.post("/v1/interactions", {"prompt": MARK}, format="json")
    assert answer.status_code == 500
    (error,) = [document for document in map(json.loads, lines) if document["level"] == "ERROR"]
    assert error["exception"] == "ZeroDivisionError"
    assert any("broken.py" in frame for frame in error["stack"])
    assert MARK not in "".join(lines)


def test_what_fails_outside_of_a_view_is_a_problem_and_logged_too(
    alice: APIClient, settings: Settings, lines: list[str]
) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.api.broken.broken_middleware"]
    alice.raise_request_exception = False
    answer = alice.post("/v1/interactions", {"prompt": MARK}, format="json")
    check_problem(answer, 500, "internal-error")
    (error,) = [document for document in map(json.loads, lines) if document["level"] == "ERROR"]
    assert error["exception"] == "ZeroDivisionError"
    assert any("broken.py" in frame for frame in error["stack"])
    assert error["request_id"] == answer["X-Request-ID"]
    assert MARK not in "".join(lines) + answer.content.decode()


def test_the_line_of_an_error_and_of_its_request_share_their_ids(
    alice: APIClient, store: Callable[[type], None], lines: list[str]
) -> None:
    store(BrokenRepository)
    answer = alice.get("/v1/interactions")
    for document in map(json.loads, lines):
        assert document["request_id"] == answer["X-Request-ID"]
        assert document["trace_id"] == answer["X-Trace-ID"]


SPEAKING: dict[str, Callable[[APIClient], Any]] = {
    "texts": lambda c: recorded(c, prompt=MARK, response=MARK, metadata={MARK: MARK}, model=MARK),
    "an error": lambda c: recorded(c, status="failed", error={"type": MARK, "message": MARK}),
    "bulk": lambda c: c.post("/v1/interactions/bulk", [{"prompt": MARK}, {"prompt": MARK, MARK: 1}], format="json"),
    "a broken line": lambda c: c.post(
        "/v1/interactions/bulk", f'{{"{MARK}'.encode(), content_type="application/x-ndjson"
    ),
    "a wrong field": lambda c: c.post("/v1/interactions", {"prompt": [MARK], MARK: MARK}, format="json"),
    "broken JSON": lambda c: c.post(
        "/v1/interactions", f'{{"prompt": "{MARK}'.encode(), content_type="application/json"
    ),
    "another type": lambda c: c.post("/v1/interactions", MARK.encode(), content_type=f"text/{MARK}"),
    "too large": lambda c: c.post("/v1/interactions", {"prompt": MARK * 300_000}, format="json"),
    "an item": lambda c: c.get(f"/v1/interactions/{MARK}"),
    "a patch": lambda c: c.patch(ITEM, {"response": MARK, "metadata": {"k": MARK}}, format="json"),
    "a verdict": lambda c: c.put(f"{ITEM}/feedback", {"score": 1, "comment": MARK, "label": MARK}, format="json"),
    "a title": lambda c: c.patch(f"/v1/conversations/{MARK}", {"title": MARK}, format="json"),
    "a parameter": lambda c: c.get("/v1/interactions", {"model": MARK, MARK: MARK}),
    "a cursor": lambda c: c.get("/v1/interactions", {"cursor": MARK}),
    "a user": lambda c: c.get(f"/v1/users/{MARK}/export"),
    "a path": lambda c: c.get(f"/{MARK}"),
    "an ETag": lambda c: c.patch(ITEM, {}, format="json", headers={"If-Match": f'"{MARK}"'}),
    "a key": lambda c: c.post("/v1/interactions", {"prompt": "x"}, format="json", headers={"Idempotency-Key": MARK}),
    "a trace": lambda c: c.get("/v1/interactions", headers={"traceparent": MARK, "tracestate": MARK}),
    "a host": lambda c: c.get("/v1/interactions", HTTP_HOST=f"{MARK}.example"),
    "a method": lambda c: c.generic("BREW", f"/v1/interactions?{MARK}"),
    "a credential": lambda c: c.get("/v1/interactions", headers={"Authorization": f"Bearer {MARK}"}),
    "a password": lambda c: c.post("/v1/session", {"username": "alice", "password": MARK}, format="json"),
    "a broken form": lambda c: c.post(
        "/v1/session", MARK.encode(), content_type=f"multipart/form-data; boundary={MARK}"
    ),
}


@pytest.mark.parametrize("broken", [False, True], ids=["working store", "broken store"])
@pytest.mark.parametrize("words", SPEAKING)
def test_nobodys_words_get_into_the_log(
    debug: bool, alice: APIClient, store: Callable[[type], None], lines: list[str], words: str, broken: bool
) -> None:
    if broken:
        store(BrokenRepository)
    try:
        SPEAKING[words](alice)
    except AssertionError:
        assert broken, "only a broken store may keep it from being recorded"
    assert requests_of(lines)
    assert MARK not in "".join(lines)


@pytest.mark.parametrize(
    ("asked", "logged"), [(None, "first"), ("first", "first"), ("second", "second"), (MARK, "other")]
)
def test_the_line_of_a_question_names_a_model_only_if_the_settings_name_it(
    asker: APIClient, providers: Providers, model: LanguageModel, lines: list[str], asked: str | None, logged: str
) -> None:
    providers.are(openai(model) | {"model": "first"}, openai(model, "elsewhere") | {"model": "second"})
    model.will(Answer("Number 28.", model=asked or "first"))
    assert ask(asker, **({} if asked is None else {"model": asked})).status_code == 201
    (line,) = requests_of(lines)
    assert (line["model"], line["outcome"], line["attempts"], line["fallback_depth"]) == (logged, "completed", 1, 0)
    assert MARK not in "".join(lines)
