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
# The end of a value.
RIGHT = f"(?![{JOINING}])"
# Between the groups of a number: white space, one mark, or both. Folding has made every dash `-` and every space ` `.
DASH_GAP = r"(?:\s{0,4}+(?:[.-]\s{0,4}+)?+)"
DOCUMENT_GAP = r"(?:\s{0,4}+(?:[./-]\s{0,4}+)?+)"


def beginning(first: str, *labels: str) -> str:
    """Follow a value's first character: nothing joins it on the left but one of the labels, as in `CPF59340162455`.

    It is a lookbehind behind the first character since `re` skips fast to a set of characters, but not to a lookbehind.
    """
    glued = "|".join(f"(?<={''.join(f'[{letter.upper()}{letter}]' for letter in label)}[{first}])" for label in labels)
    return rf"(?:(?<![{JOINING}][{first}])|(?<=[{LATIN}][{first}])(?:{glued}))"


def words_of(text: str) -> frozenset[str]:
    """A set of words, written as a text."""
    return frozenset(text.split())


LOOK_BACK = 48
# Read from the right: a pattern that is tried at one position costs less than a search that has to end there.
_WORD = r"(?:[^\w\[\]\n]|_)*+([^\W\d_]++)"
_THREE_WORDS = rf"{_WORD}(?:{_WORD}(?:{_WORD})?+)?+"


def before(text: str, start: int, length: int) -> str:
    """The characters before a position, the nearest first."""
    return text[start - length : start][::-1] if start >= length else text[:start][::-1]


def words_before(text: str, start: int) -> list[str]:
    """Up to three words before a position in small letters, back to a digit, a bracket or a line end."""
    if start < 2 or (text[start - 1] in " \n" and text[start - 2] in "0123456789]\n"):
        return []  # the usual case in a row of numbers
    return words_in(before(text, start, LOOK_BACK))


def words_in(window: str) -> list[str]:
    """The words of a text that reads from the right, the nearest first."""
    words = compiled(_THREE_WORDS).match(window)
    return [word[::-1].lower() for word in words.groups() if word] if words else []


def word_after(text: str, end: int) -> str:
    match = compiled(r"[ \"')]{0,3}([^\W\d_]{1,24})").match(text, end)
    return match[1].lower() if match else ""
