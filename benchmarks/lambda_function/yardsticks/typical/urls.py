"""Routes, the admin's and the documentation's included."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import DefaultRouter

from typical.views import HealthView, InteractionViewSet

router = DefaultRouter(trailing_slash=False)
router.register("interactions", InteractionViewSet, basename="interaction")

urlpatterns = [
    path("admin/", admin.site.urls),
    path("health", HealthView.as_view()),
    path("v1/schema", SpectacularAPIView.as_view()),
    path("v1/", include(router.urls)),
]
