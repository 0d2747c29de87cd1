"""What the list and the page of an interaction show: each value as a person reads it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString

from interactions.admin import presentation as show
from interactions.admin.conversations import conversation_link
from interactions.domain.identifiers import created_at_of
from interactions.domain.interaction import USAGE_FIELDS
from interactions.models import InteractionRow

EXCERPT = 120
# White space shrinks to one blank each, so more is fetched than is shown.
BEGINNING = 3 * EXCERPT


@admin.display(description="Created (UTC)", ordering="interaction_id")
def created(row: InteractionRow) -> str:
    return f"{created_at_of(row.interaction_id):%Y-%m-%d %H:%M:%S}"


@admin.display(description="Status")
def status(row: InteractionRow) -> SafeString:
    return show.badge(row.status)


@admin.display(description="Prompt")
def excerpt(row: Any) -> SafeString | str:
    """Of a row of the list, which carries the prompt's `beginning`."""
    if row.beginning is None or _texts_gone(row):
        return show.note("no longer kept")
    line = " ".join(row.beginning.split())
    return line if len(line) <= EXCERPT else f"{line[:EXCERPT].rstrip()}…"


@admin.display(description="Tokens in / out")
def tokens(row: InteractionRow) -> str:
    if row.input_tokens is None and row.output_tokens is None:
        return show.NONE
    return f"{show.count(row.input_tokens)} / {show.count(row.output_tokens)}"


@admin.display(description="Cost")
def cost(row: InteractionRow) -> str:
    return show.usd(row.cost_nano_usd)


@admin.display(description="Latency")
def latency(row: InteractionRow) -> str:
    return show.duration(row.latency_ms)


@admin.display(description="Feedback")
def feedback(row: InteractionRow) -> SafeString | str:
    return show.score(row.feedback_score, row.feedback_label)


@admin.display(description="Prompt")
def prompt(row: InteractionRow) -> SafeString:
    return _gone(row) if _texts_gone(row) or row.prompt is None else show.text_block(row.prompt)


@admin.display(description="Response")
def response(row: InteractionRow) -> SafeString:
    if _texts_gone(row) or row.prompt is None:
        return _gone(row)
    if row.response is not None:
        return show.text_block(row.response)
    return show.note("not answered yet" if row.status == "pending" else "none")


@admin.display(description="Given at")
def feedback_at(row: InteractionRow) -> str:
    return show.instant(row.feedback_at)


@admin.display(description="Conversation")
def conversation(row: InteractionRow) -> SafeString | str:
    if row.conversation_id is None:
        return show.NONE
    return conversation_link(row.user_id, row.conversation_id, row.conversation_id)


@admin.display(description="Updated (UTC)")
def updated(row: InteractionRow) -> str:
    return f"{row.updated_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


@admin.display(description="Metadata")
def metadata(row: InteractionRow) -> SafeString | str:
    return show.table((), row.metadata.items())


@admin.display(description="Masked")
def redaction(row: InteractionRow) -> SafeString | str:
    return show.table((), row.redaction.items())


@admin.display(description="Cached")
def cached(row: InteractionRow) -> str:
    return "yes" if row.cached else "no"


@admin.display(description="Cost")
def cost_and_source(row: InteractionRow) -> str:
    if row.cost_nano_usd is None:
        return "unknown"
    source = f"{row.cost_source} {row.cost_price_id}" if row.cost_price_id else row.cost_source
    return f"{show.usd(row.cost_nano_usd)} ({source})"


@admin.display(description="Tokens")
def usage(row: InteractionRow) -> SafeString | str:
    counts = {name.removesuffix("_tokens").replace("_", " "): getattr(row, name) for name in USAGE_FIELDS}
    return show.table([*counts], [[show.count(value) for value in counts.values()]])


@admin.display(description="Error")
def error(row: InteractionRow) -> SafeString | str:
    if row.error_type is None:
        return show.NONE
    return format_html("<strong>{}</strong> {}", row.error_type, show.text_block(row.error_message or ""))


@admin.display(description="Attempts")
def attempts(row: InteractionRow) -> SafeString | str:
    tried = [
        (attempt["provider"], attempt["error_type"] or "answered", show.duration(attempt["latency_ms"]))
        for attempt in row.attempts
    ]
    return show.table(("provider", "outcome", "latency"), tried)


def _texts_gone(row: InteractionRow) -> bool:
    """Whether the retention of the texts has ended, swept or not."""
    return row.content_expires_at is not None and row.content_expires_at <= datetime.now(UTC)


def _gone(row: InteractionRow) -> SafeString:
    return show.note(f"no longer kept, since {show.instant(row.content_expires_at, none='its retention ended')}")
