"""Chat JSONL as it is published everywhere: `{"model": …, "messages": [{"role", "content"}, …]}`, one chat a line.

Members that say nothing about who said what are passed over: published files have many of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from interactions.domain.fields import Fields, text_problem
from interactions.domain.interaction import MAX_LABEL, MAX_TEXT

INSTRUCTION_ROLES = ("system", "developer")
TOOL_ROLES = ("tool", "function")
ROLES = (*INSTRUCTION_ROLES, "user", "assistant", *TOOL_ROLES)
MAX_MESSAGES = 100_000
# Stands for content that has been complained of, so that it is not called empty as well.
_UNREADABLE = "?"


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the user said, and all that the assistant said before the user spoke again."""

    prompt: str
    response: str


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation; `instructions` counts the system and developer messages, which are no part of it."""

    model: str | None
    exchanges: tuple[Exchange, ...]
    instructions: int


@dataclass(slots=True)
class _Turn:
    """A user's message and the answer so far; the answer goes on for as long as the assistant calls tools."""

    message: Fields
    prompt: str
    answer: list[str] = field(default_factory=list)
    calls_tools: bool = False


def is_chat(document: object) -> bool:
    return isinstance(document, dict) and "messages" in document


def read_chat(document: Mapping[str, Any]) -> Chat:
    """The conversation of a line.

    Raises:
        Invalid: with everything that is wrong, a user's message without an answer and an answer without one included.
    """
    given = Fields(document)
    model = given.text("model", max_length=MAX_LABEL)
    messages = given.objects("messages", max_items=MAX_MESSAGES)
    roles = [message.choice("role", ROLES, required=True) for message in messages]
    given.check()
    turns = _turns([(role, message) for role, message in zip(roles, messages, strict=True) if role])
    if not turns:
        given.error("messages", "no-exchange", "has no user message with an assistant's answer")
    given.check()
    return Chat(
        model=model,
        exchanges=tuple(Exchange(turn.prompt, "\n\n".join(turn.answer)) for turn in turns),
        instructions=sum(role in INSTRUCTION_ROLES for role in roles),
    )


def _turns(messages: list[tuple[str, Fields]]) -> list[_Turn]:
    turns: list[_Turn] = []
    for role, message in messages:
        if role == "user":
            turns.append(_Turn(message, _question(message)))
        elif role == "assistant":
            _continue(turns[-1] if turns else None, message)
    for turn in turns:
        if not turn.answer:
            turn.message.error(None, "unanswered", "is a user message that no assistant message answers")
    return turns


def _question(message: Fields) -> str:
    text = _text(message)
    _check(message, text)
    return text or ""


def _continue(turn: _Turn | None, message: Fields) -> None:
    """Add an assistant's message to the turn it belongs to."""
    calls_tools = bool(message.take("tool_calls") or message.take("function_call"))
    text = _text(message)
    if not text and calls_tools:
        if turn is not None:
            turn.calls_tools = True
        return
    if turn is None or (turn.answer and not turn.calls_tools):
        message.error(None, "unasked", "is an assistant message that answers no user message")
        return
    _check(message, "\n\n".join([*turn.answer, text]) if text else text)
    turn.answer.append(text or "")
    turn.calls_tools = calls_tools


def _check(message: Fields, text: str | None) -> None:
    if text is None:
        message.error("content", "required", "is required")
    elif problem := text_problem(text, max_length=MAX_TEXT):
        message.error("content", *problem)


def _text(message: Fields) -> str | None:
    """The text of a message, whether written as one string or as parts."""
    content = message.take("content")
    if content is None or isinstance(content, str):
        return content
    if not isinstance(content, list):
        message.error("content", "type", "must be a string or a list of text parts")
        return _UNREADABLE
    parts = [Fields(part, f"{message.pointer}/content/{i}", message.errors) for i, part in enumerate(content)]
    return "".join(_part(part) for part in parts)


def _part(part: Fields) -> str:
    kind = part.choice("type", ["text"], required=True)
    text = part.take("text", required=kind is not None)
    if isinstance(text, str):
        return text
    if text is not None:
        part.error("text", "type", "must be a string")
    return _UNREADABLE
