"""Call any endpoint that speaks OpenAI's chat completions: OpenAI, Azure, OpenRouter, Gemini, Ollama, vLLM, LiteLLM.

https://platform.openai.com/docs/api-reference/chat/create
"""

from __future__ import annotations

import json
import math
import re
import ssl
import time
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django.utils.http import parse_http_date_safe

from interactions.http_answer import Response
from interactions.providers.answers import billed_of, members_of
from interactions.providers.base import Answer, Message, ProviderFailed
from interactions.providers.body import TooLong, document_of, parse
from interactions.providers.completions import error_in, labels_of, read_completion
from interactions.providers.configuration import OPENAI, ProviderConfig, where_to_set
from interactions.providers.endpoint import KEY_PLACE, default_limit_field
from interactions.providers.refusals import code_of, refusal_of
from interactions.providers.wire import Wire

UNSET = "unset"  # the value of a secret's parameter until someone sets one

_SECONDS = re.compile(rb"\d{1,9}(\.\d{1,9})?")
_KEY = re.compile(r"[!-~]+")


class OpenAIProvider:
    """Keeps connections open between calls. Each call of a thread has a connection of its own."""

    def __init__(self, config: ProviderConfig, key: str | None) -> None:
        self.name = config.name
        self._config = config
        self._key = "" if key is None or key.strip() == UNSET else key.strip()
        self.missing: str | None = None
        if config.key is not None and not _KEY.fullmatch(self._key):
            problem = "a key with characters that no key has" if self._key else "no key"
            self.missing = f"{problem}: {where_to_set(config.key)}"
        base_url = config.base_url or OPENAI
        self._limit_field = config.limit_field or default_limit_field(base_url)
        url = base_url.rstrip("/") + "/chat/completions"
        query = urlencode(config.query, quote_via=quote)
        self._path = urlsplit(url).path + (f"?{query}" if query else "")
        self._wire = Wire(self.name, url, lambda host: _system_authorities())
        self._headers = {
            "host": self._wire.host,
            "accept": "application/json",
            "content-type": "application/json",
            "user-agent": "interactions-service",
        }
        if self._key and not any(KEY_PLACE in value for _, value in config.headers):
            self._headers["authorization"] = f"Bearer {self._key}"
        self._headers |= {name: value.replace(KEY_PLACE, self._key) for name, value in config.headers}

    def complete(
        self,
        messages: Sequence[Message],
        *,
        model: str,
        max_tokens: int,
        temperature: float | None,
        deadline: float,
    ) -> Answer:
        """The promise of `Provider`."""
        if self.missing is not None:
            raise ProviderFailed("not-configured", f"{self.name} has {self.missing}", counts=False)
        deadline = min(deadline, time.monotonic() + (self._config.seconds or math.inf))
        asked: dict[str, Any] = {
            "model": model,
            "messages": [{"role": each.role, "content": each.text} for each in messages],
        }
        if self._limit_field != "none":
            asked[self._limit_field] = self._config.tokens(max_tokens)
        if self._config.send_stream:
            asked["stream"] = False
        if temperature is not None:
            asked["temperature"] = temperature
        body = json.dumps(asked, ensure_ascii=False, separators=(",", ":")).encode()
        response = self._wire.post(self._path, self._headers, body, deadline)
        is_answer = 200 <= response.status < 300
        document = document_of(response, self.name) if is_answer else _error_document(response)
        error = error_in(document) if is_answer else members_of(document.get("error"))
        if error is None:
            return read_completion(document, provider=self.name, model=model, key=self._key)
        raise refusal_of(
            self.name,
            response.status,
            error,
            told=code_of(error, sent=body, key=self._key),
            retry_after=_retry_after(response),
            may_be_the_model=model not in self._config.named_models,
            billed=billed_of(labels_of(document, model=model, key=self._key)),
        )

    def disconnect(self) -> None:
        """Close idle connections, as before a snapshot."""
        self._wire.disconnect()


@cache
def _system_authorities() -> ssl.SSLContext:
    """Made when it is needed: reading all authorities would be a tenth of a cold start."""
    return ssl.create_default_context()


def _error_document(response: Response) -> Mapping[str, Any]:
    """The document of an error, empty if there is none. Gemini puts it into a list."""
    try:
        document = parse(response.body)
    except TooLong:
        return {}
    return members_of(document[0] if isinstance(document, list) and document else document)


def _retry_after(response: Response) -> float | None:
    """The seconds until a retry makes sense, if the response names them (RFC 9110 §10.2.3)."""
    value = response.headers.get(b"retry-after", b"")
    if _SECONDS.fullmatch(value):
        return float(value)
    moment = parse_http_date_safe(value.decode("latin-1"))
    return None if moment is None else max(0.0, moment - time.time())
