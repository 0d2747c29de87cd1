"""Models of Amazon Bedrock over Converse, with the process's AWS credentials instead of a key.

botocore finds credentials, signs, and reads errors. Importing it and making a client takes a third of a second, so
both wait for the first call. What it has signed goes over our own wire, which keeps the deadline.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from interactions.aws.endpoints import NotSupported, tls_context
from interactions.providers.answers import odd
from interactions.providers.base import Answer, Message, ProviderFailed
from interactions.providers.configuration import ProviderConfig
from interactions.providers.converse import malformed, read_converse, request_of
from interactions.providers.wire import Wire

# For a failure at the deadline to be told by who knows what it was.
GRACE_SECONDS = 0.05

_RATE_LIMITED = {"ServiceQuotaExceededException", "ThrottlingException", "TooManyRequestsException"}
_FAILING = {"ModelErrorException", "ModelNotReadyException"}
_STATUSES = {408: "request-timeout", 409: "conflict", 429: "rate-limited"}
_UNKNOWN = {"ExpiredTokenException", "IncompleteSignatureException", "MissingAuthenticationTokenException"}
_CODE = re.compile(r"[A-Z][A-Za-z]{2,63}")
_SECONDS = re.compile(r"\d{1,9}")

_deadline: ContextVar[float] = ContextVar("bedrock_deadline")


class _Client(NamedTuple):
    converse: Any
    wire: Wire


class BedrockProvider:
    """AWS's own variables apply, `AWS_ENDPOINT_URL_BEDROCK_RUNTIME` among them.

    Each call has a thread, which is left alone once its time is up: looking for credentials cannot be told how long it
    may take. Nothing is sent after the deadline, and what was sent is waited for no longer, so that a thread that is
    left alone spends nothing.
    """

    def __init__(self, config: ProviderConfig, region: str) -> None:
        self.name = config.name
        self.missing: str | None = None
        self._region = region
        self._seconds = config.seconds
        self._lock = Lock()  # making a client is not thread-safe, using it is
        self._made: _Client | None = None

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
        if self._seconds is not None:
            deadline = min(deadline, time.monotonic() + self._seconds)
        request = request_of(messages, model=model, max_tokens=max_tokens, temperature=temperature)
        outcomes: SimpleQueue[dict[str, Any] | BaseException] = SimpleQueue()
        Thread(target=self._converse, args=(request, deadline, outcomes), daemon=True).start()
        try:
            outcome = outcomes.get(timeout=max(deadline - time.monotonic(), 0) + GRACE_SECONDS)
        except Empty:
            outcome = ProviderFailed("timeout", f"{self.name} did not answer in time", billable=True)
        if isinstance(outcome, BaseException):
            raise outcome
        return read_converse(outcome, provider=self.name, model=model)

    def disconnect(self) -> None:
        """Close what is idle, and forget the credentials, as before a snapshot."""
        with self._lock:
            made, self._made = self._made, None
        if made is not None:
            made.wire.disconnect()

    def _converse(
        self, request: dict[str, Any], deadline: float, outcomes: SimpleQueue[dict[str, Any] | BaseException]
    ) -> None:
        _deadline.set(deadline)
        try:
            outcomes.put(self._client().converse(**request))
        except BaseException as error:
            failure = self._failure(error)
            if isinstance(failure, ProviderFailed) and failure.type in {"not-authorized", "not-configured"}:
                self.disconnect()  # there may be other credentials for the next call
            outcomes.put(failure)

    def _client(self) -> _Client:
        with self._lock:
            if self._made is None:
                try:
                    self._made = self._new_client()
                except (KeyError, ValueError) as error:  # the endpoint is no URL, or not one of HTTP
                    raise self._unusable(error) from error
            return self._made

    def _new_client(self) -> _Client:
        from botocore.config import Config
        from botocore.session import Session

        # Whether to ask again is for `resilience` to decide.
        config = Config(retries={"total_max_attempts": 1})
        client = Session().create_client("bedrock-runtime", region_name=self._region, config=config)
        wire = Wire(self.name, client.meta.endpoint_url, tls_context)

        def send(request: Any, **context: Any) -> Any:
            return self._sent(wire, request)

        client.meta.events.register("before-send.bedrock-runtime.Converse", send)
        return _Client(client.converse, wire)

    def _sent(self, wire: Wire, request: Any) -> Any:
        """The answer to a request that botocore has prepared, in the place of the one that it would get itself."""
        from botocore.awsrequest import AWSResponse

        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        headers.pop("content-length", None)
        headers["host"] = wire.host
        response = wire.post(urlsplit(request.url).path, headers, request.body, _deadline.get())
        told = {name.decode("latin-1"): value.decode("latin-1") for name, value in response.headers.items()}
        if response.status == 200 and "json" not in told.get("content-type", ""):
            raise odd("wrong-content-type", f"{self.name} answered in another format than JSON")
        return AWSResponse(request.url, response.status, told, _Body(response.body))

    def _failure(self, error: BaseException) -> BaseException:
        """What an error of botocore means; any other is itself."""
        from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
        from botocore.parsers import ResponseParserError

        match error:
            case ClientError():
                return self._refusal(error.response)
            case ResponseParserError():
                return malformed(self.name)
            case ParamValidationError():
                return ProviderFailed("refused", f"{self.name} cannot be asked so", counts=False)
            case BotoCoreError():
                return self._unusable(error)
            case NotSupported():
                return ProviderFailed("not-configured", f"{self.name} cannot be asked: {error}", counts=False)
            case AttributeError() | KeyError() | TypeError() | ValueError():
                return malformed(self.name)  # which botocore stumbles over
        return error

    def _unusable(self, error: Exception) -> ProviderFailed:
        told = f"{self.name} cannot be asked with the AWS settings there are ({type(error).__name__})"
        hint = "give credentials, as by a role, a region, and no endpoint but a URL"
        return ProviderFailed("not-configured", f"{told}: {hint}", counts=False)

    def _refusal(self, response: Mapping[str, Any]) -> ProviderFailed:
        """What a status other than 200 means. Of the answer AWS's code is told, never its message."""
        status: int = response["ResponseMetadata"]["HTTPStatusCode"]
        code = str(response.get("Error", {}).get("Code"))
        told = f"{self.name} answered {status}"
        if _CODE.fullmatch(code):
            told += f" ({code})"
        if status >= 500 or code in _FAILING:
            return ProviderFailed("server-error", told, retryable=True, retry_after=_retry_after(response))
        if status in _STATUSES or code in _RATE_LIMITED:
            kind = _STATUSES.get(status, "rate-limited")
            return ProviderFailed(kind, told, retryable=True, retry_after=_retry_after(response))
        if status in {401, 403} or code in _UNKNOWN:
            told += ": allow bedrock:InvokeModel on the model, or renew the credentials"
            return ProviderFailed("not-authorized", told)
        return ProviderFailed("refused", told, counts=False)


class _Body(NamedTuple):
    """A body that has been read already, as botocore reads one."""

    body: bytes

    def stream(self) -> Iterator[bytes]:
        yield self.body


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _retry_after(response: Mapping[str, Any]) -> float | None:
    value = response["ResponseMetadata"].get("HTTPHeaders", {}).get("retry-after", "")
    return float(value) if _SECONDS.fullmatch(value) else None
