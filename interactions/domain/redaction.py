"""Personal data in texts: found by its form and its check digits, and masked or refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple, cast

Kind = Literal["cpf", "cnpj", "phone", "email", "card", "ip"]
KINDS: tuple[Kind, ...] = ("cpf", "cnpj", "phone", "email", "card", "ip")
Action = Literal["mask", "refuse"]
ACTIONS: tuple[Action, ...] = ("mask", "refuse")
# What is done about each kind; of one that is not there, nothing.
Policy = Mapping[Kind, Action]


def parse_policy(text: str) -> Policy:
    """The policy of a text such as `cpf=mask,email=refuse`; `all=mask` is for every kind, and later words win.

    Raises:
        ValueError: it is none.
    """
    policy: dict[Kind, Action] = {}
    for word in filter(None, map(str.strip, text.split(","))):
        kind, _, action = (part.strip() for part in word.partition("="))
        if (kind != "all" and kind not in KINDS) or action not in (*ACTIONS, "off"):
            raise ValueError(
                f"{word!r} is not a kind ({', '.join(KINDS)} or all) and off, mask or refuse, such as cpf=mask"
            )
        for each in KINDS if kind == "all" else (cast(Kind, kind),):
            policy.pop(each, None)
            if action != "off":
                policy[each] = cast(Action, action)
    return policy


class Redacted(NamedTuple):
    """A text with masks such as `[CPF]` in it, and how many there are of each kind."""

    text: str
    counts: Mapping[Kind, int]


def redact(text: str, policy: Policy) -> Redacted:
    """Mask every kind that the policy knows, those to be refused as well: that is for the caller, by the counts.

    Once more changes nothing.
    """
    counts: dict[Kind, int] = {}
    if policy:
        from interactions.domain.personal_data import FINDERS  # which nobody needs whose policy is empty

        for kind, spans in FINDERS:
            if kind in policy and (found := [*spans(text)]):
                text = _masked(text, found, f"[{kind.upper()}]")
                counts[kind] = counts.get(kind, 0) + len(found)
    return Redacted(text, counts)


def _masked(text: str, spans: Iterable[tuple[int, int]], mask: str) -> str:
    pieces, position = [], 0
    for start, end in spans:
        pieces += [text[position:start], mask]
        position = end
    return "".join([*pieces, text[position:]])
