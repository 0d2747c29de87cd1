"""Which paths the firewall takes for a text's."""

from __future__ import annotations

import posixpath
import string
from typing import Any
from urllib.parse import quote, unquote

import pytest
from django.urls import resolve
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.infra.firewall.acl import WebACL
from tests.infra.firewall.request import Request
from tests.infra.firewall.routes import Operation, operations, text_operations
from tests.infra.firewall.statements import kind_of
from tests.infra.firewall.transformations import normalize_path
from tests.infra.planned import planned
from tests.strategies import interaction_ids, names

STAGE = "prod"
LIKE_AN_ATTACK = b'{"prompt": "<script>alert(1)</script>"}'


def templates(those: list[Operation]) -> list[tuple[str, ...]]:
    return sorted({tuple(operation.template.strip("/").split("/")) for operation in those})


OF_TEXTS, OF_ALL = templates(text_operations()), templates(operations())

WORDS = [STAGE, "v1", "V1", "bulk", "chat", "conversations", "export", "feedback", "interactions", "session", "users"]
DETOURS = ["", ".", "..", "..;", "%2e%2e", "..%2F", "a;b=c", "feedback%2f"]
SEGMENTS = st.sampled_from(WORDS + DETOURS) | st.text(
    string.ascii_letters + string.digits + "-._~!$&'()*+,;=:@%", min_size=1, max_size=5
)
SEPARATORS = st.sampled_from(["/"] * 12 + ["//", "/./", "/x/../", "%2F", "/..%2F"])


@st.composite
def paths(draw: st.DrawFn) -> str:
    """An operation's path, as it is or with a segment more, less or another, and with detours."""
    template = draw(st.sampled_from(OF_TEXTS) | st.sampled_from(OF_ALL))
    segments = [draw(SEGMENTS) if segment.startswith("{") else segment for segment in template]
    if draw(st.booleans()):
        segments.insert(0, STAGE)
    if draw(st.booleans()):
        at = draw(st.integers(0, len(segments)))
        segments[at : at + draw(st.integers(0, 1))] = draw(st.lists(SEGMENTS, max_size=2))
    return "/" + "".join(segment + draw(SEPARATORS) for segment in segments).removesuffix(draw(st.sampled_from("/ ")))


@pytest.fixture(scope="module")
def firewall(plan: dict[str, Any]) -> WebACL:
    assert planned(plan, "aws_api_gateway_stage.main")["stage_name"] == STAGE
    return WebACL(planned(plan, "aws_wafv2_web_acl.main"))


def is_text(firewall: WebACL, path: str) -> bool:
    """Whether a body that looks like an attack passes there."""
    return firewall.evaluate(Request("POST", path, LIKE_AN_ATTACK)).action == "ALLOW"


@settings(max_examples=200)
@given(path=paths())
def test_the_paths_of_texts_are_those_described_at_the_stage_or_without(firewall: WebACL, path: str) -> None:
    # Some paths look like attacks themselves.
    assume(firewall.evaluate(Request("POST", path)).action == "ALLOW")
    segments = posixpath.normpath("/" + unquote(path).lstrip("/")).strip("/").split("/")
    without_stage = segments[1:] if segments[0] == STAGE else segments
    assert is_text(firewall, path) == any(
        len(without_stage) == len(template)
        and all(
            wanted == given or wanted.startswith("{") for wanted, given in zip(template, without_stage, strict=True)
        )
        for template in OF_TEXTS
    )


@settings(max_examples=200)
@given(path=paths())
def test_what_passes_for_a_text_reaches_what_takes_texts_or_nothing(firewall: WebACL, path: str) -> None:
    """The service decodes a path once, and the gateway may have before, and may go back over `..` as WAF does."""
    served = path.removeprefix(f"/{STAGE}")
    once = unquote(served)
    readings = (once, unquote(once), posixpath.normpath(once)) if is_text(firewall, path) else ()
    for reading in readings:
        found = resolve(reading if reading.startswith("/") else f"/{reading}")
        assert found.func is resolve("/nowhere").func or found.route in text_routes(), reading


def text_routes() -> set[str]:
    found = [resolve(operation.path) for operation in text_operations()]
    return {each.route for each in found if each.func is not resolve("/nowhere").func}


@given(conversation_id=names(), interaction_id=interaction_ids(), stage=st.sampled_from(["", f"/{STAGE}"]))
def test_ids_of_every_spelling_are_in_the_paths_of_texts(
    firewall: WebACL, conversation_id: str, interaction_id: str, stage: str
) -> None:
    # These two name no conversation in a URL: every client takes them out of a path.
    assume(conversation_id not in {".", ".."})
    for path in (
        f"/v1/conversations/{conversation_id}",
        f"/v1/conversations/{quote(conversation_id, safe='')}",
        f"/v1/interactions/{interaction_id}",
        f"/v1/interactions/{interaction_id.upper()}/feedback",
    ):
        assert is_text(firewall, stage + path)


@pytest.mark.parametrize(
    ("path", "is_a_texts"),
    [
        # WAF goes back over a segment. The service does not, and has nothing at that path; were the gateway to, it
        # would arrive where texts are.
        ("/prod/v1/session/../interactions", True),
        ("/prod/v1/./interactions//bulk", True),
        ("//v1//chat//", True),
        # And where it goes back to something else, it is that.
        ("/prod/v1/interactions/../session", False),
        ("/prod/v1/conversations/..", False),
        ("/prod/v1/interactions/a/../../session", False),
        ("/v1/conversations/a/../b", True),
        # Parameters are part of their segment.
        ("/v1/interactions;jsessionid=1", False),
        ("/v1/interactions/a;b=c", True),
        ("/v1/interactions/a/feedback;b=c", False),
        # A stage is one's own, once, at the front.
        ("/prod/prod/v1/chat", False),
        ("/v1/prod/chat", False),
        ("/Prod/v1/chat", False),
    ],
)
def test_a_path_is_read_without_its_detours(firewall: WebACL, path: str, is_a_texts: bool) -> None:
    assert is_text(firewall, path) == is_a_texts


@pytest.mark.parametrize(
    ("path", "normal"),
    [
        ("/v1//chat", "/v1/chat"),
        ("/v1/chat//", "/v1/chat/"),
        ("/v1/./chat/.", "/v1/chat"),
        ("/v1/x/../chat", "/v1/chat"),
        ("/v1/x/y/../../chat/", "/v1/chat/"),
        ("/../../v1", "/v1"),
        ("/v1/..", "/"),
        ("../v1/../x/", "../x/"),
        ("/v1/%2e%2e/chat", "/v1/%2e%2e/chat"),
        ("/v1/..;/chat", "/v1/..;/chat"),
    ],
)
def test_normalising_takes_out_detours_and_leaves_escapes(path: str, normal: str) -> None:
    assert normalize_path(path) == normal


def test_the_pattern_is_within_what_waf_takes(firewall: WebACL) -> None:
    """At most 200 characters, says its page of quotas; at most 512, says its API."""
    patterns = []
    for rule in firewall.rules:
        kind, settings = kind_of(rule["statement"][0])
        if kind == "and_statement":
            negated = settings["statement"][1]["not_statement"][0]["statement"][0]
            patterns.append(negated["regex_match_statement"][0]["regex_string"])
    [pattern] = patterns
    assert len(pattern) + len("an-environment-1") - len(STAGE) <= 200
    # Not supported: references back, atomic groups, possessive quantifiers, conditions.
    assert not any(refused in pattern for refused in ("\\1", "(?>", "(?(", "*+", "++", "?+"))
