"""Calls the handler as Lambda does: the event and the answer go through JSON, and the context counts down."""

from __future__ import annotations

import json
import time
from base64 import b64decode
from dataclasses import dataclass, field
from typing import Any

from awslambdaric.lambda_runtime_marshaller import to_json

from tests.transports.client import Answer

# What a synchronous invocation may answer at most, as JSON:
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MAX_ANSWER_BYTES = 6_291_556


@dataclass(frozen=True, slots=True)
class Context:
    """Of Lambda's context, what the handler may ask for."""

    seconds: float = 28.0
    aws_request_id: str = "8b3a4d6e-0f5c-4a8b-9d57-0d7a5d1f2c3b"
    function_name: str = "interactions"
    function_version: str = "1"
    memory_limit_in_mb: str = "1024"
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:interactions:live"
    _began: float = field(default_factory=time.monotonic)

    def get_remaining_time_in_millis(self) -> int:
        return max(0, round((self._began + self.seconds - time.monotonic()) * 1000))


def invoked(event: Any, *, seconds: float = 28.0) -> Any:
    """What Lambda hands back: the handler's answer, as its runtime serializes it."""
    from project.lambda_handler import handler

    written = to_json(handler(json.loads(json.dumps(event)), Context(seconds)))
    assert len(written.encode()) <= MAX_ANSWER_BYTES
    return json.loads(written)


def answered(event: Any, *, seconds: float = 28.0) -> Answer:
    """What the gateway makes of that."""
    answer = invoked(event, seconds=seconds)
    assert answer.keys() == {"statusCode", "multiValueHeaders", "isBase64Encoded", "body"}
    body = b64decode(answer["body"], validate=True) if answer["isBase64Encoded"] else answer["body"].encode()
    headers = [(name, value) for name, values in answer["multiValueHeaders"].items() for value in values]
    return Answer(answer["statusCode"], headers, body)
