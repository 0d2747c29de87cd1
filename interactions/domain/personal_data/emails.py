"""E-mail addresses, internationalized ones too, apart from the sentence, URL or table around them."""

from __future__ import annotations

from collections.abc import Iterator

from interactions.domain.personal_data.folding import FILLER
from interactions.domain.personal_data.patterns import LATIN, Span, before, compiled, words_of

MAX_LOCAL = 64
_ACCENTS = "\u0300-\u036f"  # of letters that are written in two characters
# Vowel signs of Indic and South-East Asian scripts: part of a word, but no letters to `re`.
_SIGNS = f"{_ACCENTS}\u0900-\u0963\u0966-\u109f\u1780-\u17d3"
# The characters of RFC 5322's atext, and the dot. A filler stands where an escape was longer than its character.
_ATEXT = rf"0-9!#$%&'*+/=?^_`{{|}}~.{FILLER}-"
_LATIN_LOCAL = rf"[{LATIN}{_ACCENTS}{_ATEXT}]+"
_ANY_LOCAL = rf"[\w{_SIGNS}{_ATEXT}]+"
_LATIN_LABEL = rf"[0-9{LATIN}][0-9{LATIN}{_ACCENTS}_-]{{0,62}}+"
_OTHER_LETTER = rf"(?:(?![{LATIN}_0-9])[\w{_SIGNS}])"
_OTHER_LABEL = rf"{_OTHER_LETTER}(?:{_OTHER_LETTER}|[0-9-]){{0,62}}+"
# A domain ends where the script changes: behind `example.jp` in Japanese, the sentence goes on without a space.
_ADDRESS = (
    rf"@{FILLER}*+((?:(?:{_LATIN_LABEL}|{_OTHER_LABEL})\.{FILLER}*+){{1,10}}"
    rf"(?:xn--[0-9a-z-]{{2,59}}|[{LATIN}][{LATIN}{_ACCENTS}]{{1,62}}|{_OTHER_LETTER}{{2,63}}))"
)
_LITERAL = r"@\[(?:IPv6:[0-9A-Fa-f:.]{2,45}|[0-9]{1,3}(?:\.[0-9]{1,3}){3})\]"
# These patterns read from the right: a plain local part behind a space, a mark or a key such as `email=`; a quoted one.
_SIMPLE = (
    rf"((?:[0-9{LATIN}]++(?:[.+_-](?=[0-9{LATIN}]))?+)++)"
    r"(?:$|[ \t\n\r<>(),:;\"\[\]]|=(?:$|\w{2,20}(?:$|[\s&?])))"
)
_QUOTED = r'("[^"\r\n@\s\\\[\]][^"\r\n@\[\]]{0,61}(?<!\s)")(?:$|[\s<(,;:])'
_FIRST = r"[\w\u0900-\u109f]"
_USERINFO = r"[^\s/@]*//:[A-Za-z]"  # read from the right: what an URL has between `https://` and `@`
# Accounts of version control: `git@github.com:org/repository.git` names nobody.
_SERVICES = frozenset(("git", "hg", "svn"))
# Endings of files, none of them a top-level domain: `logo@2x.png`.
_FILES = words_of(
    """
    png jpg jpeg gif webp svg avif bmp ico css js jsx tsx json yaml yml xml html htm txt pdf exe dll
    """
)
# `pytest@8.1.x` is a package with its version.
_VERSION = r"v?[0-9]+\.[0-9]"
# In `q@k.transpose` an operator stands between two variables: short names, and an ending that is no usual domain's.
_USUAL = words_of(
    """
    com net org edu gov mil int info biz name app dev cloud online site shop store tech xyz email page blog live
    """
)


def emails(text: str) -> Iterator[Span]:
    if "@" not in text:
        return
    floor = 0
    is_version = compiled(_VERSION).match
    for address in compiled(f"{_ADDRESS}|{_LITERAL}").finditer(text):
        at, end = address.span()
        domain = address[1]
        if at == floor or (domain and domain[0] in "v0123456789" and is_version(domain)):
            continue
        start = _start(text, floor, at, end)
        if start < at and not _is_other(text, start, at, domain or "", end):
            yield start, end
            floor = end


def _start(text: str, floor: int, at: int, end: int) -> int:
    """Where the local part begins; at the sign if there is none."""
    window = before(text, at, min(at - floor, MAX_LOCAL))
    if simple := compiled(_SIMPLE).match(window):
        return at - simple.end(1)
    if window.startswith('"'):
        quoted = compiled(_QUOTED).match(window)
        return at - quoted.end(1) if quoted else at
    latin = compiled(f"[{LATIN}{_ACCENTS}{_ATEXT}]").match(window)
    run = compiled(_LATIN_LOCAL if latin else _ANY_LOCAL).match(window)
    return at - len(_trimmed(run[0][::-1], text[end : end + 1])) if run else at


def _trimmed(local: str, behind: str) -> str:
    """The local part without what a URL, a table, an assignment or a sentence puts directly before it."""
    local = local[local.rfind("..") + 2 :] if ".." in local else local
    if local.startswith("/") or local.count("/") > 1:
        local = local.rpartition("/")[2]
    if "|" in local and behind == "|":
        local = local.rpartition("|")[2]
    key, equals, rest = local.rpartition("=")
    if equals and ("+" not in key or "?" in key or "&" in key) and (len(key) > 1 or not key.isalpha()):
        local = rest
    first = compiled(_FIRST).search(local)
    if first is None:
        return ""
    # `_ana@example.com_` is emphasis; elsewhere a low line may begin a name.
    start = first.start()
    while behind == "_" and local[start : start + 1] == "_":
        start += 1
    return local[start:]


def _is_other(text: str, start: int, at: int, domain: str, end: int) -> bool:
    """Whether this is the account of a server, a file, or an operator in code."""
    if start > 3 and text[start - 1] in ":/" and compiled(_USERINFO).match(before(text, at, MAX_LOCAL + 16)):
        return True
    ending = domain[domain.rfind(".") + 1 :].lower()
    if ending in _FILES or text[start:at] in _SERVICES or text.startswith((":/", ":~"), end):
        return True
    is_short = at - start <= 2 and len(ending) > 2 and domain.find(".") <= 2
    return is_short and ending.isascii() and ending not in _USUAL
