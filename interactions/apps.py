"""The Django app."""

from __future__ import annotations

from django.apps import AppConfig, apps


class InteractionsConfig(AppConfig):
    name = "interactions"
    default = True
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import interactions.checks

        if apps.is_installed("drf_spectacular"):
            import interactions.api.openapi  # noqa: F401  registers the descriptions of the views


class InteractionsWithoutModelsConfig(InteractionsConfig):
    """The app where there is no relational database: `models.py`, which only the ORM adapters need, stays unread."""

    default = False

    def import_models(self) -> None:
        self.models = apps.all_models[self.label]
