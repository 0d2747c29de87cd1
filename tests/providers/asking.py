"""A provider that asks the language model, and one way to ask it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import pytest

from interactions.providers.base import Answer, Message, Provider, ProviderFailed
from interactions.providers.configuration import ProviderConfig
from interactions.providers.openai import OpenAIProvider
from tests.providers.behaviours import PATIENCE
from tests.providers.server import LanguageModel

KEY = "sk-4f9d-a-secret"
PROMPT = "what-nobody-may-repeat"


def provider_of(model: LanguageModel, *, key: str | None = KEY, **changes: Any) -> OpenAIProvider:
    config = ProviderConfig(name="openai", kind="openai", model="a-model", base_url=model.url, key="openai-api-key")
    return OpenAIProvider(config._replace(**changes), key)


def ask(
    provider: Provider,
    messages: Sequence[Message] = (Message("user", PROMPT),),
    *,
    model: str = "a-model",
    max_tokens: int = 100,
    temperature: float | None = None,
    deadline: float | None = None,
) -> Answer:
    deadline = time.monotonic() + PATIENCE if deadline is None else deadline
    try:
        return provider.complete(
            messages, model=model, max_tokens=max_tokens, temperature=temperature, deadline=deadline
        )
    finally:
        provider.disconnect()


def failure(provider: OpenAIProvider, **options: Any) -> ProviderFailed:
    """Why it gives no answer, in words that repeat nothing of what was sent."""
    with pytest.raises(ProviderFailed) as failed:
        ask(provider, **options)
    assert PROMPT not in str(failed.value)
    assert KEY not in str(failed.value)
    assert failed.value.message.startswith("openai ") or "to openai" in failed.value.message
    return failed.value
