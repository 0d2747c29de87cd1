"""Numbers of Brazil's taxpayers: CPF of a person, CNPJ of an organization. Both end with two check digits."""

from __future__ import annotations

from collections.abc import Iterator

from interactions.domain.personal_data.patterns import DOCUMENT_GAP as GAP
from interactions.domain.personal_data.patterns import JOINING, RIGHT, Span, compiled

# A label may stand directly before the number: `CPF59340162455`.
_CPF_LEFT = rf"(?:(?<![{JOINING}][0-9])|(?<=[Cc][Pp][Ff][0-9]))"
_CNPJ_LEFT = rf"(?:(?<![{JOINING}][0-9A-Z])|(?<=[Cc][Nn][Pp][Jj][0-9A-Z]))"
_CPF = rf"[0-9]{_CPF_LEFT}(?=([0-9]{{2}}{GAP}[0-9]{{3}}{GAP}[0-9]{{3}}{GAP}[0-9]{{2}}){RIGHT})"
_CNPJ = (
    rf"[0-9A-Z]{_CNPJ_LEFT}"
    rf"(?=([0-9A-Z]{GAP}[0-9A-Z]{{3}}{GAP}[0-9A-Z]{{3}}{GAP}[0-9A-Z]{{4}}{GAP}[0-9]{{2}}){RIGHT})"
)
# Small letters count only in the official spelling, or words would be numbers by chance.
_OFFICIAL = r"/(?<=([0-9A-Za-z]{2}\.[0-9A-Za-z]{3}\.[0-9A-Za-z]{3})/)(?=(\s{0,4}[0-9A-Za-z]{4}\s{0,4}-\s{0,4}[0-9]{2}))"
_TIME = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d"
# The last group on a bank slip is the due date and the amount.
_BANK_SLIP = r"[0-9]{6} [0-9] $"
_FRACTION = r"\.[0-9]{1,7}(?![0-9])(?!\s{0,4}[0-9\])]|[-/.+]\s{0,4}[0-9\])])"


def cpfs(text: str) -> Iterator[Span]:
    end = 0
    for candidate in compiled(_CPF).finditer(text):
        start = candidate.start()
        if start < end or not _has_check_digits(_values(number := text[start : candidate.end(1)]), weights=11):
            continue
        if (number.count(".") == 3 and _is_ipv4(number)) or (number.isdecimal() and is_fraction(text, start)):
            continue
        end = candidate.end(1)
        yield start, end


def cnpjs(text: str) -> Iterator[Span]:
    spans = [*_spans(text)]
    if "/" in text:
        spans = sorted({*spans, *_official_spans(text)})
    end = 0
    for start, stop in spans:
        if start >= end:
            yield start, stop
            end = stop


def _spans(text: str) -> Iterator[Span]:
    for candidate in compiled(_CNPJ).finditer(text):
        start, end = candidate.start(), candidate.end(1)
        found = text[start:end]
        number = "".join(filter(str.isalnum, found))
        words = "/" not in found and number[:12].isalpha()
        if words or not _has_check_digits(_values(number), weights=9):
            continue
        if found.isdecimal() and (_is_other(text, start) or compiled(_TIME).fullmatch(found)):
            continue
        yield start, end


def _official_spans(text: str) -> Iterator[Span]:
    joins = compiled(f"[{JOINING}]")
    for candidate in compiled(_OFFICIAL).finditer(text):
        start, end = candidate.start(1), candidate.end(2)
        if joins.match(text, end) or (
            start and joins.match(text[start - 1]) and text[start - 4 : start].upper() != "CNPJ"
        ):
            continue
        if _has_check_digits(_values(text[start:end]), weights=9):
            yield start, end


def _is_other(text: str, start: int) -> bool:
    return is_fraction(text, start) or compiled(_BANK_SLIP).search(text[max(0, start - 9) : start]) is not None


def is_fraction(text: str, start: int) -> bool:
    """Whether digits are the fraction of a decimal number: behind a dot, and a short number that stands alone."""
    if start < 2 or text[start - 1] != ".":
        return False
    return compiled(_FRACTION).match(text[max(0, start - 16) : start][::-1]) is not None


def _is_ipv4(number: str) -> bool:
    return all(group.isdecimal() and int(group) < 256 for group in number.split("."))


def _values(number: str) -> list[int]:
    """A digit's value is its own, and that of a letter how far it stands behind `0` in ASCII."""
    return [ord(character) - 48 for character in number.upper() if character.isalnum()]


def _has_check_digits(values: list[int], *, weights: int) -> bool:
    """Whether the last two are the check digits of the rest, with weights from 2 on the right up to `weights`."""
    return (
        values[-2] == _check_digit(values[:-2], weights)
        and values[-1] == _check_digit(values[:-1], weights)
        and len(set(values)) > 1
    )


def _check_digit(values: list[int], weights: int) -> int:
    rest = sum(map(int.__mul__, reversed(values), _WEIGHTS[weights])) % 11
    return 0 if rest < 2 else 11 - rest


_WEIGHTS = {weights: [2 + i % (weights - 1) for i in range(13)] for weights in (9, 11)}
