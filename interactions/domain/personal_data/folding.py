"""A copy of a text in which one value has one spelling, with the positions of the original.

Folding keeps the length. Full-width characters, digits of other scripts, dashes and spaces become ASCII; an escape such
as `%40` becomes its character, followed by fillers. Joining removes characters that nobody sees, and maps positions.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from interactions.domain.personal_data.patterns import LATIN, Span, compiled

# White space for every pattern, and part of an address for that of e-mail addresses.
FILLER = "\x1f"
# Up to this number of different characters, replacing each is faster than translating all.
_FEW = 16
# The digit 0 of each script that has decimal digits in the basic plane, then the mathematical ones and the segments.
_ZEROS = (
    *(0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0, 0xF20),
    *(0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0),
    *(0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1FBF0),
)
_ASTRAL_DIGITS = "[\U0001d7ce-\U0001d7ff\U0001fbf0-\U0001fbf9]"
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_LINE_ENDS = "\u0085\u2028\u2029"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d"
_OTHERS = {"\ufe6b": "@", "\u2024": ".", "\ufe52": ".", "\u2044": "/", "\u2215": "/", "\ufe62": "+", "\u2019": "'"}
# Unicode's Default_Ignorable_Code_Point without the variation selectors of plane 14, and the frame of a keycap.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20e3\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_VISIBLE = f"[ -~{LATIN}]"
_JOINED_BY = rf"[{_INVISIBLE}](?<={_VISIBLE}.)[{_INVISIBLE}]*+(?={_VISIBLE})"
# What URLs, JSON and HTML write for a character, in small letters, by what each escape begins with.
_ESCAPES: Mapping[str, Mapping[str, str]] = {
    "%": {
        "%40": "@",
        "%20": " ",
        "%28": "(",
        "%29": ")",
        "%09": " ",
        "%0a": "\n",
        "%0d": " ",
        "%22": '"',
        "%26": "&",
        "%2b": "+",
        "%2c": ",",
        "%2d": "-",
        "%2e": ".",
        "%2f": "/",
        "%3a": ":",
        "%3b": ";",
        "%3d": "=",
        "%3f": "?",
        "%3c": "<",
        "%3e": ">",
        "%5b": "[",
        "%5d": "]",
        "%7c": "|",
    },
    "\\": {
        r"\r\n": "\r\n",
        r"\n": "\n",
        r"\t": "\t",
        r"\u0040": "@",
        r"\u0026": "&",
        r"\u0027": "'",
        r"\u002b": "+",
        r"\u002f": "/",
        r"\u003c": "<",
        r"\u003e": ">",
        r"\u003d": "=",
    },
    "&": {"&#64;": "@", "&#x40;": "@", "&commat;": "@", "&nbsp;": " ", "&#43;": "+"},
}


class Joined(NamedTuple):
    """A text without the invisible characters between visible ones."""

    text: str
    joints: list[int]  # where they were
    removed: list[int]  # how many of them, up to and with each joint

    def original(self, start: int, end: int) -> Span:
        """Where a span of the joined text was before."""
        return start + self._removed_before(start), end + self._removed_before(end - 1)

    def _removed_before(self, position: int) -> int:
        index = bisect(self.joints, position)
        return self.removed[index - 1] if index else 0


def can_have_any(text: str) -> bool:
    """Whether there is a digit, or an at sign in some spelling. A text without either has no personal data."""
    if "@" in text or "::" in text or "&commat;" in text:
        return True
    return compiled("[0-9]" if text.isascii() else r"[\d\ufe6b\uff20]").search(text) is not None


def fold(text: str) -> str:
    """A copy of the same length, in which every spelling of a character is that of ASCII."""
    if not text.isascii():
        text = _in_ascii(text)
    for first, escapes in _ESCAPES.items():
        if first in text:
            text = _with_escapes_read(
                text, rf"{re.escape(first)}(?i:{'|'.join(re.escape(escape[1:]) for escape in escapes)})", escapes
            )
    return text


def _with_escapes_read(text: str, pattern: str, escapes: Mapping[str, str]) -> str:
    """Replace one escape after the other, so that a text without escapes costs one search."""
    position = 0
    while found := compiled(pattern).search(text, position):
        escape, position = found[0], found.start()
        character = escapes[escape if escape in escapes else escape.lower()]
        text = text.replace(escape, character + FILLER * (len(escape) - len(character)))
    return text


def join(text: str) -> Joined | None:
    """The text without the invisible characters between visible ones; None if it has none."""
    if text.isascii():
        return None
    pattern = compiled(_JOINED_BY)
    joints: list[int] = []
    removed: list[int] = []
    total = 0
    for start, end in map(re.Match.span, pattern.finditer(text)):
        joints.append(start - total)
        total += end - start
        removed.append(total)
    return Joined(pattern.sub("", text), joints, removed) if joints else None


def _in_ascii(text: str) -> str:
    """Replace one character after the other: `str.translate` takes ten times as long where few are to be replaced."""
    table = _table()
    replaced = 0
    for pattern in (_foldable(), _ASTRAL_DIGITS):
        position = 0
        while found := compiled(pattern).search(text, position):
            if replaced == _FEW:
                return text.translate(table)
            position = found.start()
            text = text.replace(found[0], chr(table[ord(found[0])]))
            replaced += 1
    return text


@cache
def _foldable() -> str:
    """A set of the basic plane alone: with characters of other planes in it, `re` searches ten times as long."""
    return f"[{re.escape(''.join(chr(code) for code in _table() if code < 0x10000))}]"


@cache
def _table() -> dict[int, int]:
    table = {0xFF01 + i: ord("!") + i for i in range(94)}
    table |= {zero + i: ord("0") + i for zero in _ZEROS for i in range(10)}
    table |= dict.fromkeys(map(ord, _SPACES), ord(" ")) | dict.fromkeys(map(ord, _LINE_ENDS), ord("\n"))
    table |= dict.fromkeys(map(ord, _DASHES), ord("-"))
    return table | {ord(character): ord(plain) for character, plain in _OTHERS.items()}
