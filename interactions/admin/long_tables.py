"""What the screens of long tables have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst

from interactions.admin.filters import MAX_LISTED, CappedPaginator
from interactions.admin.presentation import NONE

Row = TypeVar("Row", bound=Model)

if TYPE_CHECKING:  # Django's own class takes no parameter when it runs

    class _ModelAdmin(admin.ModelAdmin[Row]): ...

else:

    class _ModelAdmin(admin.ModelAdmin):
        def __class_getitem__(cls, _: object) -> type:
            return cls


class LongTableAdmin(_ModelAdmin[Row]):
    """Of a table that is never counted or compared as a whole, and that the admin adds nothing to."""

    empty_value_display = NONE
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by: ClassVar[Any] = ()
    paginator = CappedPaginator

    class Media:
        css: ClassVar = {"all": ["interactions/admin.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, "cap": MAX_LISTED, **(extra_context or {})})


class ReadOnlyAdmin(LongTableAdmin[Row]):
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
