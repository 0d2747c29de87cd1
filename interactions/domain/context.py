"""What a model sees of a conversation: its latest turns, as many as fit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

# English has about 4 bytes of UTF-8 in a token, Portuguese 3.5, and Chinese, Japanese and Korean one character of 3.
_BYTES_PER_TOKEN = 3
# What a model's own format adds around each message: its role, where it begins and where it ends.
_TOKENS_AROUND_A_MESSAGE = 4
_CUT = " […]"
# Less than so many bytes of a turn says nothing, and is left out.
_SHORTEST_PIECE = 200


class Turn(NamedTuple):
    """What a person asked, and what was answered."""

    prompt: str
    response: str


def estimated_tokens(text: str) -> int:
    """About how many tokens a message of this text is to a model, rather too many than too few.

    An estimate: each model counts with a vocabulary of its own. It falls short where that knows a script badly.
    """
    return -(-len(text.encode()) // _BYTES_PER_TOKEN) + _TOKENS_AROUND_A_MESSAGE


_SMALLEST_TURN = 2 * estimated_tokens("a")


def turns_within(turns: Iterable[Turn], budget: int) -> list[Turn]:
    """The latest turns of a conversation that fit a budget of tokens, oldest first; `turns` come newest first.

    Turns with a blank prompt or response are left out: some models refuse them. The first turn that does not fit is
    cut to what is left of the budget, and is the oldest of all, so that no answer refers to what has been left out
    between. Nothing is read from `turns` beyond it, nor once the budget is used up.
    """
    taken: list[Turn] = []
    remaining = iter(turns)
    while budget >= _SMALLEST_TURN and (turn := next(remaining, None)) is not None:
        if _is_blank(turn.prompt) or _is_blank(turn.response):
            continue
        tokens = estimated_tokens(turn.prompt) + estimated_tokens(turn.response)
        if tokens > budget:
            taken += _cut(turn, budget)
            break
        budget -= tokens
        taken.append(turn)
    return taken[::-1]


def _cut(turn: Turn, budget: int) -> list[Turn]:
    """The beginnings of its two messages, none where too little room is left."""
    room = (budget - 2 * _TOKENS_AROUND_A_MESSAGE - 2) * _BYTES_PER_TOKEN
    if room < _SHORTEST_PIECE:
        return []
    prompt, response = len(turn.prompt.encode()), len(turn.response.encode())
    # The shorter one stays whole where it takes less than half of the room.
    for_prompt = max(room // 2, room - response) if prompt > room // 2 else prompt
    return [Turn(_beginning(turn.prompt, for_prompt), _beginning(turn.response, room - min(for_prompt, prompt)))]


def _beginning(text: str, size: int) -> str:
    """The text in at most so many bytes of UTF-8."""
    encoded = text.encode()
    if len(encoded) <= size:
        return text
    return encoded[: size - len(_CUT.encode())].decode(errors="ignore") + _CUT


def _is_blank(text: str) -> bool:
    return not text or text.isspace()
