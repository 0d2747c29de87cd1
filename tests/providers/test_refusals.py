"""What an error means: for the retry of the request, and for the provider's circuit breaker."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.providers.base import Message
from interactions.providers.refusals import reveals
from tests.providers.asking import KEY, PROMPT, ask, failure, provider_of
from tests.providers.behaviours import Answer, Body, Json
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


OPENROUTER = {"code": 403, "message": "flagged", "metadata": {"reasons": ["violence"], "flagged_input": "x"}}
AZURE = {"code": "content_filter", "innererror": {"code": "ResponsibleAIPolicyViolation"}}
# Errors with a status of their own: status, error, type, retryable, counts.
REFUSALS: dict[str, tuple[int, object, tuple[str, bool, bool]]] = {
    "moderation of OpenRouter": (403, OPENROUTER, ("refused", False, False)),
    "a policy about contents": (403, {"code": "content_policy_violation"}, ("refused", False, False)),
    "a filter of contents": (403, {"type": "content_filter"}, ("refused", False, False)),
    "the filter of Azure": (400, AZURE, ("refused", False, False)),
    "a model that the key may not use": (403, {"code": "model_not_found"}, ("refused", False, False)),
    "a firewall's page": (403, None, ("not-authorized", False, False)),
    "an unknown code": (403, {"code": "some_code"}, ("not-authorized", False, False)),
    "a key that may not ask": (403, {"status": "PERMISSION_DENIED", "code": 403}, ("not-authorized", False, True)),
    "a country": (403, {"code": "unsupported_country_region_territory"}, ("not-authorized", False, True)),
    "a wrong key": (401, {"code": "invalid_api_key", "type": "invalid_request_error"}, ("not-authorized", False, True)),
    "no words about the key": (401, None, ("not-authorized", False, True)),
    "a prompt that is too long for Ollama": (500, {"code": "context_length_exceeded"}, ("refused", False, False)),
    "a prompt that is too long": (413, {"code": "request_too_large"}, ("refused", False, False)),
    "a spent quota": (429, {"code": "insufficient_quota"}, ("quota-exceeded", False, True)),
    "a spent quota by its type": (429, {"type": "insufficient_quota", "code": None}, ("quota-exceeded", False, True)),
    "a spent quota of Moonshot": (429, {"type": "exceeded_current_quota_error"}, ("quota-exceeded", False, True)),
    "a hard limit": (400, {"code": "billing_hard_limit_reached"}, ("quota-exceeded", False, True)),
    "an account without money": (403, {"type": "insufficient_balance"}, ("quota-exceeded", False, True)),
    "no money": (402, {"message": "Insufficient Balance"}, ("quota-exceeded", False, False)),
    "a limit of the rate": (429, {"code": "rate_limit_exceeded"}, ("rate-limited", True, True)),
    "a limit of the rate of Gemini": (429, {"code": 429, "status": "RESOURCE_EXHAUSTED"}, ("rate-limited", True, True)),
    "a balancer of loads": (500, {"code": "load_balancer_error"}, ("server-error", True, True)),
    "a gateway that has waited": (504, None, ("server-error", False, True)),
}


def status_of(status: int, error: object) -> Body:
    if error is None:
        return Body(b"<html>Forbidden</html>", "text/html", status)
    return Body(Json({"error": error}).body, status=status)


@pytest.mark.parametrize(("status", "error", "meaning"), REFUSALS.values(), ids=REFUSALS)
def test_an_error_means_what_its_status_and_its_codes_say(
    model: LanguageModel, status: int, error: object, meaning: tuple[str, bool, bool]
) -> None:
    model.will(status_of(status, error))
    failed = failure(provider_of(model))
    assert (failed.type, failed.retryable, failed.counts) == meaning
    assert failed.message.startswith(f"openai answered {status}")
    assert not failed.billable


def test_a_model_that_the_caller_chose_may_be_denied_without_harm_to_others(model: LanguageModel) -> None:
    denied = status_of(403, {"code": "permission_denied"})
    for asked, counts in (("a-model", True), ("another", True), ("chosen", False)):
        model.will(denied)
        assert failure(provider_of(model, models=("another",)), model=asked).counts is counts


CODES = {
    "in capitals": KEY.upper(),
    "in small letters": KEY.lower(),
    "without its separators": KEY.replace("-", ""),
    "with other separators": KEY.replace("-", "_"),
    "within more": f"invalid_{KEY}",
    "its end": KEY[-8:],
    "its end within more": f"bad_key_{KEY[-6:]}",
    "its beginning": KEY[:9],
    "all but its end": f"{KEY[:-4]}____",
    "the prompt": PROMPT,
}


@pytest.mark.parametrize("code", CODES.values(), ids=CODES)
@pytest.mark.parametrize("is_error", [True, False])
def test_a_code_that_repeats_what_was_sent_is_not_told(model: LanguageModel, code: str, is_error: bool) -> None:
    """A key that has capitals, so that a code in small letters is another text."""
    error = {"code": code, "type": code, "innererror": {"code": code}, "status": code}
    model.will(status_of(400, error) if is_error else Json({"error": error}))
    failed = failure(provider_of(model, key="SK-4f9D-A-Secret"))
    assert failed.message == ("openai answered 400" if is_error else "openai answered an error")


def test_a_prompt_in_capitals_is_not_told_in_small_letters(model: LanguageModel) -> None:
    model.will(status_of(400, {"code": PROMPT}))
    message = failure(provider_of(model), messages=[Message("user", PROMPT.upper())]).message
    assert message == "openai answered 400"


def test_labels_that_repeat_the_key_are_left_out(model: LanguageModel) -> None:
    said = {"id": KEY.upper(), "service_tier": f"tier-{KEY[-8:]}", "model": KEY}
    model.will(Answer(finish_reason=KEY[3:], said=said))
    answer = ask(provider_of(model))
    assert (answer.model, answer.response_id, answer.service_tier, answer.finish_reason) == (
        "a-model",
        None,
        None,
        None,
    )
    model.will(Answer("", finish_reason=KEY[3:], said=said))
    billed = failure(provider_of(model)).billed
    assert billed is not None
    assert (billed.model, billed.response_id, billed.service_tier, billed.finish_reason) == (
        "a-model",
        None,
        None,
        None,
    )


@given(st.text(alphabet="abcXYZ019-_", min_size=6, max_size=30), st.text(max_size=8), st.text(max_size=8))
def test_a_text_with_the_key_in_it_always_reveals_it(key: str, before: str, after: str) -> None:
    if any(each.isalnum() for each in key):
        assert reveals(before + key.swapcase() + after, key)
