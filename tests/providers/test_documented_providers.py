"""The page about providers is right: each example can be used as it stands, and every option is described."""

from __future__ import annotations

import json
import re
import socket
import time
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from interactions.providers.base import Answer, Message
from interactions.providers.configuration import KINDS, ProviderConfig, make_provider, read_providers
from tests.aws.descriptions import read_once
from tests.providers.behaviours import PATIENCE, Asked
from tests.providers.converse import Converse, aws_environment, is_signed, model_of
from tests.providers.server import LanguageModel

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "providers.md").read_text()
EXAMPLES = dict(re.findall(r"^### (.+?)\n.*?^```json\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
KEY = "sk-4f9d-a-secret"


class Expected(NamedTuple):
    """The parts of the request that differ between endpoints."""

    host: str
    path: str
    authorization: str | None
    limit: dict[str, int]
    priced_as: str
    headers: dict[str, str] = {}  # noqa: RUF012  it never changes


BEARER = f"Bearer {KEY}"
EXPECTED = {
    "OpenAI": Expected("api.openai.com", "/v1/chat/completions", BEARER, {"max_completion_tokens": 100_000}, "openai"),
    "Azure OpenAI": Expected(
        "my-resource.openai.azure.com",
        "/openai/deployments/my-deployment/chat/completions?api-version=2024-10-21",
        None,
        {"max_completion_tokens": 100_000},
        "azure",
        {"api-key": KEY},
    ),
    "OpenRouter": Expected(
        "openrouter.ai",
        "/api/v1/chat/completions",
        BEARER,
        {"max_tokens": 100_000},
        "openrouter",
        {"http-referer": "https://example.com", "x-title": "Interactions"},
    ),
    "Gemini": Expected(
        "generativelanguage.googleapis.com",
        "/v1beta/openai/chat/completions",
        BEARER,
        {"max_tokens": 65_536},
        "gemini",
    ),
    "Ollama": Expected("localhost", "/v1/chat/completions", None, {"max_tokens": 100_000}, "ollama"),
    "vLLM": Expected("localhost", "/v1/chat/completions", BEARER, {"max_tokens": 2048}, "vllm"),
}


def answer_of(config: ProviderConfig) -> Answer:
    secrets = {} if config.key is None else {config.key: KEY}
    provider = make_provider(config, secrets, "sa-east-1")
    deadline = time.monotonic() + PATIENCE
    turn = [Message("user", "Hi")]
    try:
        assert provider.missing is None
        return provider.complete(turn, model=config.model, max_tokens=100_000, temperature=None, deadline=deadline)
    finally:
        provider.disconnect()


@pytest.mark.parametrize("name", EXPECTED)
def test_an_example_of_an_endpoint_can_be_used_as_it_stands(
    model: LanguageModel, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    here = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", model.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: here)
    [config] = read_providers(EXAMPLES[name])
    expected = EXPECTED[name]
    assert config.priced_as == expected.priced_as
    assert answer_of(config._replace(base_url=without_tls(config, model.port))).text == "Hello!"
    [asked] = model.requests
    assert asked.headers["host"] == f"{expected.host}:{model.port}"
    assert asked.path == expected.path
    assert asked.headers.get("authorization") == expected.authorization
    assert {name: asked.headers[name] for name in expected.headers} == expected.headers
    assert sent_by(asked) == {"model": config.model, "stream": False, **expected.limit}


def without_tls(config: ProviderConfig, port: int) -> str:
    assert config.base_url is not None
    parts = urlsplit(config.base_url)
    return f"http://{parts.hostname}:{port}{parts.path}"


def sent_by(asked: Asked) -> dict[str, Any]:
    return {name: value for name, value in asked.json.items() if name != "messages"}


def test_the_example_of_bedrock_can_be_used_as_it_stands(model: LanguageModel) -> None:
    model.otherwise = Converse("Hello!")
    [config] = read_providers(EXAMPLES["Bedrock"])
    with aws_environment(model), read_once():
        assert answer_of(config).text == "Hello!"
        [asked] = model.requests
        assert is_signed(model, asked, "us-east-1")
    assert model_of(asked) == config.model
    assert asked.json["inferenceConfig"] == {"maxTokens": 5000}
    assert config.priced_as == "bedrock"


def test_there_is_an_example_of_each() -> None:
    assert EXAMPLES.keys() == {*EXPECTED, "Bedrock"}
    assert all(json.loads(example)[0]["kind"] in KINDS for example in EXAMPLES.values())


def test_every_option_and_kind_is_described() -> None:
    options = re.search(r"^\| option .*?\n\n", PAGE, re.MULTILINE | re.DOTALL)
    assert options
    assert sorted(re.findall(r"^\| `(\w+)` \|", options[0], re.MULTILINE)) == sorted(ProviderConfig._fields)
    assert all(f"`{kind}`" in options[0] for kind in KINDS)
