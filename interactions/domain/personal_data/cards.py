"""Numbers of payment cards: the first digits of a network, a length that it issues, and Luhn's check digit."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from interactions.domain.personal_data.documents import MARKS, is_fraction, is_on_bank_slip
from interactions.domain.personal_data.patterns import DASH_GAP as GAP
from interactions.domain.personal_data.patterns import RIGHT, Span, before, beginning, compiled, words_before, words_of

# The first digits of each network, and the lengths of its numbers.
_NETWORKS: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("34|37", (15,)),  # American Express
    ("30[0-5]|3095|3[689]", (14, 16, 19)),  # Diners Club
    ("352[89]|35[3-8]", (16, 17, 18, 19)),  # JCB
    ("4", (13, 16, 19)),  # Visa, and Elo's numbers that begin with 4
    ("5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720", (16,)),  # Mastercard
    ("220[0-4]", (16, 17, 18, 19)),  # Mir
    ("5018|5020|5038|5893|6304|639|6759|676[1-3]", (13, 14, 15, 16, 17, 18, 19)),  # Maestro
    ("5[06-8]|6[02-57]", (16, 19)),  # Maestro, Elo, Discover, UnionPay, Hipercard, RuPay, Verve, Aura
)
# Other numbers of these lengths, some of which satisfy Luhn.
_LABELS = words_of(
    """
    isbn issn ean gtin upc imei iccid meid serial série serie tracking rastreio rastreamento barcode barras sku
    timestamp hash snowflake
    """
)
_IBAN = r"(?: [0-9A-Z]{4})* [0-9]{2}[A-Z]{2}(?![0-9A-Za-z])"  # read from the right
_GLUED = ("card", "cartão", "cartao", "tarjeta", "visa", "mastercard")
# Groups of four, as many as there are; then digits in one run, and the groups that networks other than Visa print.
_BETWEEN = r"(?:\s{1,4}+(?:[.-]\s{0,4}+)?+|[.-]\s{0,4}+)"
_FOURS = (
    rf"[0-9]{beginning('0-9', *_GLUED)}[0-9]{{3}}"
    rf"(?:{_BETWEEN}[0-9]{{4}}(?![0-9])){{2}}(?:{_BETWEEN}[0-9]{{4}}(?![0-9]))*+(?:{_BETWEEN}[0-9]{{1,3}}(?![0-9]))?+"
)
_OTHERS = (
    rf"[2-6]{beginning('2-6', *_GLUED)}[0-9]{{3}}(?="
    rf"([0-9]{{9,15}}{RIGHT}"
    rf"|{GAP}[0-9]{{6}}{GAP}[0-9]{{4,5}}{RIGHT}"
    rf"|{GAP}[0-9]{{8}}{GAP}[0-9]{{4}}{RIGHT}|{GAP}[0-9]{{12}}{RIGHT}"
    rf"|[0-9]{{2}}{GAP}(?:[0-9]{{6}}{GAP}[0-9]{{4}}|[0-9]{{10}}|[0-9]{{13}}){RIGHT}"
    rf"|[0-9]{{4}}{GAP}(?:[0-9]{{4}}{GAP}[0-9]{{4}}|[0-9]{{8}}){RIGHT}"
    rf"|[0-9]{{8}}{GAP}[0-9]{{4}}{RIGHT}))"
)
# A number of Brazil's invoices has eleven groups of four: in a run as long as that no group begins a card.
_LONG_RUN = 9


def cards(text: str) -> Iterator[Span]:
    end = 0
    for start, stop in sorted([*_in_fours(text), *_in_other_groups(text)]):
        if start >= end and not _is_other(text, start):
            yield start, stop
            end = stop


def _is_other(text: str, start: int) -> bool:
    """Whether a label says so, or the digits belong to an IBAN."""
    if not _LABELS.isdisjoint(words_before(text, start)):
        return True
    return compiled(_IBAN).match(before(text, start, 28)) is not None


def _in_fours(text: str) -> Iterator[Span]:
    for run in compiled(_FOURS).finditer(text):
        ends = [group.end() for group in compiled("[0-9]+").finditer(text, *run.span())]
        digits = run[0].encode().translate(None, MARKS).decode()
        if not compiled(RIGHT).match(text, run.end()):  # a letter behind the last group makes it part of a word
            digits = digits[: 4 * len(ends) - 4]
        fours = len(digits) // 4
        whole_cards = range(0, fours if fours % 4 == 0 else 0, 4)
        firsts = range(fours - 2) if fours < _LONG_RUN else whole_cards
        first_free = 0
        for first in firsts:
            if first >= first_free and (length := _length_of_card(digits[4 * first : 4 * first + 20])):
                last = first + (length - 1) // 4
                yield ends[first] - 4, ends[last]
                first_free = last + 1


def _length_of_card(digits: str) -> int:
    """The length of the longest card number that groups of four begin with; 0 if there is none."""
    for length in _lengths(digits[:4]):
        # Fewer digits than four are the last group, with nothing behind them.
        fits = len(digits) == length or (length == 16 and len(digits) > 16)
        if fits and _satisfies_luhn(digits[:length]):
            return length
    return 0


def _in_other_groups(text: str) -> Iterator[Span]:
    for candidate in compiled(_OTHERS).finditer(text):
        start, end = candidate.start(), candidate.end(1)
        found = text[start:end]
        number = found if found.isdecimal() else "".join(filter(str.isdecimal, found))
        if len(number) not in _lengths(number[:4]) or not _satisfies_luhn(number):
            continue
        if number == found and (is_fraction(text, start) or is_on_bank_slip(text, start)):
            continue
        yield start, end


@cache
def _lengths(first: str) -> tuple[int, ...]:
    """The lengths of the numbers that begin with these four digits, the longest first."""
    found = {length for prefix, lengths in _NETWORKS if compiled(prefix).match(first) for length in lengths}
    return tuple(sorted(found, reverse=True))


def _satisfies_luhn(number: str) -> bool:
    digits = number.encode()
    return (sum(digits[-1::-2]) + sum(digits[-2::-2].translate(_DOUBLED)) - 48 * len(digits)) % 10 == 0


# Each digit's ASCII code, to that of the sum of the digits of its double.
_DOUBLED = bytes(48 + sum(divmod(2 * (code - 48), 10)) if 48 <= code < 58 else code for code in range(256))
