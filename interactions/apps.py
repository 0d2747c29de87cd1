"""The Django app."""

from __future__ import annotations

from django.apps import AppConfig, apps


class InteractionsConfig(AppConfig):
    name = "interactions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import interactions.checks

        if apps.is_installed("drf_spectacular"):
            import interactions.api.openapi  # noqa: F401  registers the descriptions of the views
