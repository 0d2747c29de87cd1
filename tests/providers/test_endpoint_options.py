"""The options by which an endpoint can differ are checked strictly, and used as they are given."""

from __future__ import annotations

import json
from typing import Any

import pytest

from interactions.domain.errors import Invalid
from interactions.providers.configuration import ProviderConfig, make_provider, read_providers
from tests.providers.asking import KEY, ask, provider_of
from tests.providers.server import LanguageModel

OPENAI = {"kind": "openai", "model": "m"}
OWN = {**OPENAI, "base_url": "https://llm.example/v1"}
BEDROCK = {"kind": "bedrock", "model": "m"}


def wrong(given: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        read_providers(json.dumps([given]))
    return [(error.pointer.removeprefix("/providers/0/"), error.code) for error in refused.value.errors]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({**OPENAI, "limit_field": "max_output_tokens"}, ("limit_field", "choice")),
        ({**OPENAI, "max_output_tokens": 0}, ("max_output_tokens", "range")),
        ({**OPENAI, "max_output_tokens": "many"}, ("max_output_tokens", "type")),
        ({**OPENAI, "send_stream": "no"}, ("send_stream", "type")),
        ({**OPENAI, "prices": "Azure"}, ("prices", "pattern")),
        ({**OPENAI, "query": "a=b"}, ("query", "type")),
        ({**OPENAI, "query": {"a": 1}}, ("query", "value")),
        ({**OPENAI, "query": {"a": None}}, ("query", "value")),
        ({**OPENAI, "query": {"a b": "c"}}, ("query", "value")),
        ({**OPENAI, "query": {"a": "é"}}, ("query", "value")),
        ({**OPENAI, "query": {"a": ""}}, ("query", "value")),
        ({**OPENAI, "query": {"a": "b" * 501}}, ("query", "value")),
        ({**OPENAI, "query": {"api-key": "sk-1"}}, ("query", "value")),
        ({**OPENAI, "query": {"a": "{key}"}}, ("query", "value")),
        ({**OPENAI, "query": {f"a{n}": "b" for n in range(9)}}, ("query", "too-many")),
        ({**OPENAI, "headers": ["a"]}, ("headers", "type")),
        ({**OPENAI, "headers": {"a": ["b"]}}, ("headers", "value")),
        ({**OPENAI, "headers": {"a:": "b"}}, ("headers", "value")),
        ({**OPENAI, "headers": {"a": "b\r\nc: d"}}, ("headers", "value")),
        ({**OPENAI, "headers": {"a": "b\n"}}, ("headers", "value")),
        ({**OPENAI, "headers": {"a": " b"}}, ("headers", "value")),
        ({**OPENAI, "headers": {"Content-Length": "5"}}, ("headers", "value")),
        ({**OPENAI, "headers": {"Accept-Encoding": "gzip"}}, ("headers", "value")),
        ({**OPENAI, "headers": {"X-Api-Key": "sk-1"}}, ("headers", "value")),
        ({**OPENAI, "headers": {"Authorization": "Bearer sk-1"}}, ("headers", "value")),
        ({**OPENAI, "headers": {"a": "b", "A": "b"}}, ("headers", "duplicate")),
        ({**OWN, "headers": {"api-key": "{key}"}}, ("headers", "key")),
        ({**BEDROCK, "limit_field": "none"}, ("limit_field", "unknown")),
        ({**BEDROCK, "headers": {"a": "b"}}, ("headers", "unknown")),
        ({**BEDROCK, "query": {"a": "b"}}, ("query", "unknown")),
        ({**BEDROCK, "send_stream": False}, ("send_stream", "unknown")),
    ],
    ids=str,
)
def test_a_wrong_option_is_named(given: dict[str, Any], error: tuple[str, str]) -> None:
    assert wrong(given) == [error]


@pytest.mark.parametrize("name", ["headers", "query"])
def test_a_secret_in_the_settings_is_refused_without_repeating_it(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_providers(json.dumps([{**OPENAI, name: {"api-key": KEY}}]))
    assert KEY not in str(refused.value)
    assert "looks like a secret" in str(refused.value)


@pytest.mark.parametrize("limit_field", ["max_tokens", "max_completion_tokens"])
def test_the_token_limit_has_the_name_that_is_given(model: LanguageModel, limit_field: str) -> None:
    ask(provider_of(model, limit_field=limit_field), max_tokens=7)
    sent = model.requests[0].json
    assert {name: sent[name] for name in sent if name.startswith("max_")} == {limit_field: 7}


def test_the_token_limit_can_be_left_out(model: LanguageModel) -> None:
    ask(provider_of(model, limit_field="none"))
    assert not [name for name in model.requests[0].json if name.startswith("max_")]


def test_the_token_limit_is_lowered_to_the_largest_that_is_accepted(model: LanguageModel) -> None:
    for asked in (50, 51, 100_000):
        ask(provider_of(model, max_output_tokens=50), max_tokens=asked)
    ask(provider_of(model, max_output_tokens=50), max_tokens=49)
    assert [each.json["max_tokens"] for each in model.requests] == [50, 50, 50, 49]


def test_an_echo_keeps_the_largest_limit_too() -> None:
    [config] = read_providers('[{"kind": "echo", "max_output_tokens": 2}]')
    assert ask(make_provider(config, {}, "us-east-1")).text == "This is"


@pytest.mark.parametrize(("send_stream", "sent"), [(True, {"stream": False}), (False, {})])
def test_the_member_stream_can_be_left_out(model: LanguageModel, send_stream: bool, sent: dict[str, bool]) -> None:
    ask(provider_of(model, send_stream=send_stream))
    assert {name: value for name, value in model.requests[0].json.items() if name == "stream"} == sent


def test_query_parameters_are_in_the_url_of_the_request(model: LanguageModel) -> None:
    ask(provider_of(model, query=(("api-version", "2024-10-21"), ("$a", "b c&d="))))
    assert model.requests[0].path == "/v1/chat/completions?api-version=2024-10-21&%24a=b%20c%26d%3D"


def test_a_secret_in_a_header_of_its_own_is_in_no_other(model: LanguageModel) -> None:
    ask(provider_of(model, headers=(("api-key", "{key}"), ("x-title", "A title"))))
    headers = model.requests[0].headers
    assert (headers["api-key"], headers["x-title"]) == (KEY, "A title")
    assert "authorization" not in headers


def test_other_headers_leave_the_secret_where_it_is(model: LanguageModel) -> None:
    ask(provider_of(model, headers=(("x-title", "A title"),)))
    assert model.requests[0].headers["authorization"] == f"Bearer {KEY}"
    ask(provider_of(model, headers=(("authorization", "Token {key}"),)))
    assert model.requests[1].headers["authorization"] == f"Token {KEY}"


def test_an_unknown_kind_is_an_error_and_becomes_no_other_kind() -> None:
    config = ProviderConfig(name="one", kind="oracle", model="m")
    with pytest.raises(ValueError, match="one is of the kind oracle, which is none of echo, openai, bedrock"):
        make_provider(config, {}, "us-east-1")


@pytest.mark.parametrize(
    ("base_url", "priced_as"),
    [
        ("https://api.openai.com/v1", "openai"),
        ("https://eu.api.openai.com/v1", "openai"),
        ("https://API.OpenAI.com./v1", "openai"),
        ("https://my-resource.openai.azure.com/openai/v1", "azure"),
        ("https://my-resource.services.ai.azure.com/openai/v1", "azure"),
        ("https://openrouter.ai/api/v1", "openrouter"),
        ("https://generativelanguage.googleapis.com/v1beta/openai", "gemini"),
        ("https://api.deepseek.com", "deepseek"),
        ("https://api.groq.com/openai/v1", "groq"),
        ("https://api.mistral.ai/v1", "mistral"),
        ("https://api.x.ai/v1", "x-ai"),
        ("https://api.together.xyz/v1", "together"),
        ("https://api.fireworks.ai/inference/v1", "fireworks"),
        ("https://api.anthropic.com/v1", "anthropic"),
        ("https://api.openai.com.evil.example/v1", "mine"),
        ("https://not-api.openai.com/v1", "mine"),
        ("https://openai.com/v1", "mine"),
        ("http://127.0.0.1:11434/v1", "mine"),
        ("http://[::1]:4000", "mine"),
    ],
)
def test_the_host_tells_the_name_in_the_price_table(base_url: str, priced_as: str) -> None:
    given = {**OPENAI, "name": "mine", "base_url": base_url}
    [config] = read_providers(json.dumps([given]))
    assert config.priced_as == priced_as
    [config] = read_providers(json.dumps([{**given, "prices": "own-table"}]))
    assert config.priced_as == "own-table"
