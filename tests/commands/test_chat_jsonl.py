"""Which exchanges a chat line holds, and which lines hold none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.domain.chat_jsonl import Exchange, read_chat
from interactions.domain.errors import Invalid

SYSTEM = {"role": "system", "content": "Be brief."}
CALL: dict[str, Any] = {
    "role": "assistant",
    "content": None,
    "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
}
RESULT = {"role": "tool", "tool_call_id": "1", "content": "21"}


def user(content: object) -> dict[str, object]:
    return {"role": "user", "content": content}


def assistant(content: object, **members: object) -> dict[str, object]:
    return {"role": "assistant", "content": content, **members}


def exchanges(*messages: object) -> list[tuple[str, str]]:
    chat = read_chat({"model": "m", "messages": [*messages]})
    return [(exchange.prompt, exchange.response) for exchange in chat.exchanges]


def complaints(document: dict[str, Any]) -> set[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        read_chat(document)
    return {(error.pointer, error.code) for error in caught.value.errors}


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=20)


@st.composite
def contents(draw: st.DrawFn, text: str) -> object:
    """One of the ways to write the text: whole, or cut into parts anywhere."""
    if draw(st.booleans()):
        return text
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=3)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return [{"type": "text", "text": piece} for piece in pieces]


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=5), st.data())
def test_the_pairs_come_back_in_order_however_they_are_written(
    pairs: list[tuple[str, str]], data: st.DataObject
) -> None:
    messages: list[object] = []
    instructions = 0
    for prompt, response in pairs:
        if data.draw(st.booleans()):
            messages.append({"role": data.draw(st.sampled_from(["system", "developer"])), "content": "…"})
            instructions += 1
        messages.append(user(data.draw(contents(prompt))))
        messages += [CALL, RESULT] * data.draw(st.integers(0, 2))
        messages.append(assistant(data.draw(contents(response))))
    chat = read_chat({"messages": messages})
    assert chat.exchanges == tuple(Exchange(*pair) for pair in pairs)
    assert chat.instructions == instructions


def test_what_an_assistant_says_between_its_tool_calls_belongs_to_the_answer() -> None:
    checking = {**CALL, "content": "Let me look."}
    assert exchanges(user("Warm?"), checking, RESULT, CALL, RESULT, assistant("21 °C.")) == [
        ("Warm?", "Let me look.\n\n21 °C.")
    ]


def test_the_older_function_calls_are_passed_over_too() -> None:
    call = {"role": "assistant", "content": "", "function_call": {"name": "f", "arguments": "{}"}}
    result = {"role": "function", "name": "f", "content": "21"}
    assert exchanges(user("Warm?"), call, result, assistant("21 °C.")) == [("Warm?", "21 °C.")]


def test_members_that_published_files_add_are_passed_over() -> None:
    chat = read_chat(
        {
            "id": "c1",
            "tools": [],
            "messages": [{**user("Hi"), "name": "ana"}, {**assistant("Hello"), "weight": 1, "refusal": None}],
        }
    )
    assert chat.exchanges == (Exchange("Hi", "Hello"),)
    assert chat.model is None


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([user("a"), user("b"), assistant("c")], {("#/messages/0", "unanswered")}),
        ([user("a"), assistant("b"), user("c")], {("#/messages/2", "unanswered")}),
        ([user("a"), CALL, RESULT], {("#/messages/0", "unanswered")}),
        ([assistant("a"), user("b"), assistant("c")], {("#/messages/0", "unasked")}),
        ([user("a"), assistant("b"), assistant("c")], {("#/messages/2", "unasked")}),
        ([user("a"), assistant("b"), RESULT, assistant("c")], {("#/messages/3", "unasked")}),
        ([], {("#/messages", "no-exchange")}),
        ([SYSTEM], {("#/messages", "no-exchange")}),
        ([user(None), assistant("b")], {("#/messages/0/content", "required")}),
        ([user("a"), {"role": "assistant"}], {("#/messages/1/content", "required")}),
        ([user("a"), assistant("", tool_calls=[])], {("#/messages/1/content", "too-short")}),
        ([user(""), assistant([])], {("#/messages/0/content", "too-short"), ("#/messages/1/content", "too-short")}),
        ([user("a\0b"), assistant("b")], {("#/messages/0/content", "nul")}),
        ([user("a"), assistant("\ud800")], {("#/messages/1/content", "surrogate")}),
        ([user("a" * 200_001), assistant("b")], {("#/messages/0/content", "too-long")}),
        ([user(7), assistant({"text": "b"})], {("#/messages/0/content", "type"), ("#/messages/1/content", "type")}),
        ([user([7]), assistant("b")], {("#/messages/0/content/0", "type")}),
        ([user([{"type": "text"}]), assistant("b")], {("#/messages/0/content/0/text", "required")}),
        ([user([{"type": "text", "text": 1}]), assistant("b")], {("#/messages/0/content/0/text", "type")}),
        ([user([{"type": "image_url"}]), assistant("b")], {("#/messages/0/content/0/type", "choice")}),
        ([{"role": "bot", "content": "a"}], {("#/messages/0/role", "choice")}),
        ([{"content": "a"}], {("#/messages/0/role", "required")}),
        (["a"], {("#/messages/0", "type")}),
        ({"role": "user"}, {("#/messages", "type")}),
        (None, {("#/messages", "no-exchange")}),
    ],
)
def test_a_line_that_is_no_good_names_the_place(messages: object, expected: set[tuple[str, str]]) -> None:
    assert complaints({"messages": messages}) == expected


@pytest.mark.parametrize("model", [7, "", "m" * 129, "a\0"])
def test_a_model_has_to_be_a_name(model: object) -> None:
    assert [pointer for pointer, _ in complaints({"model": model, "messages": [user("a"), assistant("b")]})] == [
        "#/model"
    ]


def test_the_longest_texts_are_taken() -> None:
    assert exchanges(user("é" * 200_000), assistant("b")) == [("é" * 200_000, "b")]


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
message_like = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "tool", "system", "x"]) | json_values},
    optional={"content": json_values | texts, "tool_calls": json_values},
)


@given(st.lists(message_like | json_values, max_size=6) | json_values, json_values)
def test_whatever_stands_on_a_line_it_is_read_or_refused(messages: object, model: object) -> None:
    try:
        chat = read_chat({"messages": messages, "model": model})
    except Invalid:
        return
    assert chat.exchanges
    assert all(exchange.prompt and exchange.response for exchange in chat.exchanges)
