"""What each kind of managed rule looks for, by what AWS publishes of it.

AWS keeps its patterns to itself. These are approximations: its documentation's examples, what people report as blocked,
and the plain forms of each attack. They say what a rule is about, not where its border runs. AWS's own may see a prompt
that these do not, and it passes all the same: where texts are, rules of bodies only count.

https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-use-case.html
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


CROSS_SITE_SCRIPTING = _any_of(
    r"<\s*/?(?:script|iframe|object|embed|applet|frameset|svg|style|link|meta|base)\b",
    r"<!(?:doctype|entity)\b",
    r"<[a-z][^<>]{0,200}\bon[a-z]{3,20}\s*=",
    r"\b(?:href|src|action|formaction)\s*=\s*[\"']?\s*(?:javascript|vbscript|data)\s*:",
)
LOCAL_FILES = _any_of(
    r"(?:\.\.[/\\]+){2}",
    r"/etc/(?:passwd|shadow|group|hosts)\b",
    r"/proc/self/",
    r"\b[a-z]:\\+(?:windows|winnt)\\",
)
REMOTE_FILES = _any_of(r"\b(?:https?|ftps?|file)://\d{1,3}(?:\.\d{1,3}){3}")
METADATA = _any_of(
    r"\b169\.254\.169\.254\b",
    r"\bfd00:ec2::254\b",
    r"\bmetadata\.google\.internal\b",
    r"\bhttps?://(?:localhost\b|127\.\d|0\.0\.0\.0|\[::1\])",
)
# AWS's is libinjection at low sensitivity: it wants a string that is closed, or a second statement.
SQL = _any_of(
    r"'\s*(?:or|and)\s+'?\w+'?\s*=\s*'?\w",
    r"'\s*(?:\)\s*)?;?\s*--",
    r"\bunion\s+(?:all\s+|distinct\s+)?select\b",
    r";\s*(?:(?:drop|truncate|alter)\s+(?:table|database)|delete\s+from|insert\s+into|update\s+\w+\s+set)\b",
)
# What the rule above does not cover, says the documentation, so these have nothing of it.
SQL_EXTENDED = _any_of(
    r"\binformation_schema\.",
    r"\bxp_cmdshell\b",
    r"\bwaitfor\s+delay\b",
    r"\bpg_sleep\s*\(",
    r"\bload_file\s*\(",
    r"\binto\s+(?:out|dump)file\b",
)
LOG4J = _any_of(r"\$\{\s*jndi\s*:", r"\$\{\s*\$\{\s*(?:lower|upper|env|sys|::-)")
JAVA_DESERIALIZATION = _any_of(
    r"\bjava\.lang\.(?:runtime|processbuilder)\b",
    r"\bgetruntime\(\)\s*\.\s*exec\b",
    r"\bclass\.module\.classloader\b",
    r"(?-i:\brO0AB[A-Za-z0-9+/]{4})",
    r"\baced0005",
)
REACT = _any_of(r"\"status\"\s*:\s*\"resolved_model\"", r":__proto__:then\b", r":constructor:constructor\b")

# The published examples, and what is reported: Dockstore's tests have .config, and .cfg among arguments.
RESTRICTED_EXTENSIONS = _any_of(r"\.(?:log|ini|conf|config|cfg|bak)\b")
BAD_BOTS = _any_of(r"\b(?:nessus|nmap|zgrab)\b")
EXPLOITABLE_PATHS = _any_of(r"/web-inf\b", r"/\.env\b", r"/\.git\b")
LOCALHOST = _any_of(r"^localhost(?::\d+)?$")


@lru_cache(maxsize=4096)
def forms(text: str) -> tuple[str, ...]:
    """The text as sent, decoded, and with JSON's escapes read once and twice: managed rules transform first."""
    read_once = _read_escapes(text)
    return tuple(dict.fromkeys((text, unquote(text), read_once, _read_escapes(read_once))))


@lru_cache(maxsize=65536)
def sees(signature: re.Pattern[str], text: str) -> bool:
    return any(signature.search(form) for form in forms(text))


_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}


def _read_escapes(text: str) -> str:
    return _ESCAPE.sub(lambda escape: _ESCAPED.get(escape[1], escape[1]), text)
