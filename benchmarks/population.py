"""Interactions by number: each time the same, of one length, so that populations differ in nothing but their count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random

from interactions.domain.identifiers import interaction_id_at
from interactions.domain.interaction import Interaction, Status, Usage
from interactions.domain.pricing import Cost

START = datetime(2026, 1, 5, tzinfo=UTC)
DAYS = 10
END = START + timedelta(days=DAYS)
TURNS = 25  # in a conversation: more than a page
PROMPT, RESPONSE = 200, 1000
WORDS = (
    "the of and to a in that it is was for on you with as be at by this have from or one had not but what all were "
    "when we there can an your which their said if do will each about how up out them then she many some so these "
    "would other into has more her two like him see time could no make than first been its who now people my made "
    "over did down only way find use may water long little very after words called just where most know answer"
)
PROSE = " ".join(Random(1).choices(WORDS.split(), k=20_000))


@dataclass(frozen=True, slots=True)
class Population:
    """`size` interactions, spread evenly over the days and, in turn, over `users`; all conversations are whole."""

    size: int
    users: int

    def __iter__(self) -> Iterator[Interaction]:
        return map(self.interaction, range(self.size))

    def interaction(self, number: int) -> Interaction:
        """Oldest first; those from `size` on are new ones, a second apart, on the day after the last."""
        user_id, turn = self.user(number), number // self.users
        if number < self.size:
            at = START + (END - START) * number / self.size
            return _interaction(number, user_id, at, self.conversation(turn // TURNS))
        return _interaction(number, user_id, END + timedelta(seconds=number - self.size))

    def conversations(self) -> Iterator[tuple[Interaction, Interaction]]:
        """The first and the last turn of each."""
        for first in range(0, self.size, TURNS * self.users):
            for number in range(first, first + self.users):
                yield self.interaction(number), self.interaction(number + (TURNS - 1) * self.users)

    def user(self, number: int) -> str:
        return f"user-{number % self.users:04d}"

    def conversation(self, number: int) -> str:
        return f"conversation-{number:05d}"


def _interaction(number: int, user_id: str, at: datetime, conversation_id: str | None = None) -> Interaction:
    entropy = sha256(number.to_bytes(8)).digest()
    start = int.from_bytes(entropy[:4]) % (len(PROSE) - PROMPT - RESPONSE)
    return Interaction(
        interaction_id=interaction_id_at(at, sequence=number & 0xFFF, entropy=entropy),
        user_id=user_id,
        conversation_id=conversation_id,
        status=Status.COMPLETED,
        prompt=PROSE[start : start + PROMPT],
        response=PROSE[start + PROMPT : start + PROMPT + RESPONSE],
        provider="openai",
        model="gpt-4o-mini-2024-07-18",
        requested_model="gpt-4o-mini",
        usage=Usage(input_tokens=50, output_tokens=250),
        cost=Cost(nano_usd=157_500, source="provider"),
        latency_ms=1234,
        updated_at=at,
    )
