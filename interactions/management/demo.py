"""Made-up interactions for demonstrations: the same seed and end always give the same ones."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from interactions.domain.identifiers import created_at_of, interaction_id_at
from interactions.domain.interaction import Attempt, CallError, Feedback, Status, Usage
from interactions.domain.pricing import Cost
from interactions.management.demo_texts import CHATS
from interactions.recording import Fields

DAYS = 30
# Left free before the end, so that the longest conversation and its feedback are over by then.
LONGEST = timedelta(hours=2)
_MILLISECOND = timedelta(milliseconds=1)
USERS = (
    "ana.silva",
    "bruno.costa",
    "chen.wei",
    "fatima@example.com",
    "helpdesk",
    "liam.oconnor",
    "priya.n",
    "yuki.tanaka",
)
CHANNELS = ("web", "mobile", "email", "api")
FAILURES = (
    ("timeout", "The provider did not answer within 20 seconds."),
    ("rate_limit_exceeded", "Too many requests: try again in 12 seconds."),
    ("overloaded", "The model is overloaded."),
    ("content_filter", "The provider refused to answer."),
)
LABELS = {1: ("helpful", "accurate"), 0: ("partly right",), -1: ("wrong", "too long", "wrong language")}
COMMENTS = {1: "Just what I needed.", 0: "It left out half of my question.", -1: "This is not what I asked."}


@dataclass(frozen=True, slots=True)
class Model:
    """A model; prices are 10⁻⁹ USD a token."""

    provider: str
    requested: str
    name: str
    input_price: int
    output_price: int
    tokens_a_second: int


MODELS = (
    Model("openai", "gpt-4o-mini", "gpt-4o-mini-2024-07-18", 150, 600, 90),
    Model("openai", "gpt-4o", "gpt-4o-2024-08-06", 2500, 10_000, 70),
    Model("anthropic", "claude-3-5-haiku", "claude-3-5-haiku-20241022", 800, 4000, 80),
    Model("aws.bedrock", "amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0", 60, 240, 110),
    Model("mistral_ai", "mistral-small", "mistral-small-2409", 200, 600, 100),
)


def conversations(*, seed: int, until: datetime, users: Sequence[str] = USERS) -> Iterator[list[Fields]]:
    """Conversations without end, each a list of turns' fields, within the 30 days before `until`.

    More of them begin with the same ones as fewer.
    """
    random = Random(seed)  # noqa: S311  nothing here is secret
    while True:
        yield _conversation(random, until, users)


def _conversation(random: Random, until: datetime, users: Sequence[str]) -> list[Fields]:
    language = random.choice([*CHATS])
    turns = random.choice(CHATS[language])
    model = random.choices(MODELS, weights=(8, 3, 4, 3, 2))[0]
    at = until - LONGEST - timedelta(milliseconds=random.randrange((timedelta(days=DAYS) - LONGEST) // _MILLISECOND))
    shared: dict[str, Any] = {
        "user_id": random.choice(users),
        "conversation_id": f"demo-{random.getrandbits(48):012x}" if len(turns) > 1 or random.random() < 0.3 else None,
        "metadata": {"language": language, "channel": random.choice(CHANNELS)},
        "provider": model.provider,
        "requested_model": model.requested,
    }
    said: list[Fields] = []
    input_tokens = random.randint(40, 400)  # the instructions that precede every question
    for prompt, response in turns:
        input_tokens += _tokens(prompt)
        interaction_id = interaction_id_at(at, entropy=random.randbytes(8))
        created_at = created_at_of(interaction_id)
        fields = shared | {
            "interaction_id": interaction_id,
            "updated_at": created_at,
            "prompt": prompt,
            "trace_id": f"{random.getrandbits(128) or 1:032x}" if random.random() < 0.6 else None,
            **_outcome(random, model, response, input_tokens),
        }
        said.append(fields | _rating(random, fields["status"], created_at))
        if fields["status"] is not Status.COMPLETED:
            break
        input_tokens += _tokens(response)
        at += timedelta(seconds=random.randint(20, 900))
    return said


def _outcome(random: Random, model: Model, response: str, input_tokens: int) -> dict[str, Any]:
    kind = random.random()
    if kind < 0.015:
        return {"status": Status.PENDING, "provider": None}
    output_tokens = _tokens(response)
    latency_ms = int(random.lognormvariate(math.log(400), 0.5)) + output_tokens * 1000 // model.tokens_a_second
    if kind < 0.06:
        error_type, message = random.choice(FAILURES)
        latency_ms = 20_000 if error_type == "timeout" else latency_ms
        attempts = (Attempt(provider=model.provider, error_type=error_type, latency_ms=latency_ms // 2),) * 2
        return {
            "status": Status.FAILED,
            "error": CallError(type=error_type, message=message),
            "latency_ms": latency_ms,
            "attempts": attempts,
        }
    answered = {"status": Status.COMPLETED, "response": response, "model": model.name, "finish_reason": "stop"}
    if kind < 0.09:
        cost = Cost(nano_usd=0, source="provider")
        return answered | {"cached": True, "latency_ms": random.randint(3, 25), "usage": Usage(), "cost": cost}
    cached_tokens = input_tokens // 2 if random.random() < 0.2 else 0
    usage = Usage(input_tokens=input_tokens, output_tokens=output_tokens, cache_read_input_tokens=cached_tokens)
    nano_usd = (input_tokens - cached_tokens) * model.input_price + output_tokens * model.output_price
    nano_usd += cached_tokens * model.input_price // 2
    return answered | {
        "usage": usage,
        "cost": Cost(nano_usd=nano_usd, source="provider") if random.random() < 0.9 else None,
        "latency_ms": latency_ms,
        "attempts": (Attempt(provider=model.provider, error_type=None, latency_ms=latency_ms),),
    }


def _rating(random: Random, status: Status, created_at: datetime) -> dict[str, Any]:
    """What a verdict changes, which the person gives now and then."""
    if status is not Status.COMPLETED or random.random() > 0.2:
        return {}
    score = random.choices((1, 0, -1), weights=(7, 1, 2))[0]
    feedback = Feedback(
        score=score,
        at=created_at + timedelta(seconds=random.randint(5, 300)),
        label=random.choice(LABELS[score]) if random.random() < 0.7 else None,
        comment=COMMENTS[score] if random.random() < 0.3 else None,
    )
    return {"feedback": feedback, "updated_at": feedback.at, "version": 2}


def _tokens(text: str) -> int:
    """Roughly: four letters of an alphabet a token, one of other scripts' characters."""
    return max(1, sum(1 if character < "\u0250" else 4 for character in text) // 4)
