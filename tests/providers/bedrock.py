"""The provider of Bedrock's models as tests ask it, over a server on the loopback."""

from __future__ import annotations

import time
from typing import Any

import pytest

from interactions.providers.base import Answer, Message, ProviderFailed
from interactions.providers.bedrock import BedrockProvider
from interactions.providers.configuration import ProviderConfig
from tests.providers.behaviours import PATIENCE, Behaviour
from tests.providers.converse import KEY_ID, SECRET
from tests.providers.server import LanguageModel

MODEL = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
REGION = "sa-east-1"
PROMPT = "what-nobody-may-repeat"
CONFIG = ProviderConfig(name="bedrock", kind="bedrock", model=MODEL)


class Bedrock:
    """One for all tests of the module: a client of botocore's takes long to make."""

    def __init__(self, model: LanguageModel) -> None:
        self.model = model
        self.provider = BedrockProvider(CONFIG, REGION)

    def ask(
        self,
        *messages: Message,
        deadline: float | None = None,
        temperature: float | None = None,
        model: str = MODEL,
    ) -> Answer:
        deadline = time.monotonic() + PATIENCE if deadline is None else deadline
        return self.provider.complete(
            messages or [Message("user", PROMPT)],
            model=model,
            max_tokens=100,
            temperature=temperature,
            deadline=deadline,
        )

    def failure(self, behaviour: Behaviour | None = None, **options: Any) -> ProviderFailed:
        """Why it gives no answer, in words that repeat nothing of what was sent or told."""
        if behaviour is not None:
            self.model.will(behaviour)
        with pytest.raises(ProviderFailed) as failed:
            self.ask(**options)
        told: BaseException | None = failed.value
        while told is not None:
            assert not any(secret in str(told) for secret in (PROMPT, SECRET, KEY_ID))
            told = told.__cause__ or told.__context__
        return failed.value
