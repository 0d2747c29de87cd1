"""An interaction as JSON, there and back."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from interactions.domain.document import NOT_IN_SUMMARIES, to_document
from interactions.domain.identifiers import interaction_id_at
from interactions.domain.interaction import Interaction, Status
from interactions.domain.parsing import parse_stored
from tests.domain.errors import wrong
from tests.strategies import NOW, interactions

INTERACTION = Interaction(
    interaction_id=interaction_id_at(NOW, entropy=bytes(8)),
    user_id="ana",
    status=Status.COMPLETED,
    prompt="How far is the moon?",
    response="384 400 km",
    updated_at=NOW,
)


def stored(**changes: Any) -> Interaction:
    return parse_stored(to_document(INTERACTION) | changes, user_id=None, now=NOW)


@given(interactions())
def test_what_was_written_is_read_back_as_it_was(interaction: Interaction) -> None:
    document = json.loads(json.dumps(to_document(interaction)))
    assert parse_stored(document, user_id=None, now=NOW) == interaction


@given(interactions())
def test_a_document_has_every_field_whatever_is_null(interaction: Interaction) -> None:
    names = {f.name for f in fields(Interaction)} | {"created_at"}
    assert to_document(interaction).keys() == names
    assert to_document(interaction, "summary").keys() == names - {*NOT_IN_SUMMARIES}


@given(interactions())
def test_a_summary_says_the_same_as_the_whole_but_for_the_texts(interaction: Interaction) -> None:
    whole = to_document(interaction)
    assert to_document(interaction, "summary") == {k: v for k, v in whole.items() if k not in NOT_IN_SUMMARIES}


def test_what_another_writer_left_out_takes_its_default() -> None:
    created_at = "2026-03-10T11:59:00.125Z"
    parsed = parse_stored({"prompt": "Hi", "created_at": created_at}, user_id="ana", now=NOW)
    assert parsed == Interaction(
        interaction_id=parsed.interaction_id,
        user_id="ana",
        status=Status.PENDING,
        prompt="Hi",
        updated_at=NOW - timedelta(seconds=59, milliseconds=875),
    )
    assert parsed.created_at == parsed.updated_at


def test_the_named_owner_goes_before_the_given_one() -> None:
    assert parse_stored(to_document(INTERACTION), user_id="bia", now=NOW).user_id == "ana"


def test_the_owner_has_to_come_from_somewhere() -> None:
    document = to_document(INTERACTION) | {"user_id": None}
    assert wrong(lambda: parse_stored(document, user_id=None, now=NOW)) == {"#/user_id": "required"}


def test_the_id_or_the_time_has_to_be_given() -> None:
    assert wrong(lambda: parse_stored({"prompt": "Hi"}, user_id="ana", now=NOW)) == {"#/interaction_id": "required"}


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"version": 0}, {"#/version": "range"}),
        ({"feedback": {"score": 1}}, {"#/feedback/at": "required"}),
        ({"feedback": {"score": 2, "at": "2026-01-01T00:00:00Z"}}, {"#/feedback/score": "range"}),
        ({"attempts": [{"provider": "p"}, {"error_type": "timeout"}]}, {"#/attempts/1/provider": "required"}),
        ({"attempts": [{"provider": "p"}] * 33}, {"#/attempts": "type"}),
        ({"redaction": {"cpf": -1}}, {"#/redaction/cpf": "range"}),
        ({"redaction": []}, {"#/redaction": "type"}),
        ({"redaction": {f"kind-{n}": 1 for n in range(33)}}, {"#/redaction": "too-many"}),
        ({"redaction": {"k" * 65: 1}}, {"#/redaction": "too-many"}),
        ({"redaction": {"": 1, "cpf": 1}}, {"#/redaction/": "key-too-short"}),
        ({"redaction": {"a\0": 1}}, {"#/redaction/a%00": "key-nul"}),
        ({"cached": "yes"}, {"#/cached": "type"}),
        ({"updated_at": "yesterday"}, {"#/updated_at": "date-time"}),
        ({"prompt": None}, {"#/prompt": "required"}),
        (
            {"prompt": None, "response": None, "content_expires_at": "2026-03-10T12:00:00.000001Z"},
            {"#/prompt": "required"},
        ),
        ({"colour": "blue"}, {"#/colour": "unknown"}),
        ({"created_at": "2026-03-10T12:00:00.001Z"}, {"#/created_at": "mismatch"}),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, Any], errors: dict[str, str]) -> None:
    assert wrong(lambda: stored(**changes)) == errors


def test_texts_that_have_expired_need_not_be_there() -> None:
    parsed = stored(prompt=None, response=None, content_expires_at="2026-03-10T12:00:00Z")
    assert parsed == replace(INTERACTION, prompt=None, response=None, content_expires_at=NOW)
