"""Providers are what the JSON says, with sensible defaults, or everything that is wrong with it is named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from interactions.domain.errors import Invalid
from interactions.providers.configuration import ProviderConfig, read_providers, secrets_of


def read(*providers: object) -> list[ProviderConfig]:
    return read_providers(json.dumps(providers))


def wrong(*providers: object) -> list[tuple[str, str]]:
    """Where each error is, and of which kind."""
    with pytest.raises(Invalid) as refused:
        read(*providers)
    return [(error.pointer, error.code) for error in refused.value.errors]


OPENAI = {"kind": "openai", "model": "gpt-4.1-mini"}


@pytest.mark.parametrize(
    ("given", "config"),
    [
        ({"kind": "echo"}, ProviderConfig(name="echo", kind="echo", model="echo")),
        ({"kind": "echo", "name": "parrot", "model": "m"}, ProviderConfig(name="parrot", kind="echo", model="m")),
        (
            OPENAI,
            ProviderConfig(
                name="openai",
                kind="openai",
                model="gpt-4.1-mini",
                base_url="https://api.openai.com/v1",
                key="openai-api-key",
                limit_field="max_completion_tokens",
            ),
        ),
        (
            {
                **OPENAI,
                "name": "router",
                "base_url": "https://openrouter.ai/api/v1",
                "key": "openrouter-key",
                "seconds": 9,
            },
            ProviderConfig(
                name="router",
                kind="openai",
                model="gpt-4.1-mini",
                base_url="https://openrouter.ai/api/v1",
                key="openrouter-key",
                seconds=9,
                limit_field="max_tokens",
            ),
        ),
        (
            {"kind": "bedrock", "model": "amazon.nova-micro-v1:0", "models": ["a", "b"], "region": "sa-east-1"},
            ProviderConfig(
                name="bedrock",
                kind="bedrock",
                model="amazon.nova-micro-v1:0",
                models=("a", "b"),
                region="sa-east-1",
            ),
        ),
    ],
)
def test_a_provider_is_what_is_given_and_what_follows(given: dict[str, Any], config: ProviderConfig) -> None:
    assert read(given) == [config]


def test_providers_keep_their_order() -> None:
    assert [each.name for each in read(OPENAI, {"kind": "echo"})] == ["openai", "echo"]
    assert read() == []


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:11434/v1", "http://[::1]:4000", "https://llm.example/v1beta/openai/"]
)
def test_an_endpoint_of_ones_own_has_no_key_unless_one_is_named(url: str) -> None:
    assert [each.key for each in read({**OPENAI, "base_url": url})] == [None]
    assert [each.key for each in read({**OPENAI, "base_url": url, "key": "my-key"})] == ["my-key"]


@pytest.mark.parametrize("url", ["https://api.openai.com/v1", "https://api.openai.com/v1/"])
def test_openais_own_has_a_key_whether_it_is_named_or_not(url: str) -> None:
    assert [each.key for each in read({**OPENAI, "base_url": url})] == ["openai-api-key"]


def test_each_secret_is_named_once() -> None:
    others = [{**OPENAI, "name": f"other-{n}", "base_url": "http://llm.example", "key": "other-key"} for n in (1, 2)]
    assert secrets_of(read(OPENAI, *others, {"kind": "echo"})) == ["openai-api-key", "other-key"]


def test_a_provider_serves_its_models_or_any() -> None:
    anything, some, one = read(
        {**OPENAI, "name": "a"}, {**OPENAI, "name": "b", "models": ["gpt-x"]}, {**OPENAI, "name": "c", "models": []}
    )
    models = ("gpt-4.1-mini", "gpt-x", "gpt-y")
    assert [anything.serves(model) for model in models] == [True, True, True]
    assert [some.serves(model) for model in models] == [True, True, False]
    assert [one.serves(model) for model in models] == [True, False, False]


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({}, [("kind", "required"), ("model", "required")]),
        ({"kind": "anthropic", "model": "m", "effort": 1}, [("kind", "choice")]),
        ({"kind": "openai"}, [("model", "required")]),
        ({**OPENAI, "model": 4}, [("model", "type")]),
        ({**OPENAI, "model": "x" * 129}, [("model", "too-long")]),
        ({**OPENAI, "name": "Open AI"}, [("name", "pattern")]),
        ({**OPENAI, "key": "OPENAI_API_KEY"}, [("key", "pattern")]),
        ({**OPENAI, "key": "x" * 63}, [("key", "too-long")]),
        ({**OPENAI, "seconds": 0}, [("seconds", "range")]),
        ({**OPENAI, "seconds": 301}, [("seconds", "range")]),
        ({**OPENAI, "seconds": 1.5}, [("seconds", "type")]),
        ({**OPENAI, "models": "gpt-x"}, [("models", "type")]),
        ({**OPENAI, "models": [1]}, [("models", "type")]),
        ({**OPENAI, "models": [""]}, [("models", "type")]),
        ({**OPENAI, "models": ["x" * 129]}, [("models", "type")]),
        ({**OPENAI, "models": ["m"] * 101}, [("models", "type")]),
        ({**OPENAI, "region": "us-east-1"}, [("region", "unknown")]),
        ({**OPENAI, "api_key": "sk-"}, [("api_key", "unknown")]),
        ({"kind": "bedrock", "model": "m", "region": "us east"}, [("region", "pattern")]),
        ({"kind": "bedrock", "model": "m", "base_url": "https://a"}, [("base_url", "unknown")]),
        ({"kind": "echo", "key": "a-key"}, [("key", "unknown")]),
    ],
    ids=str,
)
def test_what_is_wrong_is_named(given: dict[str, Any], errors: list[tuple[str, str]]) -> None:
    assert wrong(given) == [(f"/providers/0/{name}", code) for name, code in errors]


@pytest.mark.parametrize(
    "url",
    [
        *(
            "api.openai.com/v1",
            "ftp://a/v1",
            "https://",
            "https:///v1",
            "https://a:0/v1",
            "https://a:99999/v1",
            "https://[",
        ),
        *(
            "https://a/v1?b=c",
            "https://a/v1?",
            "https://a/v1#b",
            "https://a/v1#",
            "https://user:secret@a/v1",
            "https://@a/v1",
        ),
        *("https://a/v 1", "https://a/v1\r\nx: 1", "https://\u00e9.example/v1", " https://a/v1"),
    ],
)
def test_an_address_is_one_of_a_host_and_a_path_alone(url: str) -> None:
    assert wrong({**OPENAI, "base_url": url}) == [("/providers/0/base_url", "url")]


def test_two_of_one_name_are_told_apart_by_nobody() -> None:
    with pytest.raises(Invalid, match="two providers of the name openai: give one a `name` of its own"):
        read(OPENAI, OPENAI, {"kind": "echo"})
    assert [each.name for each in read(OPENAI, {**OPENAI, "name": "other"})] == ["openai", "other"]


def test_everything_that_is_wrong_is_named_at_once() -> None:
    assert wrong({"kind": "x", "model": "m"}, {"kind": "y", "model": "m"}, {**OPENAI, "seconds": -1}) == [
        ("/providers/0/kind", "choice"),
        ("/providers/1/kind", "choice"),
        ("/providers/2/seconds", "range"),
    ]


@pytest.mark.parametrize(
    "text", ["", "openai", "{}", '"openai"', "[1]", "[null]", "[[]]", '[{"kind": "echo"}', "\ud800"]
)
def test_another_text_is_no_list_of_providers(text: str) -> None:
    with pytest.raises(Invalid):
        read_providers(text)


def test_there_are_not_too_many() -> None:
    many = [{"kind": "echo", "name": f"echo-{n}"} for n in range(9)]
    assert len(read(*many[:8])) == 8
    assert wrong(*many) == [("/providers", "type")]
