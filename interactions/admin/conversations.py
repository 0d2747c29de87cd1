"""Conversations, to look at."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from interactions.admin.filters import UserFilter
from interactions.admin.long_tables import ReadOnlyAdmin
from interactions.admin.presentation import instant
from interactions.domain.identifiers import created_at_of
from interactions.models import ConversationRow
from interactions.repositories.orm.selection import alive


@admin.register(ConversationRow)
class ConversationAdmin(ReadOnlyAdmin[ConversationRow]):
    list_display = ("conversation_id", "user_id", "title", "started", "last", "interactions")
    list_filter = (UserFilter,)
    search_fields = ("=user_id", "=conversation_id", "title")
    search_help_text = "User, conversation, or words of a title"
    fields = ("conversation_id", "user_id", "title", "started", "last", "until", "interactions")
    ordering = ("-last_interaction_id",)
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConversationRow]:
        return alive(super().get_queryset(request), datetime.now(UTC))

    @admin.display(description="Started")
    def started(self, row: ConversationRow) -> str:
        return instant(row.started_at)

    @admin.display(description="Latest interaction")
    def last(self, row: ConversationRow) -> str:
        return instant(created_at_of(row.last_interaction_id))

    @admin.display(description="Kept until")
    def until(self, row: ConversationRow) -> str:
        return instant(row.expires_at, none="for ever")

    @admin.display(description="")
    def interactions(self, row: ConversationRow) -> SafeString:
        return conversation_link(row.user_id, row.conversation_id, "interactions")


def conversation_link(user_id: str, conversation_id: str, text: str) -> SafeString:
    """A link to the list of a conversation's interactions."""
    query = urlencode({"user": user_id, "conversation": conversation_id})
    return format_html('<a href="{}?{}">{}</a>', reverse("admin:interactions_interactionrow_changelist"), query, text)
