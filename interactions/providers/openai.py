"""Any endpoint that speaks OpenAI's chat completions: OpenAI, OpenRouter, Gemini's compatible one, Ollama, LiteLLM.

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
from urllib.parse import urlsplit

from django.utils.http import parse_http_date_safe

from interactions.http_answer import Response
from interactions.providers.answers import odd
from interactions.providers.base import Answer, Message, ProviderFailed
from interactions.providers.completions import error_in, parse, read_completion
from interactions.providers.configuration import OPENAI, ProviderConfig, where_to_set
from interactions.providers.wire import Wire

UNSET = "unset"  # what the parameter of a secret holds until someone gives it a value

_RETRYABLE = {408: "request-timeout", 409: "conflict", 429: "rate-limited"}
_SECONDS = re.compile(rb"\d{1,9}(\.\d{1,9})?")
_CODE = re.compile(r"[a-z0-9_.-]{1,64}")
_JSON = re.compile(rb"application/([^/,]+\+)?json")
_KEY = re.compile(r"[!-~]+")


class OpenAIProvider:
    """Keeps connections open between calls; each call of a thread has one to itself."""

    def __init__(self, config: ProviderConfig, key: str | None) -> None:
        self.name = config.name
        self._secret = config.key
        self._key = "" if key is None or key.strip() == UNSET else key.strip()
        self.missing = None if config.key is None or self._key else where_to_set(config.key)
        self._seconds = math.inf if config.seconds is None else config.seconds
        url = (config.base_url or OPENAI).rstrip("/") + "/chat/completions"
        parts = urlsplit(url)
        self._path = parts.path
        self._limit = "max_completion_tokens" if parts.hostname == "api.openai.com" else "max_tokens"
        self._wire = Wire(self.name, url, lambda host: _system_authorities(), retries_timeouts=True)
        self._headers = {
            "host": self._wire.host,
            "accept": "application/json",
            "content-type": "application/json",
            "user-agent": "interactions-service",
        }
        if self._key:
            self._headers["authorization"] = f"Bearer {self._key}"

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
        self._check_key()
        deadline = min(deadline, time.monotonic() + self._seconds)
        asked: dict[str, Any] = {
            "model": model,
            "messages": [{"role": each.role, "content": each.text} for each in messages],
            self._limit: max_tokens,
        }
        if temperature is not None:
            asked["temperature"] = temperature
        body = json.dumps(asked, ensure_ascii=False, separators=(",", ":")).encode()
        response = self._wire.post(self._path, self._headers, body, deadline)
        if not 200 <= response.status < 300:
            raise self._refusal(response.status, _error_of(response.body), body, _retry_after(response))
        document = self._document(response)
        if (error := error_in(document)) is not None:
            # OpenRouter: the model failed at the answer, of which the headers were under way.
            code = error.get("code")
            status = code if type(code) is int and 400 <= code <= 599 else 500
            raise self._refusal(status, error, body, _retry_after(response), billable=True)
        return read_completion(document, provider=self.name, model=model)

    def disconnect(self) -> None:
        """Close what is idle, as before a snapshot."""
        self._wire.disconnect()

    def _check_key(self) -> None:
        if self._secret is None or _KEY.fullmatch(self._key):
            return
        problem = "a key with characters that no key has" if self._key else "no key"
        raise ProviderFailed("not-configured", f"{self.name} has {problem}: {where_to_set(self._secret)}", counts=False)

    def _document(self, response: Response) -> dict[str, Any]:
        media_type = response.headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        if not _JSON.fullmatch(media_type):
            told = f"{self.name} answered in another format than JSON"
            raise odd("wrong-content-type", told)
        document = parse(response.body)
        if not isinstance(document, dict):
            raise odd("malformed-answer", f"{self.name} answered what is no JSON object")
        return document

    def _refusal(
        self, status: int, error: Mapping[str, Any], sent: bytes, retry_after: float | None, *, billable: bool = False
    ) -> ProviderFailed:
        """What a status other than 200 means. Of the answer the error's code alone is told, nothing that was sent."""
        told = f"{self.name} answered {status}"
        code = next((code for name in ("code", "type") if (code := _code(error.get(name)))), None)
        if code and code.encode() not in sent and not (self._key and (self._key in code or code in self._key)):
            told += f" ({code})"
        if status in _RETRYABLE or status >= 500:
            name = _RETRYABLE.get(status, "server-error")
            return ProviderFailed(name, told, retryable=True, retry_after=retry_after, billable=billable)
        if status in {401, 403}:
            return ProviderFailed("not-authorized", told, billable=billable)
        return ProviderFailed("refused", told, billable=billable, counts=False)


@cache
def _system_authorities() -> ssl.SSLContext:
    """Made when it is needed: reading all authorities would be a tenth of a cold start."""
    return ssl.create_default_context()


def _error_of(body: bytes) -> dict[str, Any]:
    """The error that an answer tells, empty where none can be found; Gemini puts it into a list."""
    document = parse(body)
    if isinstance(document, list) and document:
        document = document[0]
    error = document.get("error") if isinstance(document, dict) else None
    return error if isinstance(error, dict) else {}


def _code(value: object) -> str | None:
    return value if isinstance(value, str) and _CODE.fullmatch(value) else None


def _retry_after(response: Response) -> float | None:
    """In how many seconds to ask again, where the answer says so sensibly (RFC 9110 §10.2.3)."""
    value = response.headers.get(b"retry-after", b"")
    if _SECONDS.fullmatch(value):
        return float(value)
    moment = parse_http_date_safe(value.decode("latin-1"))
    return None if moment is None else max(0.0, moment - time.time())
