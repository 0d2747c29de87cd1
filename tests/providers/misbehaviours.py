"""Responses that the tests of providers and of the API share.

`REFUSED` refuses one request, `SPENT` fails in a way that a retry cannot mend, `FORMS` has right answers in odd forms.
"""

from __future__ import annotations

import gzip
import json
import zlib

from tests.providers.behaviours import Answer, Behaviour, Body, Json, NoChoices, Status

DOCUMENT = Answer("Lisbon.").document("m")
PLAIN = json.dumps(DOCUMENT).encode()
MODERATION = {"code": 403, "message": "flagged", "metadata": {"reasons": ["violence"], "flagged_input": "Hello?"}}

# Refusals of one request, and the failure that is on record.
REFUSED: dict[str, tuple[Behaviour, str]] = {
    "moderation": (Body(Json({"error": MODERATION}).body, status=403), "refused"),
    "moderation in an answer": (Json({"error": MODERATION}), "refused"),
    "a policy about contents": (Status(403, code="content_policy_violation"), "refused"),
    "a firewall": (Body(b"<html>Forbidden</html>", "text/html", 403), "not-authorized"),
    "no choices": (NoChoices(), "empty-answer"),
    "a choice without a message": (
        Json({**DOCUMENT, "choices": [{"finish_reason": "content_filter"}]}),
        "empty-answer",
    ),
    "a long context": (Json({"error": {"code": "context_length_exceeded"}}), "refused"),
    "a long context as a failure": (Status(500, code="context_length_exceeded"), "refused"),
    "an unknown code": (Json({"error": {"code": "lost"}}), "refused"),
    "reasoning alone": (Answer("<think>Let me see"), "empty-answer"),
    "no text": (Answer(None, finish_reason="length"), "empty-answer"),
    "a bad request": (Status(400), "refused"),
    "no money for this request": (Status(402), "quota-exceeded"),
}

# Failures of the provider that a retry cannot mend, and the failure that is on record.
SPENT: dict[str, tuple[Behaviour, str]] = {
    "a spent quota": (Status(429, code="insufficient_quota"), "quota-exceeded"),
    "a spent quota in an answer": (Json({"error": {"code": "insufficient_quota"}}), "quota-exceeded"),
    "a wrong key": (Status(401, code="invalid_api_key"), "not-authorized"),
    "a key without the permission": (Status(403, code="permission_denied"), "not-authorized"),
    "a gateway that has waited": (Status(504), "server-error"),
}


def event(data: bytes) -> bytes:
    return b"data: " + data + b"\n\n"


def forms(plain: bytes) -> dict[str, Body]:
    """The same document in other forms."""
    return {
        "JSON of another type": Body(plain, "Application/problem+JSON; charset=utf-8"),
        "no type": Body(plain, None),
        "plain text": Body(plain, "text/plain"),
        "HTML by its type": Body(plain, "text/html"),
        "gzip": Body(gzip.compress(plain), headers={"Content-Encoding": "gzip"}),
        "gzip that is not announced": Body(gzip.compress(plain)),
        "deflate": Body(zlib.compress(plain), headers={"Content-Encoding": "deflate"}),
        "an encoding that is not there": Body(plain, headers={"Content-Encoding": "br"}),
        "a byte order mark": Body(b"\xef\xbb\xbf" + plain),
        "UTF-16": Body(plain.decode().encode("utf-16")),
        "one event": Body(event(plain), "text/event-stream"),
        "one event, and the end": Body(event(plain) + event(b"[DONE]"), "text/event-stream; charset=utf-8"),
        "an event of several lines": Body(
            b"event: message\r\nid: 1\r\ndata:"
            + json.dumps(json.loads(plain), indent=1).encode().replace(b"\n", b"\r\ndata: ")
            + b"\r\n\r\n",
            "text/event-stream",
        ),
        "an event after comments": Body(b": PROCESSING\n\n: PROCESSING\n\n" + event(plain), "text/event-stream"),
        "an event whose end is missing": Body(b"data:" + plain, "text/event-stream"),
        "a compressed event": Body(gzip.compress(event(plain)), "text/event-stream"),
        "a list of one": Body(b"[" + plain + b"]"),
        "lines before it": Body(b"\n\n \n" + plain),
    }


# Right answers of OpenAI's wire format, each with the text `Lisbon.`, 10 tokens of input and 5 of output.
FORMS: dict[str, Body] = {
    **forms(PLAIN),
    "chunks": Body(
        b'data: {"choices":[{"delta":{"content":"Lis"}}]}\n\n'
        b'data: {"choices":[{"delta":{"content":"bon."},"finish_reason":"stop"}]}\n\n'
        b'data: {"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5}}\n\ndata: [DONE]\n\n',
        "text/event-stream",
    ),
    "NaN": Body(PLAIN.replace(b'"index": 0', b'"index": 0, "logprobs": {"content": [{"logprob": NaN}]}')),
    "parts": Json(
        {**DOCUMENT, "choices": [{"message": {"content": [{"type": "output_text", "text": "Lisbon."}]}}]},
    ),
    "reasoning": Json(Answer("<think>Let me see.</think>\n\nLisbon.").document("m")),
    "counts as texts": Json({**DOCUMENT, "usage": {"prompt_tokens": "10", "completion_tokens": 5.0}}),
}
