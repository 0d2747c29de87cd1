"""What the finders' patterns share: boundaries, gaps, and the words beside a candidate."""

from __future__ import annotations

import re
from functools import cache

Span = tuple[int, int]

# Compiled when a text first needs it: a cold start compiles none.
compiled = cache(re.compile)

# Letters and digits that join with a value. Chinese or Japanese stands beside a value without a space, so it divides.
LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
JOINING = f"0-9{LATIN}"
# The end of a value. Its beginning is a lookbehind of two characters, behind the first character of each pattern,
# because `re` skips fast to a set of characters but not to a lookbehind.
RIGHT = f"(?![{JOINING}])"
# Between the groups of a number: white space, one mark, or both. Folding has made every dash `-` and every space ` `.
DASH_GAP = r"(?:\s{0,4}+(?:[.-]\s{0,4}+)?+)"
DOCUMENT_GAP = r"(?:\s{0,4}+(?:[./-]\s{0,4}+)?+)"


def words_of(text: str) -> frozenset[str]:
    """A set of words, written as a text."""
    return frozenset(text.split())


LOOK_BACK = 48
# Read from the right: a pattern that is tried at one position costs less than a search that has to end there.
_WORD_REVERSED = r"(?:[^\w\[\]\n]|_)*+([^\W\d_]+)"


def before(text: str, start: int, length: int) -> str:
    """The characters before a position, the nearest first."""
    return text[start - length : start][::-1] if start >= length else text[:start][::-1]


def words_before(text: str, start: int, count: int = 3) -> list[str]:
    """The words before a position in small letters, the nearest first, back to a digit, a bracket or a line end."""
    window, position = before(text, start, LOOK_BACK), 0
    words: list[str] = []
    while len(words) < count and (word := compiled(_WORD_REVERSED).match(window, position)):
        words.append(word[1][::-1].lower())
        position = word.end()
    return words


def word_after(text: str, end: int) -> str:
    match = compiled(r"[ \"')]{0,3}([^\W\d_]{1,24})").match(text, end)
    return match[1].lower() if match else ""
