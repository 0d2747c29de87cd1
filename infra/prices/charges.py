"""What a text call costs by a price of genai-prices: the members of a row, or the reason why no row can tell it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from genai_prices.types import ModelPrice, TieredPrices

from interactions.domain.pricing import AMOUNT_PATTERN

# The members of a row, by the keys of the package. Prices are USD for a million tokens on both sides.
KINDS = {
    "input_mtok": "input",
    "cache_read_mtok": "cache_read",
    "cache_write_mtok": "cache_creation",
    "output_mtok": "output",
    "output_reasoning_mtok": "reasoning",
}
# Prices that a text call without tools does not pay. A cache write is priced as the short one, of minutes.
NOT_OF_TEXT = {
    *("web_searches_kcount", "storage_searches_kcount", "cache_write_1h_mtok"),
    *("input_audio_mtok", "cache_audio_read_mtok", "input_image_mtok", "cache_image_read_mtok", "input_video_mtok"),
    *("audio_hours", "input_audio_hours"),
}
# Models of other outputs than text, some of which the package prices as text, and models that search the web by
# themselves, for which each search is billed.
_OTHER = re.compile(
    r"(?:^|[-./_])(?:audio|embed|embedding|embeddings|image|live|moderation|ocr|rerank|realtime|sonic|speech|transcribe|"
    r"tts|video|whisper|search|deep-research)(?:[-./_:]|$)"
)
# A row's amounts have at most 9 decimals.
_LAST_DECIMAL = Decimal("1e-9")

Charges = dict[str, Any]


class Inexpressible(Exception):
    """The price of a text call cannot be told by input and output tokens; the text is the reason."""


def is_of_text(model: str) -> bool:
    """Whether a name is that of a model whose calls cost tokens of text alone."""
    return _OTHER.search(model) is None


def free() -> Charges:
    return {"input": "0", "output": "0"}


def charges_of(price: ModelPrice, changes: ModelPrice | None = None) -> Charges:
    """The members `input`, `output`, … and `long` of a row; `changes` has what another service tier costs instead.

    Raises:
        Inexpressible
    """
    prices = given(price) | (given(changes) if changes is not None else {})
    if unknown := prices.keys() - KINDS.keys() - NOT_OF_TEXT:
        raise Inexpressible(f"priced by {', '.join(sorted(unknown))}")
    of_kinds = {KINDS[key]: value for key, value in prices.items() if key in KINDS}
    if not {"input", "output"} <= of_kinds.keys():
        raise Inexpressible("without a price of both input and output tokens")
    overs = sorted({tier.start for value in of_kinds.values() for tier in _tiers(value)})
    found: Charges = _amounts(of_kinds, 0)
    if overs:
        found["long"] = [{"over": over, **_amounts(of_kinds, over)} for over in overs]
    return found


def given(price: ModelPrice) -> dict[str, Decimal | TieredPrices]:
    """What the price states, by the package's keys."""
    return {key: value for key, value in vars(price).items() if value is not None}


def dearest(each: Iterable[Charges]) -> Charges:
    """The dearest of several prices that hold on one day, kind by kind: which holds depends on the hour."""
    several = list(each)
    if any("long" in charges for charges in several) and len(several) > 1:
        raise Inexpressible("priced by the hour and by the length of the input")
    if len(several) == 1:
        return several[0]
    names = [name for name in KINDS.values() if any(name in charges for charges in several)]
    return {name: max((_or_whole(charges, name) for charges in several), key=Decimal) for name in names}


def _or_whole(charges: Mapping[str, str], kind: str) -> str:
    whole = "output" if kind in ("output", "reasoning") else "input"
    return charges.get(kind, charges[whole])


def _tiers(value: Decimal | TieredPrices) -> list[Any]:
    return value.tiers if isinstance(value, TieredPrices) else []


def _amounts(of_kinds: Mapping[str, Decimal | TieredPrices], over: int) -> dict[str, str]:
    """The amounts of a call with more than `over` input tokens, in the order of the row's members."""
    return {name: _text(of_kinds[name], over) for name in KINDS.values() if name in of_kinds}


def _text(value: Decimal | TieredPrices, over: int) -> str:
    reached = [tier.price for tier in _tiers(value) if tier.start <= over and over]
    amount = reached[-1] if reached else value.base if isinstance(value, TieredPrices) else value
    text = f"{amount.quantize(_LAST_DECIMAL, ROUND_HALF_UP).normalize():f}"
    if not re.match(AMOUNT_PATTERN, text):
        raise Inexpressible(f"priced at {text}, which is no amount of a row")
    return text
