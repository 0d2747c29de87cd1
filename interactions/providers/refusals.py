"""What an error of an OpenAI-compatible endpoint means: for this request, for its retry, and for the provider.

https://platform.openai.com/docs/guides/error-codes, https://openrouter.ai/docs/api-reference/errors
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from interactions.providers.answers import members_of
from interactions.providers.base import Answer, ProviderFailed

_RETRYABLE = {408: "request-timeout", 409: "conflict", 429: "rate-limited"}
# A gateway has waited for the model in vain. Another call would wait as long.
_WAITED = {504, 524}
_CODE = re.compile(r"[a-z0-9_.-]{1,64}")
_STATUS = re.compile(r"[45][0-9]{2}")
# A code that has this many characters in a row of the key, or of a masked key, is not repeated.
_REVEALING = 6

# Parts of codes, in small letters without separators.
_REFUSED = (  # because of this request
    *("abovemaxlength", "contentfilter", "contentpolicy", "contextlength", "contextwindow", "datainspection"),
    *("flagged", "invalidprompt", "moderation", "modelnotfound", "policyviolation", "prohibitedcontent"),
    *("prompttoolong", "requesttoolarge", "safety", "toolong"),
)
_SPENT = (  # the account has no money or quota left: waiting does not help
    *("billing", "creditbalance", "creditlimit", "exceededcurrentquota", "insufficientbalance"),
    *("insufficientcredit", "insufficientquota", "paymentrequired", "quotaexceeded", "usagelimit"),
)
_UNAUTHORIZED = (
    *("accessdenied", "accountdeactivated", "apikey", "authentication", "permission", "unauthorized"),
    "unsupportedcountry",
)
_LIMITED = ("ratelimit", "resourceexhausted", "throttl", "toomanyrequests")
_FAILING = ("badgateway", "engine", "internal", "overloaded", "servererror", "timeout", "unavailable", "upstream")


def refusal_of(
    provider: str,
    status: int,
    error: Mapping[str, Any],
    *,
    told: str | None,
    retry_after: float | None,
    may_be_the_model: bool = False,
    billed: Answer | None = None,
) -> ProviderFailed:
    """The failure that an error means. `status` is 200 for an error in place of an answer.

    - `told`: the code that the message may repeat.
    - `may_be_the_model`: the caller chose a model that the settings do not name, so that a missing permission may be
      for this model alone.
    - `billed`: what the answer says about its tokens and cost. An error in place of an answer may have cost money.
    """
    is_answer = 200 <= status < 300
    codes = [re.sub("[^a-z0-9]", "", value.lower()) for value in _values(error) if isinstance(value, str)]
    what = str(status)
    if is_answer:
        named = _status_in(error)
        what = "an error" if named is None else str(named)
        status = named or _status_of(codes)
    message = f"{provider} answered {what}" + (f" ({told})" if told else "")
    more: dict[str, Any] = {"billable": is_answer or billed is not None, "billed": billed}
    if status == 402 or (_has(codes, _SPENT) and status != 401):
        # A provider can refuse with 402 what one request would cost at most.
        return ProviderFailed("quota-exceeded", message, counts=status != 402, **more)
    if status != 401 and (_has(codes, _REFUSED) or _is_moderation(error)):
        return ProviderFailed("refused", message, counts=False, **more)
    if status in _RETRYABLE or status >= 500:
        name = _RETRYABLE.get(status, "server-error")
        return ProviderFailed(name, message, retryable=status not in _WAITED, retry_after=retry_after, **more)
    if status == 401:
        return ProviderFailed("not-authorized", message, **more)
    if status == 403:
        # A firewall in front of the provider answers 403 too, because of words in the prompt.
        is_ours = _has(codes, _UNAUTHORIZED) and not may_be_the_model
        return ProviderFailed("not-authorized", message, counts=is_ours, **more)
    return ProviderFailed("refused", message, counts=False, **more)


def code_of(error: Mapping[str, Any], *, sent: bytes, key: str) -> str | None:
    """The first code that looks like one and repeats neither the request nor a part of the key, in any case."""
    for value in _values(error):
        if isinstance(value, str) and _CODE.fullmatch(value):
            if value.encode() not in sent.lower() and not reveals(value, key):
                return value
            return None
    return None


def reveals(text: str, key: str) -> bool:
    """Whether the text has the key, or a part of it, in capitals or small letters and with other separators."""
    told, secret = (re.sub("[^a-z0-9]", "", each.lower()) for each in (text, key))
    if not told or not secret:
        return False
    size = min(_REVEALING, len(told), len(secret))
    return any(told[at : at + size] in secret for at in range(len(told) - size + 1))


def _values(error: Mapping[str, Any]) -> Iterator[object]:
    """Where endpoints put codes: OpenAI, Azure, Gemini, OpenRouter."""
    for name in ("code", "type"):
        yield error.get(name)
    for name in ("innererror", "metadata"):
        inner = members_of(error.get(name))
        yield inner.get("code")
        yield inner.get("error_type")
    yield error.get("status")


def _has(codes: list[str], parts: tuple[str, ...]) -> bool:
    return any(part in code for code in codes for part in parts)


def _is_moderation(error: Mapping[str, Any]) -> bool:
    """Whether OpenRouter says which words it has refused."""
    metadata = members_of(error.get("metadata"))
    return "flagged_input" in metadata or isinstance(metadata.get("reasons"), list)


def _status_in(error: Mapping[str, Any]) -> int | None:
    """The HTTP status that the error names."""
    for name in ("code", "status", "status_code"):
        value = error.get(name)
        if isinstance(value, int | str) and not isinstance(value, bool) and _STATUS.fullmatch(str(value)):
            return int(value)
    return None


def _status_of(codes: list[str]) -> int:
    """The HTTP status for codes that are texts. Unknown ones refuse the request."""
    statuses = ((400, _REFUSED), (429, _SPENT), (403, _UNAUTHORIZED), (429, _LIMITED), (500, _FAILING))
    return next((status for status, parts in statuses if _has(codes, parts)), 400)
