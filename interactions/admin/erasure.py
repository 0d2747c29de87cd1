"""Erasing everything of the users in a selection: first a page that says what, then the deed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import pluralize
from django.template.response import TemplateResponse

from interactions import services
from interactions.domain.identifiers import is_name
from interactions.models import ApiKeyRow, ConversationRow, InteractionRow
from interactions.services import Receipt

MAX_USERS = 20


@admin.action(description="Erase all of this user's data", permissions=["delete"])
def erase_users(model_admin: Any, request: HttpRequest, queryset: QuerySet[InteractionRow]) -> HttpResponse | None:
    confirmed = request.POST.getlist("user")
    users = confirmed or [*queryset.order_by("user_id").values_list("user_id", flat=True).distinct()[: MAX_USERS + 1]]
    if len(users) > MAX_USERS or not all(map(is_name, users)):
        messages.error(request, f"Select interactions of at most {MAX_USERS} users: nothing was erased.")
        return None
    if not confirmed:
        return _confirmation(model_admin, request, users)
    # One deadline for all, so that the page answers before the server gives up on it.
    deadline = services.request_deadline()
    for user_id in users:
        receipt = services.user_erase(user_id=user_id, deadline=deadline)
        messages.add_message(request, messages.SUCCESS if receipt.complete else messages.WARNING, _told(receipt))
    return None


def _confirmation(model_admin: Any, request: HttpRequest, users: list[str]) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Erase all data of a user" if len(users) == 1 else f"Erase all data of {len(users)} users",
        "opts": model_admin.opts,
        "media": model_admin.media,
        "counts": [
            {
                "user_id": user_id,
                "interactions": _count(InteractionRow, user_id),
                "conversations": _count(ConversationRow, user_id),
                "api_keys": _count(ApiKeyRow, user_id),
            }
            for user_id in users
        ],
        "action_checkbox_name": ACTION_CHECKBOX_NAME,
        "selected": request.POST.getlist(ACTION_CHECKBOX_NAME)[:1],
    }
    return TemplateResponse(request, "admin/interactions/erase_users.html", context)


def _count(model: type[Model], user_id: str) -> int:
    return model._default_manager.filter(user_id=user_id).count()


def _told(receipt: Receipt) -> str:
    counts = [
        (receipt.interactions, "interaction"),
        (receipt.conversations, "conversation"),
        (receipt.idempotency_keys, "idempotency key"),
        (receipt.sessions, "session"),
        (receipt.api_keys, "API key"),
    ]
    parts = ", ".join(f"{count:,} {what}{pluralize(count)}" for count, what in counts)
    erased = f"Erased of {receipt.user_id}: {parts}."
    if not receipt.complete:
        return f"{erased} Not everything yet: time ran out. Run the action again and it goes on."
    if receipt.backup_retention_days:
        return f"{erased} Backups hold it for {receipt.backup_retention_days} more days."
    return erased
