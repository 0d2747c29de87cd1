"""What a model sees of a conversation: its latest turns, as many as fit."""

from __future__ import annotations

from collections.abc import Iterable

from interactions.domain.interaction import Interaction, Status

# English has about 4 bytes of UTF-8 in a token, Portuguese 3.5, and Chinese, Japanese and Korean one character of 3.
_BYTES_PER_TOKEN = 3
# What a model's own format adds around each message: its role, where it begins and where it ends.
_TOKENS_AROUND_A_MESSAGE = 4


def estimated_tokens(text: str) -> int:
    """About how many tokens a message of this text is to a model, rather too many than too few.

    An estimate: each model counts with a vocabulary of its own. It falls short where that knows a script badly.
    """
    return -(-len(text.encode()) // _BYTES_PER_TOKEN) + _TOKENS_AROUND_A_MESSAGE


_SMALLEST_TURN = 2 * estimated_tokens("a")


def turns_within(turns: Iterable[Interaction], budget: int) -> list[Interaction]:
    """The latest turns of a conversation that fit a budget of tokens, oldest first; `turns` come newest first.

    Turns without a prompt and its answer are left out: pending and failed ones, and those whose texts have expired
    or are blank, which some models refuse. The first that does not fit ends it, so that no answer refers to what has
    been left out between; nothing is read from `turns` beyond it, nor once the budget is used up.
    """
    taken: list[Interaction] = []
    remaining = iter(turns)
    while budget >= _SMALLEST_TURN and (turn := next(remaining, None)) is not None:
        tokens = _tokens_of(turn)
        if tokens is None:
            continue
        budget -= tokens
        if budget >= 0:
            taken.append(turn)
    return taken[::-1]


def _tokens_of(turn: Interaction) -> int | None:
    """The tokens of its two messages, None for a turn that no model is to see."""
    if turn.status is not Status.COMPLETED or _is_blank(turn.prompt) or _is_blank(turn.response):
        return None
    assert turn.prompt is not None  # which would be blank
    assert turn.response is not None
    return estimated_tokens(turn.prompt) + estimated_tokens(turn.response)


def _is_blank(text: str | None) -> bool:
    return not text or text.isspace()
