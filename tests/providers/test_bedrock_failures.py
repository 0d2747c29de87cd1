"""How calls of Bedrock fail: what each failure means, and what its message repeats."""

from __future__ import annotations

import pytest

from interactions.domain.interaction import MAX_TEXT
from tests.providers.bedrock import MODEL, PROMPT, Bedrock
from tests.providers.behaviours import Behaviour, Body, Cut, Json, NotJson, Raw
from tests.providers.converse import KEY_ID, Converse, Refused, document

RETRYABLE, COUNTS, BILLABLE = "retryable", "counts", "billable"
FAILURES: dict[str, tuple[Behaviour, str, set[str]]] = {
    "throttled": (Refused(429, "ThrottlingException"), "rate-limited", {RETRYABLE, COUNTS}),
    "over a quota": (Refused(400, "ServiceQuotaExceededException"), "quota-exceeded", {COUNTS}),
    "not ready": (Refused(429, "ModelNotReadyException"), "server-error", {RETRYABLE, COUNTS}),
    "failing": (Refused(500, "InternalServerException"), "server-error", {RETRYABLE, COUNTS}),
    "unavailable": (Refused(503, "ServiceUnavailableException"), "server-error", {RETRYABLE, COUNTS}),
    "the model fails": (Refused(424, "ModelErrorException"), "server-error", {RETRYABLE, COUNTS}),
    "a gateway's page": (Body(b"<html>", "text/html", status=502), "server-error", {RETRYABLE, COUNTS}),
    "the model is too slow": (Refused(408, "ModelTimeoutException"), "request-timeout", {COUNTS}),
    "a gateway that waited in vain": (Body(b"<html>", "text/html", status=504), "server-error", {COUNTS}),
    "the server waited for the request": (Body(b"{}", status=408), "request-timeout", {RETRYABLE, COUNTS}),
    "a conflict": (Refused(409, "ConflictException"), "conflict", {RETRYABLE, COUNTS}),
    "denied": (Refused(403, "AccessDeniedException"), "not-authorized", {COUNTS}),
    "an unknown key": (Refused(403, "UnrecognizedClientException"), "not-authorized", {COUNTS}),
    "an expired token": (Refused(400, "ExpiredTokenException"), "not-authorized", {COUNTS}),
    "invalid": (Refused(400, "ValidationException"), "refused", set()),
    "no such model": (Refused(404, "ResourceNotFoundException"), "refused", set()),
    "moved": (Body(b"{}", status=307), "refused", set()),
    "cut": (Cut(after=200), "connection-lost", {RETRYABLE, COUNTS, BILLABLE}),
    "cut before it begins": (Cut(), "connection-lost", {RETRYABLE, COUNTS, BILLABLE}),
    "no HTTP": (Raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "malformed-answer", {COUNTS, BILLABLE}),
    "no JSON": (NotJson(), "wrong-content-type", {COUNTS, BILLABLE}),
    "half of JSON": (Body(b'{"output": {"mess'), "malformed-answer", {COUNTS, BILLABLE}),
    "another document": (Json({"choices": []}), "malformed-answer", {COUNTS, BILLABLE}),
    "a list": (Json([1]), "malformed-answer", {COUNTS, BILLABLE}),
    "no list of blocks": (Json(document() | {"output": {"message": "x"}}), "malformed-answer", {COUNTS, BILLABLE}),
    "a text that is none": (Converse({"text": 5}), "malformed-answer", {COUNTS, BILLABLE}),
    "no text": (Converse(stop="guardrail_intervened"), "empty-answer", {BILLABLE}),
    "no message": (Json(document() | {"output": {}}), "empty-answer", {BILLABLE}),
    "no content": (Json(document() | {"output": {"message": {"role": "assistant"}}}), "empty-answer", {BILLABLE}),
    "reasoning alone": (Converse("<think>Let me see."), "empty-answer", {BILLABLE}),
    "an empty text": (Converse("", stop="max_tokens"), "empty-answer", {BILLABLE}),
    "too long": (Converse("x" * (MAX_TEXT + 1)), "answer-too-large", {BILLABLE}),
    "much too long": (Converse("x" * 3_000_001), "answer-too-large", {COUNTS, BILLABLE}),
}


@pytest.mark.parametrize("case", FAILURES)
def test_a_failure_says_what_it_is_after_one_request(bedrock: Bedrock, case: str) -> None:
    behaviour, kind, traits = FAILURES[case]
    failure = bedrock.failure(behaviour)
    assert failure.type == kind
    assert {trait for trait in (RETRYABLE, COUNTS, BILLABLE) if getattr(failure, trait)} == traits
    assert len(bedrock.model.requests) == 1
    assert failure.message.startswith("bedrock ") or "to bedrock" in failure.message


def test_a_refusal_tells_the_code_and_never_the_message(bedrock: Bedrock) -> None:
    failure = bedrock.failure(Refused(400, "ValidationException", message=f"{PROMPT} is malformed"))
    assert failure.message == "bedrock answered 400 (ValidationException)"
    for code in (f"{PROMPT} Exception", KEY_ID, f"{KEY_ID}Exception"[:3], "Sesame"):
        assert bedrock.failure(Refused(400, code)).message == "bedrock answered 400"


@pytest.mark.parametrize(("told", "seconds"), [("3", 3.0), ("0", 0.0), ("soon", None), (None, None)])
def test_how_long_to_wait_is_told_where_it_is_said(bedrock: Bedrock, told: str | None, seconds: float | None) -> None:
    for status, code in ((429, "ThrottlingException"), (503, "ServiceUnavailableException")):
        assert bedrock.failure(Refused(status, code, retry_after=told)).retry_after == seconds


def test_an_empty_answer_says_why(bedrock: Bedrock) -> None:
    assert bedrock.failure(Converse(stop="max_tokens")).message.endswith("the tokens were used up: allow more")
    assert bedrock.failure(Converse(stop="a new reason")).message == "bedrock answered without a text"


def test_a_model_that_the_caller_chose_may_be_denied_without_harm_to_others(bedrock: Bedrock) -> None:
    for code, model, counts in (
        ("AccessDeniedException", MODEL, True),
        ("AccessDeniedException", "chosen", False),
        ("ExpiredTokenException", "chosen", True),
    ):
        assert bedrock.failure(Refused(403, code), model=model).counts is counts
