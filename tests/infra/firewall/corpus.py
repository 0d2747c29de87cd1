"""The corpus of prompts that lies beside the firewall's rules."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from infra.check.workspace import ROOT


@dataclass(frozen=True)
class Prompt:
    id: str
    text: str
    seen_by: frozenset[str]

    def __str__(self) -> str:
        return self.id


@cache
def prompts() -> tuple[Prompt, ...]:
    document = json.loads((ROOT / "infra" / "terraform" / "tests" / "prompts.json").read_text())
    return tuple(
        Prompt(
            each["id"],
            each.get("repeat", "") * each.get("times", 0) + each.get("text", ""),
            frozenset(each["seen_by"]),
        )
        for each in document["prompts"]
    )


def seen() -> list[Prompt]:
    return [prompt for prompt in prompts() if prompt.seen_by]


def harmless() -> list[Prompt]:
    return [prompt for prompt in prompts() if not prompt.seen_by]
