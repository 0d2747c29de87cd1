"""A provider that calls no model: for a laptop without a key, and for tests of everything around a call."""

from __future__ import annotations

import re
from collections.abc import Sequence

from interactions.domain.interaction import Usage
from interactions.providers.base import Answer, Message
from interactions.providers.configuration import ProviderConfig

# A prompt may be so long that the record would not hold it twice.
MAX_QUOTED = 2000
_WORD = re.compile(r"\S+\s*")


class EchoProvider:
    """Repeats the prompt and says that no model was asked. Its tokens are words."""

    def __init__(self, config: ProviderConfig) -> None:
        self.name = config.name
        self.missing: str | None = None
        self._config = config

    def complete(
        self,
        messages: Sequence[Message],
        *,
        model: str,
        max_tokens: int,
        temperature: float | None,
        deadline: float,
    ) -> Answer:
        limit = self._config.tokens(max_tokens)
        words: list[str] = _WORD.findall(_echo(messages))
        read = sum(len(message.text.split()) for message in messages)
        usage = Usage(input_tokens=read, output_tokens=min(len(words), limit))
        finish_reason = "length" if len(words) > limit else "stop"
        return Answer("".join(words[:limit]).rstrip(), model, usage, finish_reason=finish_reason)

    def disconnect(self) -> None:
        """There is nothing."""


def _echo(messages: Sequence[Message]) -> str:
    said = [message.text for message in messages if message.role == "user"]
    *earlier, prompt = said
    parts = [f"This is an echo: no model was asked. Turn {len(said)}. You said:", _quoted(prompt)]
    if earlier:
        turns = "1 earlier turn" if len(earlier) == 1 else f"{len(earlier)} earlier turns"
        parts += [f"With it came {turns}. Before this you said:", _quoted(earlier[-1])]
    return "\n\n".join(parts)


def _quoted(text: str) -> str:
    return text if len(text) <= MAX_QUOTED else f"{text[:MAX_QUOTED]} […]"
