"""How values of any record read on the screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from interactions.domain.pricing import amount_of

NONE = "–"
SCORES = {1: "+1", 0: "0", -1: "−1"}


def instant(value: datetime | None, *, none: str = NONE) -> str:
    return none if value is None else f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def usd(nano_usd: int | None) -> str:
    return NONE if nano_usd is None else f"${amount_of(nano_usd)}"


def duration(milliseconds: int | None) -> str:
    if milliseconds is None:
        return NONE
    return f"{milliseconds} ms" if milliseconds < 1000 else f"{milliseconds / 1000:,.1f} s"


def count(value: int | None) -> str:
    return NONE if value is None else f"{value:,}"


def score(value: int | None, label: str | None) -> SafeString | str:
    if value is None:
        return NONE
    return format_html('<span class="score score-{}">{}</span> {}', value, SCORES[value], label or "")


def badge(state: str) -> SafeString:
    return format_html('<span class="badge badge-{}">{}</span>', state, state)


def note(text: str) -> SafeString:
    return format_html('<span class="note">{}</span>', text)


def text_block(text: str) -> SafeString:
    """A whole text as it was written: escaped, its lines kept."""
    return format_html('<div class="written" tabindex="0">{}</div>', text)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> SafeString | str:
    cells = [(format_html_join("", "<td>{}</td>", ((cell,) for cell in row)),) for row in rows]
    if not cells:
        return NONE
    header = format_html("<tr>{}</tr>", format_html_join("", "<th>{}</th>", ((h,) for h in head))) if head else ""
    return format_html('<table class="values">{}{}</table>', header, format_html_join("", "<tr>{}</tr>", cells))
