"""Personal data in texts: found by its form and its check digits, and masked or refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Literal, NamedTuple, cast

Kind = Literal["cpf", "cnpj", "phone", "email", "card", "ip"]
KINDS: tuple[Kind, ...] = ("cpf", "cnpj", "phone", "email", "card", "ip")
_MASKS: dict[Kind, str] = {kind: f"[{kind.upper()}]" for kind in KINDS}
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

    counts: Counter[Kind] = Counter()
    found = find(text, policy)
    while found:
        counts.update([kind for _, _, kind in found])
        pieces: list[str] = []
        masks: list[int] = []  # where each begins in the masked text
        position = shift = 0
        for start, end, kind in found:
            mask = _MASKS[kind]
            pieces.append(text[position:start])
            pieces.append(mask)
            masks.append(start + shift)
            shift += len(mask) - end + start
            position = end
        text = "".join([*pieces, text[position:]])
        found = find_beside(text, policy, masks)
    return Redacted(text, dict(counts))
