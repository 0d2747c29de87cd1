"""Who may get in: accounts, which are Django's own, and API keys."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from interactions.accounts import get_accounts
from interactions.admin.filters import UserFilter
from interactions.admin.long_tables import ReadOnlyAdmin
from interactions.admin.presentation import badge, instant
from interactions.domain.identifiers import is_name
from interactions.models import ApiKeyRow

if TYPE_CHECKING:  # Django's own classes take no parameter when they run

    class _CreationForm(AdminUserCreationForm[User]): ...

    class _UserAdmin(UserAdmin[User]): ...

else:
    _CreationForm, _UserAdmin = AdminUserCreationForm, UserAdmin


class AccountCreationForm(_CreationForm):
    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if not is_name(username):
            raise ValidationError("Take letters without accents, digits and . _ @ + - only, at most 128 of them.")
        return username


class AccountAdmin(_UserAdmin):
    """Without groups, and without renaming: the username owns interactions."""

    add_form = AccountCreationForm
    list_display = ("username", "email", "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_active")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Permissions", {"fields": ("is_active", "is_staff", "is_superuser", "user_permissions")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    filter_horizontal = ("user_permissions",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("username", "last_login", "date_joined") if obj else ()


admin.site.unregister(Group)
admin.site.unregister(User)
admin.site.register(User, AccountAdmin)


@admin.register(ApiKeyRow)
class ApiKeyAdmin(ReadOnlyAdmin[ApiKeyRow]):
    list_display = ("key_id", "user_id", "granted", "created", "expires", "revoked", "state")
    list_filter = (UserFilter,)
    search_fields = ("=key_id", "=user_id")
    search_help_text = "Key id or user, in full"
    fields = ("key_id", "user_id", "granted", "created", "expires", "revoked", "state")
    ordering = ("-created_at", "key_id")
    actions = ("revoke",)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("interactions.change_apikeyrow")

    @admin.action(description="Revoke, for good", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKeyRow]) -> None:
        key_ids = [*queryset.values_list("key_id", flat=True)]
        for key_id in key_ids:
            get_accounts().revoke_key(key_id)
        messages.success(request, f"Revoked for good: {', '.join(key_ids)}.")

    @admin.display(description="Scopes")
    def granted(self, row: ApiKeyRow) -> str:
        return ", ".join(row.scopes)

    @admin.display(description="Created")
    def created(self, row: ApiKeyRow) -> str:
        return instant(row.created_at)

    @admin.display(description="Expires")
    def expires(self, row: ApiKeyRow) -> str:
        return instant(row.expires_at, none="never")

    @admin.display(description="Revoked")
    def revoked(self, row: ApiKeyRow) -> str:
        return instant(row.revoked_at)

    @admin.display(description="State")
    def state(self, row: ApiKeyRow) -> SafeString:
        if row.revoked_at is not None:
            state = "revoked"
        else:
            state = "expired" if row.expires_at and row.expires_at <= datetime.now(UTC) else "active"
        return badge(state)
