"""What an error means: for the retry of the request, and for the provider's circuit breaker."""

from __future__ import annotations

import pytest

from tests.providers.asking import failure, provider_of
from tests.providers.behaviours import Body, Json
from tests.providers.server import LanguageModel

# Errors in an answer of status 200: type, message, retryable, counts.
ERRORS: dict[str, tuple[Body, tuple[str, str, bool, bool]]] = {
    "a status": (Json({"error": {"code": 429, "message": "slow"}}), ("rate-limited", "429", True, True)),
    "a status and a type": (
        Json({"error": {"code": 502, "type": "upstream"}}),
        ("server-error", "502 (upstream)", True, True),
    ),
    "a status as a text": (Json({"error": {"code": "503"}}), ("server-error", "503 (503)", True, True)),
    "a status in a choice": (
        Json({"choices": [{"message": {"content": "half"}, "error": {"code": 503}}]}),
        ("server-error", "503", True, True),
    ),
    "a bad request": (Json({"error": {"code": 400}}), ("refused", "400", False, False)),
    "a context that is too long": (
        Json({"error": {"code": "context_length_exceeded"}}),
        ("refused", "an error (context_length_exceeded)", False, False),
    ),
    "an unknown code": (
        Json({"error": {"code": "lost"}, "choices": []}),
        ("refused", "an error (lost)", False, False),
    ),
    "a status of success": (Json({"error": {"code": 200}}), ("refused", "an error", False, False)),
    "a text": (Json({"error": "it did not work"}), ("refused", "an error", False, False)),
    "no code": (Json({"error": {"message": "no"}}), ("refused", "an error", False, False)),
    "an overload": (
        Json({"error": {"type": "overloaded_error"}}),
        ("server-error", "an error (overloaded_error)", True, True),
    ),
    "a limit of the rate": (
        Json({"error": {"code": "rate_limit_exceeded"}}),
        ("rate-limited", "an error (rate_limit_exceeded)", True, True),
    ),
    "a wrong key": (
        Json({"error": {"code": "invalid_api_key", "type": "invalid_request_error"}}),
        ("not-authorized", "an error (invalid_api_key)", False, True),
    ),
    "no money": (
        Json({"error": {"code": "insufficient_quota"}}),
        ("quota-exceeded", "an error (insufficient_quota)", False, True),
    ),
    "moderation": (
        Json({"error": {"code": 403, "metadata": {"reasons": ["violence"], "flagged_input": "x"}}}),
        ("refused", "403", False, False),
    ),
}


@pytest.mark.parametrize(("behaviour", "meaning"), ERRORS.values(), ids=ERRORS)
def test_an_error_in_place_of_an_answer_means_what_its_code_says(
    model: LanguageModel, behaviour: Body, meaning: tuple[str, str, bool, bool]
) -> None:
    model.will(behaviour)
    failed = failure(provider_of(model))
    message = failed.message.removeprefix("openai answered ")
    assert (failed.type, message, failed.retryable, failed.counts) == meaning
    assert failed.billable
