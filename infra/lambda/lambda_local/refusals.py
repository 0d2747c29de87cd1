"""What the gateway answers of its own, as Terraform configures it in production: problem details, with CORS."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from http import HTTPStatus

from lambda_local.answers import Answer
from lambda_local.events import Request


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error that the gateway finds: its status, the name that AWS gives it, and what is wrong.

    A `fixed` one cannot be configured: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
    """

    status: int
    kind: str
    detail: str
    fixed: bool = False


class Refused(Exception):
    """The request gets this answer of the gateway's own."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.detail)


# https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
HEADERS_TOO_LARGE = Refusal(431, "RequestHeaderFieldsTooLarge", "HTTP header is larger than 10240 bytes.", fixed=True)
REQUEST_TOO_LARGE = Refusal(413, "RequestTooLargeException", "Request Too Long", fixed=True)
NO_SUCH_STAGE = Refusal(403, "ForbiddenException", "Forbidden", fixed=True)
BAD_QUERY = Refusal(400, "BadRequestException", "Bad Request", fixed=True)
THROTTLED = Refusal(500, "InternalServerErrorException", "The service is too busy.")
UNDECODABLE = Refusal(500, "InternalServerErrorException", "The service's answer cannot be decoded.")
BAD_ANSWER = Refusal(502, "InternalServerErrorException", "The service failed.")
TIMED_OUT = Refusal(504, "InternalServerErrorException", "The service took too long.")


def answer_to(refusal: Refusal, request: Request, request_id: str, origins: Collection[str]) -> Answer:
    """`origins` are those whose pages may read the answer."""
    headers = [("x-amzn-ErrorType", refusal.kind)]
    if refusal.fixed:
        headers.append(("Content-Type", "application/json"))
        return Answer(refusal.status, headers, json.dumps({"message": refusal.detail}).encode())
    document = {
        "type": "about:blank",
        "title": HTTPStatus(refusal.status).phrase,
        "status": refusal.status,
        "detail": refusal.detail,
        "instance": request.path,
        "request_id": request_id,
    }
    headers += [("Content-Type", "application/problem+json"), ("Cache-Control", "no-store"), ("Vary", "Origin")]
    origin = request.header("origin")
    if origin in origins:
        headers += [
            ("Access-Control-Allow-Origin", origin or ""),
            ("Access-Control-Allow-Credentials", "true"),
            ("Access-Control-Expose-Headers", "x-amzn-RequestId, x-amzn-ErrorType"),
        ]
    return Answer(refusal.status, headers, json.dumps(document).encode())
