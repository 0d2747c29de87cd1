"""Find personal data in a text by form, check digits and the words beside a value: see `docs/personal-data.md`.

Each finder yields spans of a folded text, from left to right, that do not overlap. Three rules hold for all finders:

- A Latin letter or a digit directly beside a value joins it, so the value is left alone. Other characters divide.
- A mask counts as a number where context decides. So masking a masked text changes nothing.
- Every quantifier has a bound and every look at the context a fixed length. So the time grows linearly with the text.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from interactions.domain.personal_data.cards import cards
from interactions.domain.personal_data.documents import cnpjs, cpfs
from interactions.domain.personal_data.emails import emails
from interactions.domain.personal_data.folding import can_have_any, fold, join
from interactions.domain.personal_data.ip_addresses import ipv4_addresses, ipv6_addresses
from interactions.domain.personal_data.patterns import Span, compiled
from interactions.domain.personal_data.phones import brazilian_phones, international_phones
from interactions.domain.redaction import Kind

# The order matters: a later finder does not see what an earlier one has found. An e-mail address may contain a CPF, and
# an IPv6 address an IPv4 address. Eleven digits are a phone number only if they are no CPF, unless they begin with `+`.
FINDERS: tuple[tuple[Kind, Callable[[str], Iterator[Span]]], ...] = (
    ("email", emails),
    ("phone", international_phones),
    ("ip", ipv6_addresses),
    ("cnpj", cnpjs),
    ("cpf", cpfs),
    ("card", cards),
    ("phone", brazilian_phones),
    ("ip", ipv4_addresses),
)


# Longer than a value, and than the context that decides about it.
_MARGIN = 80
# Fewer digits make no value.
_FOUR_DIGITS = r"\d(?:[^\d\[\]]{0,6}\d){3}"

Found = tuple[int, int, Kind]


def find(text: str, kinds: Collection[Kind]) -> list[Found]:
    """Start, end and kind of the personal data of these kinds, in the order of the text and without overlaps."""
    if not can_have_any(text):
        return []
    folded = fold(text)
    found = _search(folded, kinds)
    joined = join(folded)
    if joined:
        # An invisible character may stand inside a value or between two: both readings count.
        inside = [(*joined.original(start, end), kind) for start, end, kind in _near(joined.joints, joined.text, kinds)]
        found = _merged(inside, found)
    return sorted(found)


def find_beside(text: str, kinds: Collection[Kind], masks: Collection[int]) -> list[Found]:
    """What is found near masks alone, given where they begin. A mask can end a number that was part of a longer one."""
    return _near(masks, text, kinds)


def _near(positions: Collection[int], text: str, kinds: Collection[Kind]) -> list[Found]:
    """What is found in the parts of the text around these positions."""
    found: list[Found] = []
    for begin, end in _neighbourhoods(positions, len(text)):
        part = text[begin:end]
        if not ("@" in part or "::" in part or compiled(_FOUR_DIGITS).search(part)):
            continue
        for start, stop, kind in find(part, kinds):
            # What is close to a cut may be cut itself.
            if (begin == 0 or start >= _MARGIN) and (end == len(text) or stop <= end - begin - _MARGIN):
                found.append((begin + start, begin + stop, kind))
    return found


def _neighbourhoods(positions: Iterable[int], length: int) -> Iterator[Span]:
    first, last = 0, -1
    for start in positions:
        if last < start - 2 * _MARGIN:
            if last > 0:
                yield first, last
            first = max(0, start - 2 * _MARGIN)
        last = start + 2 * _MARGIN
    if last > 0:
        yield first, min(length, last)


def _search(text: str, kinds: Collection[Kind]) -> list[Found]:
    found: list[Found] = []
    for kind, finder in FINDERS:
        if kind in kinds and (spans := [*finder(text)]):
            found += [(start, end, kind) for start, end in spans]
            if finder is not FINDERS[-1][1]:
                text = _blanked(text, spans)
    return found


def _blanked(text: str, spans: Iterable[Span]) -> str:
    """The text with a mask of the same length over each span, so that the positions stay."""
    pieces, position = [], 0
    for start, end in spans:
        pieces += [text[position:start], "[", "X" * (end - start - 2), "]"]
        position = end
    return "".join([*pieces, text[position:]])


def _merged(joined: list[Found], whole: list[Found]) -> list[Found]:
    """What is found in a joined text and in the whole one. Of two that overlap the one wins that contains the other."""
    kept: list[Found] = []
    whole = sorted(whole)
    index = 0
    for each in sorted(joined):
        while index < len(whole) and whole[index][1] <= each[0]:
            kept.append(whole[index])
            index += 1
        last = index
        while last < len(whole) and whole[last][0] < each[1]:
            last += 1
        inside = last == index or (each[0] <= whole[index][0] and whole[last - 1][1] <= each[1])
        if inside:
            kept.append(each)
            index = last
    return kept + whole[index:]
