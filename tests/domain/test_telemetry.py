"""An interaction as OpenTelemetry attributes, there and back, and the document that lists them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, fields, is_dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.domain.errors import Invalid
from interactions.domain.identifiers import interaction_id_at
from interactions.domain.interaction import USAGE_FIELDS, Attempt, CallError, Feedback, Interaction, Status, Usage
from interactions.domain.pricing import Cost
from interactions.domain.telemetry import attributes_of, interaction_of
from tests.domain.errors import wrong
from tests.strategies import NOW, interactions

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "opentelemetry.md"
# Every field has a value.
FULL = Interaction(
    interaction_id=interaction_id_at(NOW, entropy=bytes(8)),
    user_id="ana",
    conversation_id="moon",
    status=Status.FAILED,
    prompt="How far is the moon?",
    response="384 400",
    provider="aws.bedrock",
    model="acme-1-2026",
    requested_model="acme-1",
    usage=Usage(**{name: n for n, name in enumerate(USAGE_FIELDS, start=1)}),
    cost=Cost(nano_usd=12_500_000, source="price-table", price_id="acme-1@2026-01-01"),
    latency_ms=812,
    finish_reason="length",
    response_id="chatcmpl-42",
    context_turns=2,
    error=CallError(type="timeout", message="no answer within 20 s"),
    trace_id="0af7651916cd43dd8448eb211c80319c",
    metadata={"app": "web"},
    feedback=Feedback(score=1, at=NOW, label="useful", comment="Quick."),
    cached=True,
    attempts=(Attempt(provider="openai", error_type="server-error", latency_ms=None),),
    redaction={"cpf": 2},
    updated_at=NOW,
    version=3,
    content_expires_at=NOW + timedelta(days=1),
    expires_at=NOW + timedelta(days=2),
)


def rows() -> Iterator[tuple[str, str, str]]:
    """Field, attribute and whose name it is, of the document's table."""
    for line in DOCUMENT.read_text().splitlines():
        if line.startswith("| ") and not line.startswith(("| field", "| ---")):
            field, attribute, name = (cell.strip().strip("`") for cell in line.split("|")[1:4])
            yield field, attribute, name


ROWS = [*rows()]
TABLE_ATTRIBUTES = {attribute for _, attribute, _ in ROWS}


def read(attributes: dict[str, Any]) -> Interaction:
    return interaction_of(attributes, now=NOW)


def with_(**changes: Any) -> dict[str, Any]:
    """The attributes of FULL but for some; None leaves one out."""
    changed = attributes_of(FULL) | {name.replace("__", "."): value for name, value in changes.items()}
    return {name: value for name, value in changed.items() if value is not None}


def message(role: str, *texts: str) -> dict[str, Any]:
    return {"role": role, "parts": [{"type": "text", "content": text} for text in texts]}


@given(interactions())
def test_what_was_written_is_read_back_as_it_was_from_attributes_that_the_table_has(interaction: Interaction) -> None:
    attributes = attributes_of(interaction)
    assert read(attributes) == interaction
    assert names_in(attributes) <= TABLE_ATTRIBUTES
    assert all(isinstance(value, str | bool | int | float | list) for value in attributes.values())


def test_the_names_are_those_of_the_conventions_where_they_have_one() -> None:
    attributes = attributes_of(replace(FULL, provider="bedrock"))
    assert attributes["gen_ai.provider.name"] == "aws.bedrock"
    assert attributes["error.type"] == "timeout"
    assert attributes["gen_ai.evaluation.score.value"] == 1.0
    assert isinstance(attributes["gen_ai.evaluation.score.value"], float)
    assert attributes["interactions.cost.nano_usd"] == 12_500_000
    assert attributes["gen_ai.response.finish_reasons"] == ["length"]
    assert attributes["gen_ai.response.id"] == "chatcmpl-42"
    assert json.loads(str(attributes["gen_ai.input.messages"])) == [message("user", "How far is the moon?")]
    assert json.loads(str(attributes["gen_ai.output.messages"])) == [message("assistant", "384 400")]


def test_what_an_interaction_lacks_has_no_attribute() -> None:
    bare = Interaction(
        interaction_id=FULL.interaction_id, user_id="ana", status=Status.PENDING, prompt="Hi", updated_at=NOW
    )
    assert attributes_of(bare).keys() == {
        "gen_ai.operation.name",
        "gen_ai.input.messages",
        "user.id",
        *(f"interactions.{name}" for name in ("interaction_id", "status", "cached", "updated_at", "version")),
    }


@pytest.mark.parametrize(
    ("provider", "well_known"),
    [
        ("openai", "openai"),
        ("echo", "echo"),
        ("bedrock", "aws.bedrock"),
        ("gemini", "gcp.gemini"),
        ("aws.bedrock", "aws.bedrock"),
        ("x_ai", "x_ai"),
    ],
)
def test_a_provider_keeps_its_name_whatever_it_is_called_by_others(provider: str, well_known: str) -> None:
    attributes = attributes_of(replace(FULL, provider=provider))
    assert attributes["gen_ai.provider.name"] == well_known
    assert read(attributes).provider == provider


def test_a_well_known_provider_of_others_is_called_as_we_call_it() -> None:
    assert read(with_(gen_ai__provider__name="aws.bedrock", interactions__provider=None)).provider == "bedrock"


def test_messages_and_attempts_may_be_structured() -> None:
    attributes = with_(
        gen_ai__input__messages=[message("user", "How far is ", "the moon?")],
        gen_ai__output__messages=[message("assistant", "384 400") | {"finish_reason": "stop"}],
        interactions__attempts=[asdict(attempt) for attempt in FULL.attempts],
    )
    assert read(attributes) == FULL


def test_the_last_message_of_a_history_is_the_prompt() -> None:
    history = [message("system", "Be brief."), message("user", "Hi"), message("assistant", "Hello")]
    assert read(with_(gen_ai__input__messages=[*history, message("user", "And the sun?")])).prompt == "And the sun?"


def test_the_former_name_of_an_attribute_is_read_unless_the_present_one_is_there() -> None:
    former, present = "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_write.input_tokens"
    assert read(with_(**{former: 7, present: None})).usage.cache_creation_input_tokens == 7
    assert read(with_(**{former: 7, present: 8})).usage.cache_creation_input_tokens == 8


def test_attributes_about_something_else_are_passed_over() -> None:
    assert read(with_(**{"server.address": "example.org", "gen_ai.request.temperature": 0.5})) == FULL


def test_texts_that_have_expired_need_not_be_there() -> None:
    gone = replace(FULL, prompt=None, response=None, content_expires_at=NOW)
    assert read(attributes_of(gone)) == gone


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"interactions.interaction_id": None}, {"interactions.interaction_id": "required"}),
        ({"interactions.interaction_id": "7"}, {"interactions.interaction_id": "uuid7"}),
        ({"user.id": None}, {"user.id": "required"}),
        (
            {"gen_ai.response.model": "", "gen_ai.conversation.id": "a b"},
            {"gen_ai.response.model": "too-short", "gen_ai.conversation.id": "pattern"},
        ),
        ({"interactions.status": "done"}, {"interactions.status": "choice", "error.type": "forbidden"}),
        ({"interactions.status": "completed"}, {"error.type": "forbidden"}),
        ({"error.type": None, "interactions.error.message": None}, {"error.type": "required"}),
        ({"error.type": None}, {"error.type": "required"}),
        ({"gen_ai.operation.name": "embeddings"}, {"gen_ai.operation.name": "choice"}),
        ({"gen_ai.evaluation.name": "Relevance"}, {"gen_ai.evaluation.name": "choice"}),
        ({"gen_ai.evaluation.score.value": 0.5}, {"gen_ai.evaluation.score.value": "type"}),
        ({"interactions.feedback.at": None}, {"interactions.feedback.at": "required"}),
        ({"gen_ai.usage.input_tokens": -1}, {"gen_ai.usage.input_tokens": "range"}),
        ({"gen_ai.usage.cache_write.input_tokens": "1"}, {"gen_ai.usage.cache_write.input_tokens": "type"}),
        ({"interactions.cost.nano_usd": None}, {"interactions.cost.nano_usd": "required"}),
        ({"interactions.cost.nano_usd": "0.1"}, {"interactions.cost.nano_usd": "type"}),
        ({"interactions.cost.nano_usd": 10**15}, {"interactions.cost.nano_usd": "range"}),
        ({"interactions.cost.source": "guess"}, {"interactions.cost.source": "choice"}),
        ({"interactions.provider": "", "gen_ai.provider.name": "openai"}, {"interactions.provider": "too-short"}),
        ({"interactions.provider": None, "gen_ai.provider.name": ["a"]}, {"gen_ai.provider.name": "type"}),
        ({"interactions.metadata.n": 1}, {"interactions.metadata.n": "type"}),
        ({f"interactions.metadata.{n}": "" for n in range(17)}, {"interactions.metadata": "too-many"}),
        ({"interactions.metadata.a/b": 1}, {"interactions.metadata.a~1b": "type"}),
        ({"interactions.redaction.cpf": -1}, {"interactions.redaction.cpf": "range"}),
        ({"interactions.attempts": "[{}]"}, {"interactions.attempts/0/provider": "required"}),
        ({"interactions.attempts": "["}, {"interactions.attempts": "json"}),
        ({"interactions.attempts": "{}"}, {"interactions.attempts": "type"}),
        ({"interactions.colour": "blue"}, {"interactions.colour": "unknown"}),
        ({"interactions.metadata": "web"}, {"interactions.metadata": "unknown"}),
        ({"gen_ai.input.messages": None}, {"gen_ai.input.messages": "required"}),
        ({"gen_ai.input.messages": "[]"}, {"gen_ai.input.messages": "required"}),
        ({"gen_ai.input.messages": "Hi"}, {"gen_ai.input.messages": "json"}),
        ({"gen_ai.input.messages": "[\ud800"}, {"gen_ai.input.messages": "json"}),
        ({"gen_ai.input.messages": '"Hi"'}, {"gen_ai.input.messages": "type"}),
        ({"gen_ai.input.messages": [message("user")]}, {"gen_ai.input.messages": "too-short"}),
        ({"gen_ai.input.messages": [message("tool", "x")]}, {"gen_ai.input.messages/0/role": "choice"}),
        ({"gen_ai.input.messages": [{"role": "user"}]}, {"gen_ai.input.messages/0/parts": "required"}),
        (
            {"gen_ai.input.messages": [{"role": "user", "parts": [{"type": "uri"}, {"type": "text", "content": 7}]}]},
            {
                "gen_ai.input.messages/0/parts/0/type": "choice",
                "gen_ai.input.messages/0/parts/1/content": "type",
            },
        ),
        (
            {"gen_ai.output.messages": [message("assistant", "One"), message("assistant", "Two")]},
            {"gen_ai.output.messages": "type"},
        ),
        (
            {"gen_ai.output.messages": "?", "interactions.status": "completed", "interactions.version": 0}
            | {"error.type": None, "interactions.error.message": None},
            {"gen_ai.output.messages": "json", "interactions.version": "range"},
        ),
    ],
)
def test_each_attribute_that_is_wrong_is_named(changes: dict[str, Any], errors: dict[str, str]) -> None:
    assert wrong(lambda: read(with_(**changes))) == {f"#/{name}": code for name, code in errors.items()}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=3,
)


@given(st.dictionaries(st.sampled_from(sorted(attributes_of(FULL))) | st.text(max_size=3), VALUES, max_size=5))
def test_any_attributes_are_read_or_refused_by_their_names(changes: dict[str, Any]) -> None:
    attributes: dict[str, Any] = attributes_of(FULL) | changes
    try:
        read(attributes)
    except Invalid as refused:
        for error in refused.errors:
            assert any(error.pointer.startswith(f"#/{name}") for name in attributes if name), error


def leaves(value: Any, prefix: str = "") -> Iterator[str]:
    """The names of all fields, those of the objects inside included."""
    for each in fields(value):
        inner = getattr(value, each.name)
        if is_dataclass(inner):
            yield from leaves(inner, f"{prefix}{each.name}.")
        else:
            yield prefix + each.name


def names_in(attributes: dict[str, Any]) -> set[str]:
    return {re.sub(r"^(interactions\.(metadata|redaction))\..+", r"\1.*", name, flags=re.DOTALL) for name in attributes}


def changed(value: Any, field: str) -> Any:
    """The object with another value of that field, or of one inside it."""
    outer, _, inner = field.partition(".")
    before = getattr(value, outer)
    return replace(value, **{outer: changed(before, inner) if inner else another(before)})


def another(value: object) -> object:
    match value:
        case Status():
            return Status.COMPLETED
        case str():
            return value + "x"
        case datetime():
            return value + timedelta(microseconds=1)
        case Feedback():
            return None
    return type(value)()  # nought, False, nothing


def test_the_table_has_every_field_and_every_attribute() -> None:
    assert len(ROWS) == len(set(ROWS))
    assert {field for field, _, _ in ROWS} == {"—", "feedback", *leaves(FULL)}
    assert names_in(attributes_of(FULL)) == TABLE_ATTRIBUTES


@pytest.mark.parametrize("field", sorted({field for field, _, _ in ROWS} - {"—"}))
def test_a_field_is_in_the_attributes_that_the_table_says(field: str) -> None:
    before, after = attributes_of(FULL), attributes_of(changed(FULL, field))
    differing = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    told = {attribute for each, attribute, _ in ROWS if each == field or each.startswith(f"{field}.")}
    assert names_in(dict.fromkeys(differing)) == told


def test_the_table_tells_the_names_of_the_conventions_from_our_own() -> None:
    for _, attribute, name in ROWS:
        assert name == ("own" if attribute.startswith("interactions.") else "convention"), attribute
