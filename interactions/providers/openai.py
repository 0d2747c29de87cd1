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

from interactions.http import DEFAULT_PORTS, HttpConnection, IdleConnections
from interactions.http_answer import BadAnswer, Fault, Response
from interactions.providers.base import Answer, Message, ProviderFailed
from interactions.providers.completions import error_in, parse, read_completion
from interactions.providers.configuration import OPENAI, ProviderConfig

CONNECT_SECONDS = 3.0  # for an address, or a handshake; the answer itself may take until the deadline
# What is idle for longer is not used again: a connection may be gone without a word, as after a freeze, and a request
# over it would wait for its whole deadline.
IDLE_SECONDS = 20.0
# An answer of the most characters, each escaped, and all that is told about it.
LONGEST_BODY = 3_000_000
UNSET = "unset"  # what the parameter of a secret holds until someone gives it a value

_FAULTS: dict[Fault, tuple[str, str]] = {
    "malformed": ("malformed-answer", "answered what is no HTTP"),
    "cut": ("connection-lost", "broke off within its answer"),
    "too-long": ("answer-too-large", f"answered more than {LONGEST_BODY} bytes"),
}
_RETRYABLE = {408: "request-timeout", 409: "conflict", 429: "rate-limited"}
_SECONDS = re.compile(rb"\d{1,9}(\.\d{1,9})?")
_CODE = re.compile(r"[a-z0-9_.-]{1,64}")
_JSON = re.compile(rb"application/([^/,]+\+)?json")
_KEY = re.compile(r"[!-~]+")


class OpenAIProvider:
    """Keeps connections open between calls; each call of a thread has one to itself.

    A call is one request, whatever becomes of it: it may have been carried out even when a kept connection turns out
    to have been closed, so that whether to ask again is decided, and recorded, by `resilience`.
    """

    def __init__(self, config: ProviderConfig, key: str | None) -> None:
        self.name = config.name
        self._secret = config.key
        self._key = "" if key is None or key.strip() == UNSET else key.strip()
        self._seconds = math.inf if config.seconds is None else config.seconds
        url = urlsplit((config.base_url or OPENAI).rstrip("/") + "/chat/completions")
        self._path = url.path
        self._hostname = url.hostname or ""
        self._port = url.port or DEFAULT_PORTS[url.scheme]
        self._is_secure = url.scheme == "https"
        self._limit = "max_completion_tokens" if self._hostname == "api.openai.com" else "max_tokens"
        host = f"[{self._hostname}]" if ":" in self._hostname else self._hostname
        self._headers = {
            "host": host if self._port == DEFAULT_PORTS[url.scheme] else f"{host}:{self._port}",
            "accept": "application/json",
            "content-type": "application/json",
            "user-agent": "interactions-service",
        }
        if self._key:
            self._headers["authorization"] = f"Bearer {self._key}"
        self._idle = IdleConnections()

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
        response = self._exchange(body, deadline)
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
        self._idle.close()

    def _check_key(self) -> None:
        if self._secret is None or _KEY.fullmatch(self._key):
            return
        problem = "a key with characters that no key has" if self._key else "no key"
        variable = self._secret.upper().replace("-", "_")
        where = f"set {variable}, or in production the SSM parameter {self._secret}"
        raise ProviderFailed("not-configured", f"{self.name} has {problem}: {where}", counts=False)

    def _exchange(self, body: bytes, deadline: float) -> Response:
        connection = self._connection(deadline)
        may_go_on = False
        try:
            response = connection.post(
                self._headers,
                body,
                math.inf,
                path=self._path,
                deadline=deadline,
                longest=LONGEST_BODY,
                may_end_with_connection=True,
            )
            may_go_on = not response.is_last
            return response
        except TimeoutError as error:
            told = f"{self.name} did not answer in time"
            raise ProviderFailed("timeout", told, retryable=True, billable=True) from error
        except OSError as error:
            told = f"the connection to {self.name} was lost ({type(error).__name__})"
            raise ProviderFailed("connection-lost", told, retryable=True, billable=True) from error
        except BadAnswer as error:
            name, told = _FAULTS[error.fault]
            is_cut = error.fault == "cut"
            raise ProviderFailed(name, f"{self.name} {told}", retryable=is_cut, billable=True) from error
        finally:
            if may_go_on:
                connection.idle_since = time.monotonic()
                self._idle.append(connection)
            else:
                connection.close()

    def _connection(self, deadline: float) -> HttpConnection:
        now = time.monotonic()
        if now < deadline and (idle := self._idle.take(now - IDLE_SECONDS)):
            return idle
        try:
            context = _system_authorities() if self._is_secure else None
            return HttpConnection(self._hostname, self._port, context, CONNECT_SECONDS, deadline)
        except (OSError, UnicodeError) as error:  # that the name cannot be one of a host is a UnicodeError
            if time.monotonic() >= deadline:
                raise ProviderFailed("timeout", f"{self.name} was not reached in time", retryable=True) from error
            told = f"{self.name} cannot be reached ({type(error).__name__})"
            raise ProviderFailed("connection-failed", told, retryable=True) from error

    def _document(self, response: Response) -> dict[str, Any]:
        media_type = response.headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        if not _JSON.fullmatch(media_type):
            told = f"{self.name} answered in another format than JSON"
            raise ProviderFailed("wrong-content-type", told, billable=True)
        document = parse(response.body)
        if not isinstance(document, dict):
            raise ProviderFailed("malformed-answer", f"{self.name} answered what is no JSON object", billable=True)
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
