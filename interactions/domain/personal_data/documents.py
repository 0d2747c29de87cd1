"""Numbers of Brazil's taxpayers: CPF of a person, CNPJ of an organization. Both end with two check digits."""

from __future__ import annotations

from collections.abc import Iterator
from operator import mul

from interactions.domain.personal_data.patterns import DOCUMENT_GAP as GAP
from interactions.domain.personal_data.patterns import JOINING, RIGHT, Span, before, beginning, compiled

_CPF = (
    rf"[0-9]{beginning('0-9', 'cpf')}"
    rf"(?=([0-9]{{2}}{GAP}[0-9]{{3}}{GAP}[0-9]{{3}}{GAP}[0-9]{{2}}){RIGHT})"
)
_CNPJ = (
    rf"[0-9A-Z]{beginning('0-9A-Z', 'cnpj')}"
    rf"(?=([0-9A-Z]{GAP}[0-9A-Z]{{3}}{GAP}[0-9A-Z]{{3}}{GAP}[0-9A-Z]{{4}}{GAP}[0-9]{{2}}){RIGHT})"
)
# Small letters count only in the official spelling, or words would be numbers by chance.
_OFFICIAL = (
    r"/(?<=([0-9A-Za-z]{2}\.[0-9A-Za-z]{3}\.[0-9A-Za-z]{3})/)"
    rf"(?=(\s{{0,4}}[0-9A-Za-z]{{4}}\s{{0,4}}-\s{{0,4}}[0-9]{{2}}){RIGHT})"
)
_TIME = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d"
# These two read from the right. The last group on a bank slip is the due date and the amount.
_BANK_SLIP = r" [0-9] [0-9]{6}"
_FRACTION = rf"\.[0-9]{{1,7}}(?![{JOINING}])(?!\s{{0,4}}[0-9\])]|[-/.+]\s{{0,4}}[0-9\])])"
MARKS = b" \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f./-"
_Digit = tuple[tuple[int, ...], int]


def _check_digits(*weights: int) -> tuple[_Digit, _Digit]:
    """The weights of both check digits, each with what the ASCII codes add to the sum of weighted values."""
    return (weights[1:], 48 * sum(weights[1:])), (weights, 48 * sum(weights))


_CPF_DIGITS = _check_digits(11, 10, 9, 8, 7, 6, 5, 4, 3, 2)
_CNPJ_DIGITS = _check_digits(6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)


def cpfs(text: str) -> Iterator[Span]:
    end = 0
    for candidate in compiled(_CPF).finditer(text):
        start, stop = candidate.start(), candidate.end(1)
        if start < end or not _has_check_digits(number := text[start:stop], _CPF_DIGITS):
            continue
        if (number.count(".") == 3 and _is_ipv4(number)) or (number.isdecimal() and is_fraction(text, start)):
            continue
        if not number.isdecimal() and (_is_in_odd_groups(number, 4) or _has_thousands_beside(text, start, stop)):
            continue
        end = stop
        yield start, end


def cnpjs(text: str) -> Iterator[Span]:
    spans = [*_cnpjs_in_capitals(text)]
    if "/" in text:
        spans = sorted([*spans, *_cnpjs_in_small_letters(text)])
    end = 0
    for start, stop in spans:
        if start >= end:
            yield start, stop
            end = stop


def _cnpjs_in_capitals(text: str) -> Iterator[Span]:
    for candidate in compiled(_CNPJ).finditer(text):
        start, end = candidate.start(), candidate.end(1)
        number = text[start:end]
        if not _has_check_digits(number, _CNPJ_DIGITS):
            continue
        if "/" not in number and "".join(filter(str.isalnum, number))[:12].isalpha():
            continue  # words
        if _is_in_odd_groups(number, 5):
            continue
        if "/" not in number and _is_time("".join(filter(str.isalnum, number))):
            continue
        if number.isdecimal() and (is_fraction(text, start) or is_on_bank_slip(text, start)):
            continue
        yield start, end


def _cnpjs_in_small_letters(text: str) -> Iterator[Span]:
    for candidate in compiled(_OFFICIAL).finditer(text):
        start, end = candidate.start(1), candidate.end(2)
        number = text[start:end]
        if number == number.upper() or not _has_check_digits(number.upper(), _CNPJ_DIGITS):
            continue
        if not compiled(f"[{JOINING}]").match(text, start - 1 if start else len(text)):
            yield start, end


def _is_time(digits: str) -> bool:
    return compiled(_TIME).fullmatch(digits) is not None


def is_on_bank_slip(text: str, start: int) -> bool:
    return compiled(_BANK_SLIP).match(before(text, start, 9)) is not None


def is_fraction(text: str, start: int) -> bool:
    """Whether digits are the fraction of a decimal number: behind a dot, and a short number that stands alone."""
    if start < 2 or text[start - 1] != ".":
        return False
    return compiled(_FRACTION).match(before(text, start, 16)) is not None


def _is_in_odd_groups(number: str, groups: int) -> bool:
    """Whether white space alone divides it, but not as people write it. A line end may be anywhere."""
    count = len(number.split())
    return 1 < count != groups and "\n" not in number and "".join(number.split()).isalnum()


def _has_thousands_beside(text: str, start: int, end: int) -> bool:
    """Whether a comma joins it with another group of three digits, as in a row of large numbers."""
    if text[start - 1 : start] != "," and text[end : end + 1] != ",":
        return False
    thousands = compiled(",[0-9]{3}(?![0-9])")
    return bool(thousands.match(text, end) and thousands.match(before(text, start, 5)))


def _is_ipv4(number: str) -> bool:
    return all(group.isdecimal() and int(group) < 256 for group in number.split("."))


def _has_check_digits(number: str, digits: tuple[_Digit, _Digit]) -> bool:
    """Whether the last two are the check digits of the rest. A character counts by its distance from `0` in ASCII."""
    values = number.encode().translate(None, MARKS)
    for weights, excess in digits:
        rest = (sum(map(mul, values, weights)) - excess) % 11
        if values[len(weights)] - 48 != (0 if rest < 2 else 11 - rest):
            return False
    return len(set(values)) > 1
