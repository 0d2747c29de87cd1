"""The names of a model of genai-prices: those that its rules spell out, and that its rules give to this model alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from genai_prices.types import (
    ClauseAnd,
    ClauseContains,
    ClauseEndsWith,
    ClauseEquals,
    ClauseOr,
    ClauseStartsWith,
    MatchLogic,
    ModelInfo,
    Provider,
)

from infra.prices.charges import is_of_text
from interactions.domain.model_names import ANY_GEOGRAPHY

GEOGRAPHIES = ("us", "eu", "apac", "au", "ca", "in", "jp", "sa", "us-gov")
# The beginning of a name, rather than a name: it ends in the middle of a date or before a separator.
_UNFINISHED = re.compile(r"(?:[-@.:/]|[-@]20[0-9]{2}|-0)\Z")
# The usual end of a model's id, which rows of the file may have and names of the source do not.
BEDROCK_VERSION = "-v1:0"
_WITH_VENDOR = re.compile(r"[a-z]+[.][a-z0-9]")
_VERSION = re.compile(r"(?:-v1)?(?::[0-9]+)?\Z")


def names_of(provider: Provider, model: ModelInfo) -> list[str]:
    """All names of the model, the first of which its rows go by. A name that is another model's as well is left out."""
    own = model.id.lower().removeprefix("regional.").rstrip("-")
    if provider.id == "aws":
        names = _bedrock(provider, model, own)
    else:
        names = {name for name in _literals(model.match) if _is_of(provider, model, name)}
    # An id that no rule matches is only a name in the package; users may take it for one nevertheless.
    if _is_of_version(provider, model, own) or (provider.id != "aws" and provider.find_model(own) is None):
        names.add(own)
    if provider.id == "openrouter":  # whose names all have the vendor in front
        names = {name for name in names if "/" in name}
    return sorted(filter(is_of_text, names), key=lambda name: (name != own, not name.startswith("us."), name))


def _is_of(provider: Provider, model: ModelInfo, name: str) -> bool:
    return provider.find_model(name) is model


def _literals(clause: MatchLogic) -> Iterator[str]:
    match clause:
        case ClauseEquals(equals=text):
            yield text.lower()
        case ClauseStartsWith(starts_with=text) | ClauseEndsWith(ends_with=text) | ClauseContains(contains=text):
            if not _UNFINISHED.search(text):
                yield text.lower().strip("/")
        case ClauseOr(or_=clauses) | ClauseAnd(and_=clauses):
            for each in clauses:
                yield from _literals(each)


def _bedrock(provider: Provider, model: ModelInfo, own: str) -> set[str]:
    """Names without version, in each geography that has this price.

    A model with a price for `global.` has another one in each geography. Else one name stands for all geographies.
    """
    spelled = (_VERSION.sub("", name) for name in (own, *_literals(model.match)))
    if own.startswith("global."):
        return {name for name in spelled if _is_of_version(provider, model, name)}
    found: set[str] = set()
    for name in filter(_WITH_VENDOR.match, {_without_geography(name) for name in spelled}):
        if _is_of_version(provider, model, name):
            found.add(name)
        geographies = {each for each in GEOGRAPHIES if _is_of_version(provider, model, f"{each}.{name}")}
        if geographies == set(GEOGRAPHIES) and provider.find_model(f"global.{name}") in (None, model):
            found.add(ANY_GEOGRAPHY + name)
        else:
            found |= {f"{each}.{name}" for each in geographies}
    return found


def _is_of_version(provider: Provider, model: ModelInfo, name: str) -> bool:
    return any(_is_of(provider, model, each) for each in (name, f"{name}{BEDROCK_VERSION}"))


def _without_geography(name: str) -> str:
    first, _, rest = name.partition(".")
    return rest if first in (*GEOGRAPHIES, "global", "regional") else name
