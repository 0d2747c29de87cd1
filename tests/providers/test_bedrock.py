"""Bedrock, asked over the wire: what is sent, what is made of an answer, how it fails, and by when."""

from __future__ import annotations

import socket
import struct
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from interactions.domain.interaction import Usage
from interactions.providers.base import Answer, Message, ProviderFailed
from interactions.providers.bedrock import BedrockProvider
from tests.providers.bedrock import CONFIG, MODEL, PROMPT, REGION, Bedrock
from tests.providers.behaviours import PATIENCE, Behaviour, Hang, Slow
from tests.providers.converse import (
    KEY_ID,
    Converse,
    Refused,
    Repeating,
    address,
    is_signed,
    model_of,
)
from tests.providers.deadlines import late
from tests.providers.server import LanguageModel

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("temperature", [0.0, 0.5])
def test_a_request_is_a_signed_post_of_converse(bedrock: Bedrock, temperature: float) -> None:
    bedrock.ask(temperature=temperature)
    [asked] = bedrock.model.requests
    assert model_of(asked) == MODEL
    assert asked.json == {
        "messages": [{"role": "user", "content": [{"text": PROMPT}]}],
        "inferenceConfig": {"maxTokens": 100, "temperature": temperature},
    }
    assert f"Credential={KEY_ID}/" in asked.headers["authorization"]
    assert f"/{REGION}/bedrock/aws4_request" in asked.headers["authorization"]
    assert is_signed(bedrock.model, asked, REGION)


def test_the_model_decides_the_temperature_where_none_is_given(bedrock: Bedrock) -> None:
    bedrock.ask()
    assert bedrock.model.requests[0].json["inferenceConfig"] == {"maxTokens": 100}


def test_turns_of_one_role_that_follow_each_other_become_one(bedrock: Bedrock) -> None:
    turns = [("user", "a"), ("assistant", "b"), ("user", "c"), ("user", "d")]
    bedrock.ask(*(Message(role, text) for role, text in turns))  # type: ignore[arg-type]  # a role as a str
    sent = bedrock.model.requests[0].json["messages"]
    assert [(turn["role"], [block["text"] for block in turn["content"]]) for turn in sent] == [
        ("user", ["a"]),
        ("assistant", ["b"]),
        ("user", ["c", "d"]),
    ]


def test_an_answer_is_the_text_of_all_its_blocks_by_the_model_that_was_asked(bedrock: Bedrock) -> None:
    thought = {"reasoningContent": {"reasoningText": {"text": "hm"}}}
    bedrock.model.will(Converse(thought, "Olá, ", "mundo"))
    assert bedrock.ask() == Answer("Olá, mundo", MODEL, Usage(input_tokens=10, output_tokens=5), finish_reason="stop")


@pytest.mark.parametrize(
    ("told", "usage"),
    [
        (
            {"inputTokens": 10, "outputTokens": 5, "cacheReadInputTokens": 300, "cacheWriteInputTokens": 7},
            Usage(input_tokens=317, output_tokens=5, cache_read_input_tokens=300, cache_creation_input_tokens=7),
        ),
        (
            {"inputTokens": 10, "outputTokens": 5, "cacheReadInputTokens": 0},
            Usage(input_tokens=10, output_tokens=5, cache_read_input_tokens=0),
        ),
        ({"inputTokens": -1, "outputTokens": 2**53}, Usage()),
        (
            {"inputTokens": 2**53 - 1, "outputTokens": 5, "cacheReadInputTokens": 1},
            Usage(output_tokens=5, cache_read_input_tokens=1),
        ),
        ({"inputTokens": "10", "outputTokens": 5.0}, Usage(input_tokens=10, output_tokens=5)),
        ({"inputTokens": "many", "outputTokens": 5.5, "cacheReadInputTokens": True}, Usage()),
        ([], Usage()),
        ({}, Usage()),
        (None, Usage()),
    ],
)
def test_tokens_are_counted_with_those_of_the_cache_and_what_makes_no_sense_is_unknown(
    bedrock: Bedrock, told: object, usage: Usage
) -> None:
    bedrock.model.will(Converse("Hello!", usage=told))
    assert bedrock.ask().usage == usage


def test_what_no_store_takes_of_a_text_is_replaced(bedrock: Bedrock) -> None:
    bedrock.model.will(Converse("a\0b\ud800c"))
    assert bedrock.ask().text == "a\ufffdb\ufffdc"


@pytest.mark.parametrize("behaviour", [Hang(), Hang(after=40), Slow("head"), Slow("body")], ids=str)
def test_no_call_outlives_its_deadline_and_nothing_of_it_goes_on(
    stalling_bedrock: Bedrock, behaviour: Behaviour
) -> None:
    model = stalling_bedrock.model
    model.otherwise = behaviour
    ended = model.gone
    failed = late(lambda deadline: stalling_bedrock.ask(deadline=deadline), ProviderFailed)
    assert (failed.type, failed.retryable, failed.billable, failed.counts) == ("timeout", False, True, True)
    model.wait_until_gone(ended + 1)


def test_a_call_may_have_less_time_than_the_request(stalling_bedrock: Bedrock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", address(stalling_bedrock.model))
    stalling_bedrock.model.otherwise = Hang()
    provider = BedrockProvider(CONFIG._replace(seconds=0.2), REGION)  # type: ignore[arg-type]  # settings: whole ones
    deadline = time.monotonic() + PATIENCE
    with pytest.raises(ProviderFailed, match="timeout"):
        provider.complete([Message("user", "a")], model="m", max_tokens=1, temperature=None, deadline=deadline)
    assert time.monotonic() < deadline


def test_credentials_that_do_not_come_cost_no_more_than_the_time_and_no_request(
    bedrock: Bedrock, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = Bedrock(bedrock.model)  # for longer than the test
    with LanguageModel(Hang()) as asked_for_credentials:
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", address(asked_for_credentials))
        failed = late(lambda deadline: waiting.ask(deadline=deadline), ProviderFailed)
        asked_for_credentials.wait_for(1)
    assert failed.type == "timeout"
    assert bedrock.model.requests == []


def test_after_the_deadline_nothing_is_asked(bedrock: Bedrock) -> None:
    assert bedrock.failure(deadline=time.monotonic()).type == "timeout"
    assert bedrock.model.requests == []


def test_calls_share_a_connection_and_a_disconnected_provider_makes_another(bedrock: Bedrock) -> None:
    bedrock.provider.disconnect()
    for _ in range(3):
        bedrock.ask()
    ended = bedrock.model.gone
    bedrock.provider.disconnect()
    bedrock.model.wait_until_gone(ended + 1)
    bedrock.ask()
    first, *others, last = [asked.connection for asked in bedrock.model.requests]
    assert others == [first, first]
    assert last != first


def test_threads_ask_at_once_and_each_gets_its_own_answer(bedrock: Bedrock) -> None:
    bedrock.provider.disconnect()
    bedrock.model.otherwise = Repeating()
    texts = [f"text {number}" for number in range(8)]
    with ThreadPoolExecutor(8) as threads:
        answers = threads.map(lambda text: bedrock.ask(Message("user", text)).text, texts)
    assert [*answers] == texts


def test_where_nobody_listens_the_call_may_be_tried_again(bedrock: Bedrock, elsewhere: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    elsewhere.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", f"http://127.0.0.1:{port}")
    failure = bedrock.failure()
    assert (failure.type, failure.retryable, failure.billable) == ("connection-failed", True, False)


def test_a_connection_that_is_reset_is_lost_like_one_that_is_cut(
    bedrock: Bedrock, elsewhere: pytest.MonkeyPatch
) -> None:
    def reset(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(1)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as threads:
        elsewhere.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", f"http://127.0.0.1:{listening.getsockname()[1]}")
        threads.submit(reset, listening)
        failure = bedrock.failure()
    assert (failure.type, failure.retryable, failure.billable) == ("connection-lost", True, True)
    assert "ConnectionResetError" in failure.message


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AWS_ACCESS_KEY_ID", ""),
        ("AWS_SECRET_ACCESS_KEY", ""),
        ("AWS_PROFILE", "nobody"),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "nonsense"),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "ftp://127.0.0.1"),
        ("AWS_CA_BUNDLE", "/no/such/file"),
    ],
)
def test_without_settings_that_can_be_used_nothing_is_asked_until_there_are_some(
    bedrock: Bedrock, elsewhere: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    with elsewhere.context() as wrong:
        wrong.setenv(variable, value)
        if variable == "AWS_CA_BUNDLE":
            wrong.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "https://127.0.0.1:1")
        failure = bedrock.failure()
    assert (failure.type, failure.retryable, failure.counts) == ("not-configured", False, False)
    assert bedrock.model.requests == []
    assert bedrock.ask().text == "Hello!"


def test_after_a_refusal_other_credentials_are_looked_for(bedrock: Bedrock, elsewhere: pytest.MonkeyPatch) -> None:
    bedrock.failure(Refused(403, "ExpiredTokenException"))
    elsewhere.setenv("AWS_ACCESS_KEY_ID", "AKIDRENEWED")
    bedrock.ask()
    assert "Credential=AKIDRENEWED/" in bedrock.model.requests[-1].headers["authorization"]


@pytest.mark.system
def test_a_client_can_be_made_where_pynamodb_was_imported_without_one(bedrock: Bedrock) -> None:
    code = f"""
import interactions.dynamodb.postponed, sys, time
from interactions.providers.base import Message
from interactions.providers.bedrock import BedrockProvider
from interactions.providers.configuration import ProviderConfig
assert "botocore.session" not in sys.modules
provider = BedrockProvider(ProviderConfig(name="bedrock", kind="bedrock", model="m"), "{REGION}")
turn = [Message("user", "Hi")]
print(provider.complete(turn, model="m", max_tokens=1, temperature=None, deadline=time.monotonic() + {PATIENCE}).text)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("Hello!\n", "")
