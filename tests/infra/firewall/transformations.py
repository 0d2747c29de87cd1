"""WAF's text transformations, as far as a rule of ours uses them or may come to.

https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-transformation.html
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote_plus


def normalize_path(path: str) -> str:
    """Take out repeated slashes, `.`, and `..` with what it goes back over; escapes stay as they are.

    Back-references at the beginning stay, says the documentation in ModSecurity's words, whose tests keep them in a
    relative path and drop them after a root, and keep a slash at the end.
    """
    root = path.startswith("/")
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == ".." and kept and kept[-1] != "..":
            kept.pop()
        elif segment not in ({"", ".", ".."} if root else {"", "."}):
            kept.append(segment)
    end = "/" if kept and path.endswith("/") else ""
    return ("/" if root else "") + "/".join(kept) + end


def _unchanged(text: str) -> str:
    return text


TRANSFORMATIONS: dict[str, Callable[[str], str]] = {
    "LOWERCASE": str.lower,
    "NONE": _unchanged,
    "NORMALIZE_PATH": normalize_path,
    "URL_DECODE": unquote_plus,
}
