"""The app's settings, typed, with their defaults. `checks.py` refuses values that make no sense."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from interactions.domain.interaction import Retention


class Conf:
    @property
    def repository(self) -> str:
        """Dotted path of the class that stores interactions."""
        return getattr(settings, "INTERACTIONS_REPOSITORY", "interactions.repositories.orm.OrmRepository")

    @property
    def accounts(self) -> str:
        """Dotted path of the class that keeps accounts and API keys."""
        return getattr(settings, "INTERACTIONS_ACCOUNTS", "interactions.accounts.orm.OrmAccounts")

    @property
    def table_prefix(self) -> str:
        """What the names of the DynamoDB tables begin with."""
        return getattr(settings, "INTERACTIONS_TABLE_PREFIX", "")

    @property
    def aws_region(self) -> str:
        """The AWS region of the DynamoDB tables."""
        return getattr(settings, "INTERACTIONS_AWS_REGION", "us-east-1")

    @property
    def content_retention_days(self) -> int | None:
        """Days after which prompts and responses go; None keeps them as long as the record."""
        return getattr(settings, "INTERACTIONS_CONTENT_RETENTION_DAYS", None)

    @property
    def record_retention_days(self) -> int | None:
        """Days after which interactions go altogether; None keeps them for ever."""
        return getattr(settings, "INTERACTIONS_RECORD_RETENTION_DAYS", None)

    @property
    def backup_retention_days(self) -> int:
        """Days for which backups of the store go on holding what was erased from it; erasure receipts say so."""
        return getattr(settings, "INTERACTIONS_BACKUP_RETENTION_DAYS", 0)

    @property
    def request_seconds(self) -> float:
        """Seconds that one request may work before it answers with what it has."""
        return getattr(settings, "INTERACTIONS_REQUEST_SECONDS", 25.0)

    @property
    def retention(self) -> Retention:
        return Retention(content=_days(self.content_retention_days), record=_days(self.record_retention_days))


def _days(days: int | None) -> timedelta | None:
    return None if days is None else timedelta(days=days)


conf = Conf()
