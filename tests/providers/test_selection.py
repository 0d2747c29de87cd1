"""Who is asked: the providers of the settings, made once, and those of them that serve a model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from interactions.domain.errors import Invalid, NoProvider
from interactions.providers.base import Message
from interactions.providers.bedrock import BedrockProvider
from interactions.providers.configuration import read_providers
from interactions.providers.echo import EchoProvider
from interactions.providers.openai import OpenAIProvider
from interactions.providers.selection import candidates_for, forget_providers, get_providers
from tests.providers.asking import failure
from tests.providers.behaviours import PATIENCE
from tests.providers.server import LanguageModel

ROOT = Path(__file__).resolve().parents[2]
Configure = Callable[..., None]


@pytest.fixture
def configure(settings: Settings) -> Iterator[Configure]:
    """Put providers, and other settings, in the place of those there are."""
    forget_providers()

    def are(*providers: dict[str, Any], **changes: Any) -> None:
        settings.INTERACTIONS_PROVIDER_KEYS = {"openai-api-key": "sk-1"}
        settings.INTERACTIONS_PROVIDERS = read_providers(json.dumps(providers))
        for name, value in changes.items():
            setattr(settings, f"INTERACTIONS_{name.upper()}", value)

    yield are
    forget_providers()


def names(model: str | None) -> list[tuple[str, str]]:
    return [(each.provider.name, each.model) for each in candidates_for(model)]


THREE = (
    {"kind": "openai", "model": "gpt", "models": ["gpt-mini"]},
    {"kind": "bedrock", "model": "nova", "models": []},
    {"kind": "echo"},
)


def test_each_kind_of_provider_is_made_in_the_order_of_the_settings(configure: Configure) -> None:
    configure(*THREE)
    made = [type(each.provider) for each in get_providers()]
    assert made == [OpenAIProvider, BedrockProvider, EchoProvider]


def test_without_a_model_all_are_asked_each_for_its_own(configure: Configure) -> None:
    configure(*THREE)
    assert names(None) == [("openai", "gpt"), ("bedrock", "nova"), ("echo", "echo")]


@pytest.mark.parametrize(
    ("model", "serving"),
    [
        ("gpt", ["openai", "echo"]),
        ("gpt-mini", ["openai", "echo"]),
        ("nova", ["bedrock", "echo"]),
        ("another", ["echo"]),  # which restricts nothing
    ],
)
def test_a_model_is_asked_of_those_that_serve_it(configure: Configure, model: str, serving: list[str]) -> None:
    configure(*THREE)
    assert names(model) == [(name, model) for name in serving]


def test_a_model_that_nobody_serves_is_refused_with_those_there_are(configure: Configure) -> None:
    configure(*THREE[:2])
    with pytest.raises(Invalid, match="must be one of gpt, gpt-mini, nova"):
        candidates_for("another")


def test_where_no_provider_is_configured_nobody_can_be_asked(configure: Configure) -> None:
    configure()
    with pytest.raises(NoProvider):
        candidates_for(None)


def test_providers_without_a_key_are_left_out_while_others_serve_the_model(configure: Configure) -> None:
    configure(*THREE[:2], {"kind": "echo", "models": ["gpt"]}, provider_keys={})
    assert names(None) == [("bedrock", "nova"), ("echo", "echo")]
    assert names("gpt") == [("echo", "gpt")]
    with pytest.raises(NoProvider, match=r"openai has no key: set OPENAI_API_KEY, or .* parameter openai-api-key"):
        candidates_for("gpt-mini")


def test_all_keys_that_are_missing_are_named(configure: Configure) -> None:
    other = {"kind": "openai", "name": "router", "model": "m", "base_url": "https://openrouter.ai/api/v1", "key": "r"}
    configure(THREE[0], other, provider_keys={"openai-api-key": "unset", "r": "with a space"})
    with pytest.raises(
        NoProvider, match=r"openai has no key.*; router has a key with characters that no key has: set R,"
    ):
        candidates_for(None)


def test_a_candidate_has_the_name_of_its_provider_in_the_price_table(configure: Configure) -> None:
    configure(
        {**THREE[0], "name": "one"},
        {**THREE[0], "name": "two", "prices": "azure"},
        {"kind": "bedrock", "name": "three", "model": "nova"},
        {"kind": "echo", "name": "four"},
    )
    assert [each.priced_as for each in candidates_for(None)] == ["openai", "azure", "bedrock", "four"]


def test_they_are_made_once_with_a_breaker_each_that_goes_on_knowing(configure: Configure) -> None:
    configure(*THREE, breaker_failures=2, breaker_seconds=1000.0)
    for _ in range(2):
        [first, *_] = candidates_for(None)
        ticket = first.breaker.admit()
        assert ticket is not None
        first.breaker.report(ticket, works=False)
    assert [each.breaker.state for each in candidates_for(None)] == ["open", "closed", "closed"]
    assert candidates_for("gpt")[0].breaker.state == "open"
    forget_providers()
    assert candidates_for("gpt")[0].breaker.state == "closed"


def test_a_provider_gets_its_key_and_gives_up_its_connections_when_it_is_forgotten(
    configure: Configure, model: LanguageModel
) -> None:
    configure({"kind": "openai", "model": "m", "base_url": model.url, "key": "a-key"}, provider_keys={"a-key": "sk-1"})
    [first] = get_providers()
    deadline = time.monotonic() + PATIENCE
    first.provider.complete([Message("user", "Hi")], model="m", max_tokens=1, temperature=None, deadline=deadline)
    assert model.requests[0].headers["authorization"] == "Bearer sk-1"
    forget_providers()
    model.wait_until_gone(1)


def test_a_key_that_is_not_set_is_missed_when_it_is_needed(configure: Configure) -> None:
    configure({"kind": "openai", "model": "m"}, provider_keys={})
    [first] = get_providers()
    assert isinstance(first.provider, OpenAIProvider)
    assert failure(first.provider).type == "not-configured"


@pytest.mark.system
def test_what_only_a_provider_needs_is_imported_with_it() -> None:
    code = """
import django, sys
django.setup()
from interactions.providers import selection
slow = {"interactions.providers.openai", "interactions.providers.bedrock", "botocore.session"} & sys.modules.keys()
assert not slow, slow
selection.get_providers()
assert "interactions.providers.bedrock" in sys.modules
assert "interactions.providers.openai" not in sys.modules
assert "botocore.session" not in sys.modules
"""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "project.settings.local",
        "PROVIDERS": '[{"kind": "bedrock", "model": "nova"}]',
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
