"""Personal data in texts: found by its form and its check digits, and masked or refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, cast

Kind = Literal["cpf", "cnpj", "phone", "email", "card", "ip"]
KINDS: tuple[Kind, ...] = ("cpf", "cnpj", "phone", "email", "card", "ip")
Action = Literal["mask", "refuse"]
ACTIONS: tuple[Action, ...] = ("mask", "refuse")
# The action for each kind. A kind that is not there is left alone.
Policy = Mapping[Kind, Action]


def parse_policy(text: str) -> Policy:
    """Read a policy such as `cpf=mask,email=refuse`. `all=mask` names every kind, and later words win.

    Raises:
        TypeError: the policy is no text.
        ValueError: the text is no policy.
    """
    if not isinstance(text, str):
        raise TypeError(f"{text!r} is no text")
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
    """Mask every kind that the policy names. A caller refuses a text by the counts.

    Masking a masked text changes nothing.
    """
    if not policy:
        return Redacted(text, {})
    from interactions.domain.personal_data import find, find_beside  # not imported where nothing is to be masked

    counts: dict[Kind, int] = {}
    found = find(text, policy)
    while found:
        pieces: list[str] = []
        masks: list[tuple[int, int]] = []
        position = length = 0
        for start, end, kind in found:
            mask = f"[{kind.upper()}]"
            pieces += [text[position:start], mask]
            length += start - position + len(mask)
            masks.append((length - len(mask), length))
            counts[kind] = counts.get(kind, 0) + 1
            position = end
        text = "".join([*pieces, text[position:]])
        found = find_beside(text, policy, masks)
    return Redacted(text, counts)
