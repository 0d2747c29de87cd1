"""Call models of Amazon Bedrock over Converse, with the AWS credentials of the process.

botocore finds the credentials, signs requests and reads errors. Importing it and making a client takes a third of a
second, so both wait for the first call. Signed requests go over our own HTTP connections, which keep the deadline.
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
from interactions.providers.base import Answer, Message, ProviderFailed
from interactions.providers.body import document_of
from interactions.providers.configuration import ProviderConfig
from interactions.providers.converse import malformed, read_converse, request_of
from interactions.providers.wire import Wire

# The thread of a call gets this much more than the deadline to say why the call failed.
GRACE_SECONDS = 0.05

_RATE_LIMITED = {"ThrottlingException", "TooManyRequestsException"}
_FAILING = {"ModelErrorException", "ModelNotReadyException"}
# The model was waited for in vain. Another call would wait as long.
_WAITED, _WAITED_STATUSES = {"ModelTimeoutException"}, {504, 524}
_STATUSES = {408: "request-timeout", 409: "conflict", 429: "rate-limited"}
_UNKNOWN = {"ExpiredTokenException", "IncompleteSignatureException", "MissingAuthenticationTokenException"}
# As AWS names errors. The id of a key has another form.
_CODE = re.compile(r"[A-Z][A-Za-z]{2,54}(Exception|Error|Fault)")
_SECONDS = re.compile(r"\d{1,9}")

_call: ContextVar[_Call] = ContextVar("bedrock_call")


class _Call:
    """The deadline of a call, and the document of its answer, which botocore does not parse."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.document: dict[str, Any] = {}


class _Client(NamedTuple):
    converse: Any
    wire: Wire


class BedrockProvider:
    """Reads AWS's own environment variables, such as `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`.

    Each call runs in a thread, which is left behind at the deadline: the search for credentials has no time limit.
    The thread sends nothing after the deadline and stops waiting for an answer then, so it costs nothing.
    """

    def __init__(self, config: ProviderConfig, region: str) -> None:
        self.name = config.name
        self.missing: str | None = None
        self._region = region
        self._config = config
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
        if self._config.seconds is not None:
            deadline = min(deadline, time.monotonic() + self._config.seconds)
        max_tokens = self._config.tokens(max_tokens)
        request = request_of(messages, model=model, max_tokens=max_tokens, temperature=temperature)
        outcomes: SimpleQueue[Answer | BaseException] = SimpleQueue()
        Thread(target=self._converse, args=(request, deadline, outcomes), daemon=True).start()
        try:
            outcome = outcomes.get(timeout=max(deadline - time.monotonic(), 0) + GRACE_SECONDS)
        except Empty:
            outcome = ProviderFailed("timeout", f"{self.name} did not answer in time", billable=True)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def disconnect(self) -> None:
        """Close idle connections and forget the credentials, as before a snapshot."""
        with self._lock:
            made, self._made = self._made, None
        if made is not None:
            made.wire.disconnect()

    def _converse(
        self, request: dict[str, Any], deadline: float, outcomes: SimpleQueue[Answer | BaseException]
    ) -> None:
        model = request["modelId"]
        call = _Call(deadline)
        _call.set(call)
        try:
            told = self._client().converse(**request)
            request_id = told["ResponseMetadata"].get("RequestId")
            outcomes.put(read_converse(call.document, provider=self.name, model=model, request_id=request_id))
        except BaseException as error:
            failure = self._failure(error, model)
            if isinstance(failure, ProviderFailed) and failure.type in {"not-authorized", "not-configured"}:
                self.disconnect()  # the next call looks for new credentials
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

        # `resilience` decides about retries.
        config = Config(retries={"total_max_attempts": 1})
        client = Session().create_client("bedrock-runtime", region_name=self._region, config=config)
        wire = Wire(self.name, client.meta.endpoint_url, tls_context)

        def send(request: Any, **context: Any) -> Any:
            return self._sent(wire, request)

        client.meta.events.register("before-send.bedrock-runtime.Converse", send)
        return _Client(client.converse, wire)

    def _sent(self, wire: Wire, request: Any) -> Any:
        """Send a request that botocore has signed, and return the response in botocore's form."""
        from botocore.awsrequest import AWSResponse

        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        headers.pop("content-length", None)
        headers["host"] = wire.host
        call = _call.get()
        response = wire.post(urlsplit(request.url).path, headers, request.body, call.deadline)
        body = response.body
        if response.status == 200:
            # botocore refuses a whole answer for one odd number in it.
            call.document, body = document_of(response, self.name), b"{}"
        told = {name.decode("latin-1"): value.decode("latin-1") for name, value in response.headers.items()}
        return AWSResponse(request.url, response.status, told, _Body(body))

    def _failure(self, error: BaseException, model: str) -> BaseException:
        """The failure that an error of botocore means. Other errors are returned as they are."""
        from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
        from botocore.parsers import ResponseParserError

        match error:
            case ClientError():
                return self._refusal(error.response, model)
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

    def _refusal(self, response: Mapping[str, Any], model: str) -> ProviderFailed:
        """The failure that a status other than 200 means. It repeats AWS's code, never AWS's message."""
        status: int = response["ResponseMetadata"]["HTTPStatusCode"]
        code = str(response.get("Error", {}).get("Code"))
        told = f"{self.name} answered {status}"
        if _CODE.fullmatch(code):
            told += f" ({code})"
        if code == "ServiceQuotaExceededException":
            return ProviderFailed("quota-exceeded", told)
        if status >= 500 or code in _FAILING:
            may_pass = status not in _WAITED_STATUSES
            return ProviderFailed("server-error", told, retryable=may_pass, retry_after=_retry_after(response))
        if code in _WAITED:
            return ProviderFailed("request-timeout", told)
        if status in _STATUSES or code in _RATE_LIMITED:
            kind = _STATUSES.get(status, "rate-limited")
            return ProviderFailed(kind, told, retryable=True, retry_after=_retry_after(response))
        if status in {401, 403} or code in _UNKNOWN:
            told += ": allow bedrock:InvokeModel on the model, or renew the credentials"
            # The caller may have chosen a model that the role may not use.
            is_ours = code in _UNKNOWN or model in self._config.named_models
            return ProviderFailed("not-authorized", told, counts=is_ours)
        return ProviderFailed("refused", told, counts=False)


class _Body(NamedTuple):
    """A body that is read already, with the method by which botocore reads bodies."""

    body: bytes

    def stream(self) -> Iterator[bytes]:
        yield self.body


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _retry_after(response: Mapping[str, Any]) -> float | None:
    value = response["ResponseMetadata"].get("HTTPHeaders", {}).get("retry-after", "")
    return float(value) if _SECONDS.fullmatch(value) else None
