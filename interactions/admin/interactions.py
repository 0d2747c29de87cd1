"""The screens of interactions: the list, one in full, what may be changed of it, and the actions on a selection."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.db.models.functions import Substr
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse

from interactions import services
from interactions.admin import columns
from interactions.admin.erasure import erase_users
from interactions.admin.exports import csv_response, jsonl_response
from interactions.admin.filters import DayFilter, ExactFilter, RecentModelFilter, RecentUserFilter
from interactions.admin.forms import EDITABLE, InteractionForm
from interactions.admin.long_tables import LongTableAdmin
from interactions.domain.errors import DomainError
from interactions.domain.identifiers import parse_interaction_id
from interactions.models import InteractionRow
from interactions.repositories.orm.selection import alive

LISTED = (
    "user_id",
    "interaction_id",
    "status",
    "model",
    "input_tokens",
    "output_tokens",
    "cost_nano_usd",
    "latency_ms",
    "feedback_score",
    "feedback_label",
    "content_expires_at",
)


class ConversationFilter(ExactFilter):
    """For links from a conversation; it shows only while it filters."""

    title = "conversation"
    parameter_name = "conversation"
    column = "conversation_id"

    def has_output(self) -> bool:
        return bool(self.value())


class InteractionList(ChangeList):
    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[InteractionRow]:
        rows: QuerySet[InteractionRow] = super().get_queryset(request, exclude_parameters)
        # The texts stay in the database, but for a beginning.
        return rows.only(*LISTED).annotate(beginning=Substr("prompt", 1, columns.BEGINNING))


@admin.register(InteractionRow)
class InteractionAdmin(LongTableAdmin[InteractionRow]):
    form = InteractionForm
    list_display = (
        columns.created,
        "user_id",
        columns.status,
        "model",
        columns.excerpt,
        columns.tokens,
        columns.cost,
        columns.latency,
        columns.feedback,
    )
    list_display_links = (columns.created, columns.excerpt)
    list_filter = (DayFilter, "status", RecentUserFilter, RecentModelFilter, ConversationFilter)
    sortable_by: ClassVar[Any] = (columns.created,)
    ordering = ("-interaction_id", "-user_id")
    search_fields = ("user_id", "conversation_id", "prompt", "response")
    search_help_text = "An interaction, a user or a conversation by its whole id, or words of a prompt or response"
    actions = ("export_jsonl", "export_csv", erase_users)
    fieldsets: ClassVar[Any] = (
        ("Exchange", {"fields": (columns.prompt, columns.response)}),
        ("Feedback", {"fields": ("feedback_score", "feedback_label", "feedback_comment", columns.feedback_at)}),
        ("Retention", {"fields": ("content_expires_at", "expires_at")}),
        (
            "Record",
            {
                "fields": (
                    ("interaction_id", "user_id"),
                    (columns.conversation, columns.status),
                    (columns.created, columns.updated),
                    ("version", "trace_id"),
                    columns.metadata,
                    columns.redaction,
                )
            },
        ),
        (
            "Model call",
            {
                "fields": (
                    ("provider", "model"),
                    ("requested_model", columns.cached),
                    (columns.latency, columns.cost_and_source),
                    ("finish_reason", "response_id"),
                    "context_turns",
                    columns.usage,
                    columns.error,
                    columns.attempts,
                )
            },
        ),
    )
    readonly_fields = tuple(name for name in flatten_fieldsets(fieldsets) if name not in EDITABLE)

    def get_queryset(self, request: HttpRequest) -> QuerySet[InteractionRow]:
        return alive(super().get_queryset(request), datetime.now(UTC))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return InteractionList

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        # Others, as prompt__contains, would ask texts that have expired.
        return lookup in {"day", "status__exact", "user", "model", "conversation"}

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[InteractionRow], search_term: str
    ) -> tuple[QuerySet[InteractionRow], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        if interaction_id := parse_interaction_id(term):
            return queryset.filter(interaction_id=interaction_id), False
        kept = Q(content_expires_at__isnull=True) | Q(content_expires_at__gt=datetime.now(UTC))
        words = Q(prompt__icontains=term) | Q(response__icontains=term)
        return queryset.filter(Q(user_id=term) | Q(conversation_id=term) | (kept & words)), False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)  # would go past the services
        return actions

    @admin.action(description="Export as JSON lines", permissions=["view"])
    def export_jsonl(self, request: HttpRequest, queryset: QuerySet[InteractionRow]) -> StreamingHttpResponse:
        return jsonl_response(queryset)

    @admin.action(description="Export as CSV", permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: QuerySet[InteractionRow]) -> StreamingHttpResponse:
        return csv_response(queryset)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(
                request, object_id, form_url, {"title": "Interaction", **(extra_context or {})}
            )
        except DomainError as error:  # something came between the form's check and the write, as its expiry
            messages.error(request, f"Nothing was stored: {error}.")
            return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: InteractionRow, form: Any, change: bool) -> None:
        form.save_changes()

    def delete_model(self, request: HttpRequest, obj: InteractionRow) -> None:
        services.interaction_delete(interaction_id=obj.interaction_id, user_id=obj.user_id)
