"""A provider of OpenAI's wire format asks once, keeps its deadline, and says of every failure what it means."""

from __future__ import annotations

import socket
import time
from email.utils import formatdate

import pytest

from interactions.providers.base import Message
from interactions.providers.configuration import ProviderConfig
from interactions.providers.openai import OpenAIProvider
from interactions.providers.wire import LONGEST_BODY
from tests.providers.asking import KEY, PROMPT, ask, failure, provider_of
from tests.providers.behaviours import (
    Answer,
    Behaviour,
    Body,
    Cut,
    Json,
    Large,
    Malformed,
    NoChoices,
    NotJson,
    Raw,
    Status,
    WithoutLength,
)
from tests.providers.server import LanguageModel

TURNS = (Message("user", "Who are you?"), Message("assistant", "A machine."), Message("user", "É mesmo?"))


def test_a_conversation_is_asked_as_the_wire_format_has_it(model: LanguageModel) -> None:
    model.will(Answer("Yes, indeed."))
    answer = ask(provider_of(model), TURNS, model="gpt-x", max_tokens=7, temperature=0.5)
    assert (answer.text, answer.model, answer.nano_usd) == ("Yes, indeed.", "gpt-x", None)
    (asked,) = model.requests
    assert asked.path == "/v1/chat/completions"
    assert asked.json == {
        "model": "gpt-x",
        "messages": [
            {"role": "user", "content": "Who are you?"},
            {"role": "assistant", "content": "A machine."},
            {"role": "user", "content": "É mesmo?"},
        ],
        "max_tokens": 7,
        "stream": False,
        "temperature": 0.5,
    }
    assert "É mesmo?".encode() in asked.raw
    assert asked.headers == {
        "host": f"127.0.0.1:{model.port}",
        "accept": "application/json",
        "accept-encoding": "identity",
        "authorization": f"Bearer {KEY}",
        "content-length": str(len(asked.raw)),
        "content-type": "application/json",
        "user-agent": "interactions-service",
    }


def test_a_temperature_that_nobody_asks_for_is_the_models_own(model: LanguageModel) -> None:
    ask(provider_of(model))
    ask(provider_of(model), temperature=0.0)
    assert [asked.json.get("temperature") for asked in model.requests] == [None, 0.0]
    assert "temperature" not in model.requests[0].json


def test_an_endpoint_of_ones_own_needs_no_key(model: LanguageModel) -> None:
    config = ProviderConfig(name="own", kind="openai", model="a-model", base_url=f"{model.url}/")
    ask(OpenAIProvider(config, None))
    assert model.requests[0].path == "/v1/chat/completions"
    assert "authorization" not in model.requests[0].headers


@pytest.mark.parametrize("key", [None, "", " ", "unset", "unset\n"])
def test_a_key_that_is_missing_is_named(model: LanguageModel, key: str | None) -> None:
    failed = failure(provider_of(model, key=key))
    assert (failed.type, failed.retryable, failed.billable, failed.counts) == ("not-configured", False, False, False)
    assert "set OPENAI_API_KEY, or in production the SSM parameter openai-api-key" in failed.message
    assert model.connections == 0


@pytest.mark.parametrize("key", ["sk-a b", "sk-\r\nx-injected: 1", "sk-é"])
def test_a_key_that_is_none_is_not_sent(model: LanguageModel, key: str) -> None:
    failed = failure(provider_of(model, key=key))
    assert failed.type == "not-configured"
    assert key not in failed.message
    assert model.connections == 0


def test_a_line_break_at_the_end_of_a_key_is_none_of_it(model: LanguageModel) -> None:
    ask(provider_of(model, key=f"{KEY}\n"))
    assert model.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_an_answer_that_ends_with_the_connection_is_taken(model: LanguageModel) -> None:
    model.will(WithoutLength("all of it"))
    assert ask(provider_of(model)).text == "all of it"


# What a status means: type, retryable, counts.
STATUSES = {
    301: ("refused", False, False),
    400: ("refused", False, False),
    401: ("not-authorized", False, True),
    402: ("quota-exceeded", False, False),
    403: ("not-authorized", False, False),
    404: ("refused", False, False),
    408: ("request-timeout", True, True),
    409: ("conflict", True, True),
    422: ("refused", False, False),
    429: ("rate-limited", True, True),
    500: ("server-error", True, True),
    502: ("server-error", True, True),
    503: ("server-error", True, True),
    504: ("server-error", False, True),
    524: ("server-error", False, True),
    599: ("server-error", True, True),
}


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_says_what_is_wrong(model: LanguageModel, status: int) -> None:
    model.will(Status(status, code="some_code", message=f"{PROMPT} {KEY}"))
    failed = failure(provider_of(model))
    assert (failed.type, failed.retryable, failed.counts) == STATUSES[status]
    assert (failed.message, failed.billable) == (f"openai answered {status} (some_code)", False)
    assert len(model.requests) == 1


def test_a_redirection_is_not_followed(model: LanguageModel) -> None:
    model.will(Status(307, headers={"Location": f"{model.url}/elsewhere"}))
    assert failure(provider_of(model)).message == "openai answered 307"
    assert len(model.requests) == 1


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        (Status(400, code="context_length_exceeded", type="invalid"), "openai answered 400 (context_length_exceeded)"),
        (Status(400, type="invalid_request_error"), "openai answered 400 (invalid_request_error)"),
        (Status(400, code=400, type="gateway.error-1"), "openai answered 400 (gateway.error-1)"),
        (Status(400, code="Not A Code", type="x" * 65), "openai answered 400"),
        (Status(400, code=PROMPT), "openai answered 400"),
        (Status(400, code=KEY), "openai answered 400"),
        (Status(400, code=f"no-{KEY}"), "openai answered 400"),
        (Status(400, code=KEY[3:]), "openai answered 400"),
        (Body(b'[{"error": {"code": "in_a_list"}}]', status=400), "openai answered 400 (in_a_list)"),
        (Body(b'{"error": "words"}', status=400), "openai answered 400"),
        (Body(b"[]", status=400), "openai answered 400"),
        (Body(b"<html>", "text/html", 400), "openai answered 400"),
        (Body(b"", None, 400), "openai answered 400"),
        (Body(b"[" * 100_000, status=400), "openai answered 400"),
    ],
    ids=str,
)
def test_of_an_error_its_code_alone_is_told(model: LanguageModel, behaviour: Behaviour, told: str) -> None:
    model.will(behaviour)
    assert failure(provider_of(model)).message == told


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503])
@pytest.mark.parametrize(("told", "seconds"), [("0", 0), ("7", 7), ("1.5", 1.5), ("86400", 86400)])
def test_when_to_ask_again_is_told(model: LanguageModel, status: int, told: str, seconds: float) -> None:
    model.will(Status(status, retry_after=told))
    assert failure(provider_of(model)).retry_after == seconds


def test_when_to_ask_again_may_be_a_date(model: LanguageModel) -> None:
    for seconds in (-1000, 1000):
        model.will(Status(429, retry_after=formatdate(time.time() + seconds, usegmt=True)))
        retry_after = failure(provider_of(model)).retry_after
        assert retry_after is not None
        assert max(0, seconds - 200) <= retry_after <= max(0, seconds)


@pytest.mark.parametrize("told", ["", "soon", "-1", "1e3", "9999999999", "nan", "Fri, 99 Foo 2026 00:00:00 GMT", "é"])
def test_nonsense_about_when_to_ask_again_is_ignored(model: LanguageModel, told: str) -> None:
    model.will(Status(429, retry_after=told))
    assert failure(provider_of(model)).retry_after is None


# Answers that are none, after which the call may have cost money: type, retryable, counts.
BROKEN: dict[str, tuple[Behaviour, tuple[str, bool, bool]]] = {
    "cut before": (Cut(), ("connection-lost", True, True)),
    "cut in the head": (Cut(after=40), ("connection-lost", True, True)),
    "cut in the body": (Cut(after=250), ("connection-lost", True, True)),
    "no HTTP": (Raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), ("malformed-answer", False, True)),
    "half of JSON": (Malformed(), ("malformed-answer", False, True)),
    "half, with the connection's end": (
        Raw(b'HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{"choices": [{'),
        ("malformed-answer", False, True),
    ),
    "not UTF-8": (Body(b'{"choices": "\xff"}'), ("malformed-answer", False, True)),
    "too deep": (Body(b"[" * 100_000), ("malformed-answer", False, True)),
    "no object": (Json([1]), ("malformed-answer", False, True)),
    "HTML": (NotJson(), ("wrong-content-type", False, True)),
    "no type": (Body(b"{}", None), ("malformed-answer", False, True)),
    "two types": (Body(b"{}", "application/json, text/html"), ("malformed-answer", False, True)),
    "no choices": (NoChoices(), ("empty-answer", False, False)),
    "10 MB": (Large(), ("answer-too-large", False, True)),
    "10 MB without a length": (
        Raw(b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + b"x" * (LONGEST_BODY + 1)),
        ("answer-too-large", False, True),
    ),
    "too many characters": (Large(200_001), ("answer-too-large", False, False)),
}


@pytest.mark.parametrize(("behaviour", "meaning"), BROKEN.values(), ids=BROKEN)
def test_an_answer_that_is_none_may_have_cost_money(
    model: LanguageModel, behaviour: Behaviour, meaning: tuple[str, bool, bool]
) -> None:
    model.will(behaviour)
    failed = failure(provider_of(model))
    assert (failed.type, failed.retryable, failed.counts) == meaning
    assert failed.billable
    assert len(model.requests) == 1


def test_the_longest_answer_is_taken(model: LanguageModel) -> None:
    model.will(Answer("\u20ac" * 200_000))
    assert len(ask(provider_of(model)).text) == 200_000


def test_openai_itself_has_another_word_for_the_most_tokens(
    model: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", model.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: here)
    ask(provider_of(model, base_url=f"http://api.openai.com:{model.port}/v1"), max_tokens=7)
    (asked,) = model.requests
    assert asked.headers["host"] == f"api.openai.com:{model.port}"
    assert (asked.json["max_completion_tokens"], "max_tokens" in asked.json) == (7, False)
