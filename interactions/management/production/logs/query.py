"""Which lines of the log are asked for, in CloudWatch's words and in ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.core.management.base import CommandError

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
# As Lambda's own lines have them.
_OTHER_WORDS = {"WARNING": ("WARN",), "CRITICAL": ("FATAL",)}
_HEX = re.compile(r"[0-9a-f]{32}\Z")
# https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html
_XRAY = re.compile(r"1-([0-9a-f]{8})-([0-9a-f]{24})\Z")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")


class Query(NamedTuple):
    """`ids` are one id's spellings. A line may have any of them anywhere, so that Lambda's own lines are found too."""

    ids: tuple[str, ...] = ()
    level: str | None = None
    user_id: str | None = None

    def pattern(self) -> str:
        """CloudWatch's, empty for all lines. It cannot ask for words and for fields at once: with ids it takes these.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
        """
        if self.ids:
            return " ".join(f'?"{each}"' for each in self.ids)
        asked = []
        if self.level:
            asked.append(" || ".join(f'($.level = "{level}")' for level in self._levels()))
        if self.user_id:
            asked.append(f'$.user_id = "{self.user_id}"')
        return f"{{ {' && '.join(f'({each})' for each in asked)} }}" if asked else ""

    def takes(self, message: str, fields: Mapping[str, Any]) -> bool:
        """Whether a line is one of those asked for; `fields` is what it holds, where it is an object."""
        return (
            (not self.ids or any(each in message for each in self.ids))
            and (not self.level or fields.get("level") in self._levels())
            and (not self.user_id or fields.get("user_id") == self.user_id)
        )

    def _levels(self) -> tuple[str, ...]:
        """The level and those above it."""
        levels = LEVELS[LEVELS.index(self.level or "DEBUG") :]
        return tuple(word for level in levels for word in (level, *_OTHER_WORDS.get(level, ())))


def spellings(text: str) -> tuple[str, ...]:
    """A trace as W3C and as X-Ray write it; a request's id as it is.

    Raises:
        CommandError: it is none of them.
    """
    given = text.strip().lower().removeprefix("root=").partition(";")[0]
    if xray := _XRAY.match(given):
        return given, xray[1] + xray[2]
    if _HEX.match(given):
        return given, f"1-{given[:8]}-{given[8:]}"
    if _UUID.match(given):
        return (given,)
    raise CommandError(
        "--trace takes a trace id of 32 hexadecimal digits, X-Ray's 1-…-…, or a request's id: the answer's headers "
        "X-Trace-ID and X-Request-ID have them."
    )
