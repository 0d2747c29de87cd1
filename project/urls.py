"""Routes."""

from __future__ import annotations

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path, re_path

from interactions.api import problems
from interactions.api.views import HealthView, ReadyView

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", include("interactions.api.urls")),
    path("health", HealthView.as_view(), name="health"),
    path("ready", ReadyView.as_view(), name="ready"),
    path("problems/<slug:slug>", problems.problem_page, name="problem"),
]

if apps.is_installed("drf_spectacular"):
    from django.views.generic import RedirectView
    from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

    urlpatterns += [
        path("", RedirectView.as_view(pattern_name="docs")),
        path("v1/schema", SpectacularAPIView.as_view(), name="schema"),
        path("v1/docs", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    ]
else:
    from project.description import committed_description

    urlpatterns += [path("v1/schema", committed_description, name="schema")]

if apps.is_installed("django.contrib.admin"):
    from django.contrib import admin
    from django.views.generic import RedirectView

    urlpatterns += [
        path("admin", RedirectView.as_view(pattern_name="admin:index")),
        path("admin/", admin.site.urls),
    ]

# Last: unknown paths are problems under DEBUG too, where Django would show its own page.
urlpatterns += [re_path("", problems.not_found)]

handler400 = problems.bad_request
handler403 = problems.permission_denied
handler404 = problems.not_found
handler500 = problems.server_error
