"""Where a text has personal data, told by its form and its check digits.

A finder yields spans, from left to right, that do not overlap. Two rules hold for all of them:

- What is found stands by itself: it neither begins nor ends within a run of letters and digits. A bracket counts as a
  digit where a dot or a colon would join two numbers, so that a mask beside a number leaves it what it was, and masking
  a masked text finds nothing.
- Every quantifier has a bound, and after a candidate that was none the search goes on one character further: the time
  grows with the length of the text, whatever it is made of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from socket import AF_INET, AF_INET6, inet_pton

from interactions.domain.redaction import Kind

Span = tuple[int, int]

_SPACE = "[ \u00a0\u2007\u2009\u202f]"
_DASH = "[-\u2010-\u2014\u2212]"
# Letters and digits join with letters and digits, but for the `n` of a `\n` written out; digits also over a dot.
_BEGINS = r"(?:(?<![^\W_])|(?<=\\[nrt]))"
_LEFT = rf"{_BEGINS}(?<![0-9\]]\.)"
_RIGHT = r"(?![^\W_])(?!\.[0-9\[])"
# Between the groups of a document's number, and of a phone number.
_JOINT = rf"(?:{_SPACE}?(?:[./]|{_DASH}){_SPACE}?|{_SPACE})?"
_GAP = rf"(?:{_SPACE}?(?:\.|{_DASH}){_SPACE}?|{_SPACE})?"

# The area codes that there are.
_AREA = "(?:1[1-9]|2[12478]|3[1-578]|4[1-9]|5[1345]|6[1-9]|7[134579]|8[1-9]|9[1-9])"
# 0 before the area code, perhaps with the carrier between them.
_TRUNK = rf"(?:\(0\){_GAP}|0(?:[xX]{{2}}|(?:{_SPACE}|{_DASH})[1-9][0-9](?:{_SPACE}|{_DASH})|{_GAP}))?"
_AREA_IN_BRACKETS = rf"\({_SPACE}?(?:0(?:[xX]{{2}})?)?{_AREA}{_SPACE}?\)"
_COUNTRY = rf"(?:(?:\+|00)?55{_GAP})?"
# Ten digits and nothing else are no phone number: they may be a time, in seconds since 1970.
_NOT_TEN_DIGITS = "(?![0-9]{10}(?![0-9]))"
_MARKS = "\u0300-\u036f"  # the accents of letters that are written in two characters
_LOCAL = frozenset("._%+'-")
MAX_LOCAL = 64

# What a number can begin with, and all of it.
_NUMBERS = {
    "cnpj": (
        "[0-9A-Za-z]",
        rf"{_LEFT}{_JOINT.join(f'[0-9A-Za-z]{{{size}}}' for size in (2, 3, 3, 4))}{_JOINT}[0-9]{{2}}{_RIGHT}",
    ),
    "cpf": ("[0-9]", rf"{_LEFT}{_JOINT.join(f'[0-9]{{{size}}}' for size in (3, 3, 3, 2))}{_RIGHT}"),
    "card": (
        "[2-6]",
        rf"{_LEFT}(?:2[2-7]|3[04-9]|[45][0-9]|6[0-9])[0-9]{{2}}(?:(?:{_SPACE}|{_DASH})?[0-9]){{9,15}}",
    ),
    "phone": (
        "[+(0-9]",
        rf"(?:(?=[+(])|{_LEFT}{_NOT_TEN_DIGITS})"
        rf"(?:\(\+?55{_GAP}{_AREA}\)|{_COUNTRY}{_TRUNK}(?:{_AREA_IN_BRACKETS}|{_AREA}))"
        rf"{_GAP}(?:9{_GAP}[0-9]{{4}}|[2-5][0-9]{{3}}){_GAP}[0-9]{{4}}{_RIGHT}",
    ),
    # All that could belong to an address, after a word such as `host:` if there is one.
    "ipv6": (
        "[0-9A-Za-z:]",
        rf"{_BEGINS}(?<![:.\]])(?:[A-Za-z][0-9A-Za-z]{{0,31}}:)??"
        r"((?=[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f:.]{2,46})(?![^\W_]|[:.\[])",
    ),
    "ipv4": ("[0-9]", rf"{_LEFT}[0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{3}}{_RIGHT}"),
}
_DOMAIN = rf"@(?:[^\W_][\w{_MARKS}-]{{0,62}}\.){{1,10}}[^\W\d_][\w{_MARKS}-]{{1,62}}(?<![_-])"

# Compiled for the first text that needs it.
_compiled = cache(re.compile)


def _number(name: str) -> re.Pattern[str]:
    """The pattern as a group: `re` skips fast to a character, but not to what begins by looking behind itself."""
    first, number = _NUMBERS[name]
    return _compiled(rf"{first}(?<=(?=({number})){first})")


def _scan(name: str, end_of: Callable[[re.Match[str]], int], text: str) -> Iterator[Span]:
    """The candidates of a pattern that are what they look like; `end_of` is 0 for those that are not."""
    pattern, position = _number(name), 0
    while candidate := pattern.search(text, position):
        end = end_of(candidate)
        if end:
            yield candidate.start(pattern.groups), end
        position = end or candidate.start() + 1


def _emails(text: str) -> Iterator[Span]:
    floor = 0
    for domain in _compiled(_DOMAIN).finditer(text):
        start = at = domain.start()
        while start > max(floor, at - MAX_LOCAL) and _is_local(text[start - 1]):
            start -= 1
        while start < at and not text[start].isalnum():
            start += 1
        if start < at:
            floor = domain.end()
            yield start, floor


def _is_local(character: str) -> bool:
    return character.isalnum() or character in _LOCAL or "\u0300" <= character <= "\u036f"


def _end_of_cpf(candidate: re.Match[str]) -> int:
    return candidate.end(1) if _has_check_digits(_values(candidate[1]), weights=11) else 0


def _end_of_cnpj(candidate: re.Match[str]) -> int:
    """Capitals and digits; small letters only in the official spelling, for else words would be one by chance."""
    found = candidate[1]
    number = "".join(filter(str.isalnum, found))
    if not number.isdecimal() and "/" not in found:
        words = number != found and number[:12].isalpha()
        if words or number != number.upper():
            return 0
    return candidate.end(1) if _has_check_digits(_values(number), weights=9) else 0


def _values(number: str) -> list[int]:
    """A digit's value is its own, and that of a letter how far it stands behind `0` in ASCII."""
    return [ord(character) - ord("0") for character in number.upper() if character.isalnum()]


def _has_check_digits(values: list[int], *, weights: int) -> bool:
    """Whether the last two are the check digits of the rest, with weights from 2 on the right up to `weights`."""
    return len(set(values)) > 1 and all(
        values[end] == _check_digit(values[:end], weights) for end in (len(values) - 2, len(values) - 1)
    )


def _check_digit(values: list[int], weights: int) -> int:
    rest = sum(value * (2 + i % (weights - 1)) for i, value in enumerate(reversed(values))) % 11
    return 0 if rest < 2 else 11 - rest


def _end_of_card(candidate: re.Match[str]) -> int:
    """The end of the longest card number that the digits begin with: a security code may stand behind it."""
    text, start = candidate.string, candidate.start()
    for end in range(candidate.end(1), start + 12, -1):
        if text[end - 1].isdecimal() and _compiled(_RIGHT).match(text, end) and _is_card(text[start:end]):
            return end
    return 0


def _is_card(number: str) -> bool:
    groups = _compiled(f"{_SPACE}|{_DASH}").split(number)
    digits = [int(digit) for digit in "".join(groups)]
    if not 13 <= len(digits) <= 19 or any(len(group) < 3 for group in groups[:-1]):
        return False
    return sum(sum(divmod(2 * digit, 10)) if i % 2 else digit for i, digit in enumerate(reversed(digits))) % 10 == 0


def _end_of_ipv6(candidate: re.Match[str]) -> int:
    """Without the dot or colon that a sentence goes on with."""
    address = candidate[2].rstrip(".")
    if not _is_ipv6(address):
        address = address.removesuffix(":")
    return candidate.start(2) + len(address) if _is_ipv6(address) else 0


def _is_ipv6(address: str) -> bool:
    """With fewer than three groups it has to be one that is in use: `1::2` is a slice, and `ada::bed` a name in C++."""
    try:
        block = int.from_bytes(inet_pton(AF_INET6, address)[:2])
    except OSError:
        return False
    if sum(map(bool, address.split(":"))) > 2 or "." in address or address == "::1":
        return True
    return block >> 13 == 0b001 or block >> 9 == 0xFC >> 1 or block >> 6 == 0xFE80 >> 6  # global, of a site, of a link


def _end_of_ipv4(candidate: re.Match[str]) -> int:
    try:
        inet_pton(AF_INET, candidate[1])
    except OSError:
        return 0
    return candidate.end(1)


def _end_of_phone(candidate: re.Match[str]) -> int:
    return candidate.end(1)


# In the order in which they are asked: what one has found the next ones do not see. An e-mail address may have a CPF in
# it, an IPv6 address an IPv4 one; and eleven digits are a phone number unless they are a CPF.
FINDERS: tuple[tuple[Kind, Callable[[str], Iterator[Span]]], ...] = (
    ("email", _emails),
    ("cnpj", partial(_scan, "cnpj", _end_of_cnpj)),
    ("cpf", partial(_scan, "cpf", _end_of_cpf)),
    ("card", partial(_scan, "card", _end_of_card)),
    ("phone", partial(_scan, "phone", _end_of_phone)),
    ("ip", partial(_scan, "ipv6", _end_of_ipv6)),
    ("ip", partial(_scan, "ipv4", _end_of_ipv4)),
)
