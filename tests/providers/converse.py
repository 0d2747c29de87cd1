"""What Bedrock may do about a request: answer it in Converse's shape, or refuse it as AWS does.

The model of `server` does it, at an address that AWS's variables name.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.providers.behaviours import Asked, Body, Json, Line
from tests.providers.server import LanguageModel

KEY_ID, SECRET = "AKIDEXAMPLE", "a-secret-that-nobody-repeats"
USAGE = {"inputTokens": 10, "outputTokens": 5, "totalTokens": 15}


@contextmanager
def aws_environment(model: LanguageModel) -> Iterator[None]:
    """Credentials and the model's address, and nothing else of AWS's: no file, no service on the machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_") or name.lower().endswith("_proxy")]:
            patch.delenv(name)
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        patch.setenv("AWS_MAX_ATTEMPTS", "5")
        patch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
        patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        patch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", address(model))
        yield


def address(model: LanguageModel) -> str:
    return f"http://127.0.0.1:{model.port}"


def is_signed(model: LanguageModel, asked: Asked, region: str) -> bool:
    """Whether what has come is what was signed, with the secret."""
    signed = asked.headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    headers = {name: asked.headers[name] for name in signed if name not in {"host", "x-amz-date"}}
    request = AWSRequest("POST", address(model) + asked.path, headers, asked.raw)
    request.context["timestamp"] = asked.headers["x-amz-date"]
    signer = SigV4Auth(Credentials(KEY_ID, SECRET), "bedrock", region)
    request.headers["X-Amz-Date"] = asked.headers["x-amz-date"]
    signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    return asked.headers["host"] in address(model) and asked.headers["authorization"].endswith(f"={signature}")


def model_of(asked: Asked) -> str:
    return unquote(asked.path.removeprefix("/model/").removesuffix("/converse"))


def document(*blocks: dict[str, Any], usage: object = USAGE, stop: str = "end_turn") -> dict[str, Any]:
    message = {"role": "assistant", "content": [*blocks]}
    return {"output": {"message": message}, "stopReason": stop, "usage": usage, "metrics": {"latencyMs": 1}}


class Converse(Json):
    """An answer of this text, or of these blocks."""

    def __init__(self, *content: str | dict[str, Any], usage: object = USAGE, stop: str = "end_turn") -> None:
        blocks = [{"text": each} if isinstance(each, str) else each for each in content]
        super().__init__(document(*blocks, usage=usage, stop=stop))


@dataclass(frozen=True, slots=True)
class Repeating:
    """The last text that has come."""

    usage: dict[str, int] = field(default_factory=lambda: dict(USAGE))

    def answer(self, asked: Asked, line: Line) -> bool:
        return Converse(asked.json["messages"][-1]["content"][-1]["text"], usage=self.usage).answer(asked, line)


class Refused(Body):
    """An error of this code. Its message repeats what was sent, as AWS's do."""

    def __init__(self, status: int, code: str, *, retry_after: str | None = None, message: str = "no") -> None:
        headers = {"x-amzn-errortype": f"{code}:http://internal.amazon.com/"}
        if retry_after is not None:
            headers["retry-after"] = retry_after
        super().__init__(json.dumps({"message": message}).encode(), status=status, headers=headers)
