"""Read the options of an endpoint that speaks OpenAI's chat completions: its URL, its key, and its differences."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from interactions.domain.fields import Fields
from interactions.providers.configuration import NAME_PATTERN, OPENAI, OPENAI_KEY, Pairs
from interactions.providers.hosts import known_provider

# The place of the secret in the value of a header.
KEY_PLACE = "{key}"
# Members that the request can use for the token limit. `none`: the request has no limit.
LIMIT_FIELDS = ("max_tokens", "max_completion_tokens", "none")
MAX_EXTRAS = 8
MAX_EXTRA_VALUE = 500

# Compiled at their first use: a cold start need not wait for what no entry has.
_URL = r"""[!"$->@-~]+"""  # ASCII without spaces, queries, fragments
_HEADER_NAME = r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}"
_HEADER_VALUE = r"[!-~]([ -~]*[!-~])?"
_QUERY_NAME = r"[A-Za-z0-9._~$-]{1,64}"
_QUERY_VALUE = r"[ -~]+"
_SECRET_NAME = r"(?i:.*(authorization|cookie|key|password|secret|token))"  # noqa: S105  a pattern
# The HTTP client sets these.
_OWN_HEADERS = {
    *("accept", "accept-encoding", "connection", "content-encoding", "content-length", "content-type", "expect"),
    *("host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "user-agent"),
}


def read_endpoint(given: Fields) -> dict[str, Any]:
    """The fields of `ProviderConfig` that an entry of the kind `openai` has besides those of every kind."""
    base_url = given.text("base_url", max_length=500) or OPENAI
    key = given.text("key", max_length=62, pattern=NAME_PATTERN)
    if key is None and base_url.rstrip("/") == OPENAI:  # other endpoints may need no key
        key = OPENAI_KEY
    if problem := _url_problem(base_url):
        given.error("base_url", "url", problem)
    limit_field = given.choice("limit_field", LIMIT_FIELDS)
    sends_stream = given.boolean("send_stream")
    return {
        "base_url": base_url,
        "key": key,
        "limit_field": limit_field or default_limit_field(base_url),
        "query": _pairs(given, "query", _query_problem),
        "headers": _headers(given, key),
        "send_stream": sends_stream is not False,
    }


def default_limit_field(base_url: str) -> str:
    return "max_completion_tokens" if known_provider(base_url) == "openai" else "max_tokens"


def _headers(given: Fields, key: str | None) -> Pairs:
    headers = _pairs(given, "headers", _header_problem)
    names = [name.lower() for name, _ in headers]
    if len(set(names)) < len(names):
        given.error("headers", "duplicate", "names a header twice")
    if key is None and any(KEY_PLACE in value for _, value in headers):
        given.error("headers", "key", f"has the place of a secret, {KEY_PLACE}, but `key` names no secret")
    return tuple((name.lower(), value) for name, value in headers)


def _pairs(given: Fields, name: str, problem_of: Callable[[str, str], str | None]) -> Pairs:
    members = given.members(name)
    if len(members) > MAX_EXTRAS:
        given.error(name, "too-many", f"has {len(members)} members; {MAX_EXTRAS} are allowed")
        return ()
    found = []
    for each, value in members.items():
        if not isinstance(value, str) or len(value) > MAX_EXTRA_VALUE:
            given.error(name, "value", f"{each[:64]!r} must be a text of at most {MAX_EXTRA_VALUE} characters")
        elif problem := problem_of(each, value):
            given.error(name, "value", f"{each[:64]!r} {problem}")
        else:
            found.append((each, value))
    return tuple(found)


def _header_problem(name: str, value: str) -> str | None:
    if not re.fullmatch(_HEADER_NAME, name):
        return "is not the name of a header"
    if name.lower() in _OWN_HEADERS:
        return "is set by the service"
    if not re.fullmatch(_HEADER_VALUE, value):
        return "must have a value of ASCII characters without a line break or a space at its ends"
    if re.fullmatch(_SECRET_NAME, name) and KEY_PLACE not in value:
        return f"looks like a secret: name the secret by `key`, and write {KEY_PLACE} in its place"
    return None


def _query_problem(name: str, value: str) -> str | None:
    if not re.fullmatch(_QUERY_NAME, name):
        return "is not the name of a parameter"
    if not re.fullmatch(_QUERY_VALUE, value):
        return "must have a value of ASCII characters"
    if re.fullmatch(_SECRET_NAME, name) or KEY_PLACE in value:
        return "looks like a secret, which belongs into a header: URLs are logged on their way"
    return None


def _url_problem(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole or not re.fullmatch(_URL, url) or parts.username is not None:
        return "must be the URL before /chat/completions, as https://api.openai.com/v1; give parameters as `query`"
    return None
