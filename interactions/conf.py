"""The app's settings, typed, with their defaults. `checks.py` refuses values that make no sense."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from django.conf import settings

from interactions.domain.interaction import Retention
from interactions.domain.rates import Rate

WireName = Literal["botocore", "lean"]


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
        return self.named_aws_region or "us-east-1"

    @property
    def named_aws_region(self) -> str | None:
        """The same, or None where no setting names one."""
        return getattr(settings, "INTERACTIONS_AWS_REGION", None)

    @property
    def aws_wire(self) -> WireName:
        """What carries requests to DynamoDB: AWS's SDK, or a signed POST of our own, which starts faster (ADR 20)."""
        return getattr(settings, "INTERACTIONS_AWS_WIRE", "botocore")

    @property
    def sessions_table_name(self) -> str | None:
        """The whole name of the table of sessions, where it is not the prefix and `sessions`."""
        return getattr(settings, "DYNAMODB_SESSIONS_TABLE_NAME", None)

    @property
    def sessions_hash_attribute(self) -> str:
        """What the table of sessions calls its key."""
        return getattr(settings, "DYNAMODB_SESSIONS_TABLE_HASH_ATTRIB_NAME", "session_key")

    @property
    def sessions_region(self) -> str | None:
        """The AWS region of the table of sessions, where it is another than that of the other tables."""
        return getattr(settings, "DYNAMODB_SESSIONS_AWS_REGION_NAME", None)

    @property
    def sessions_always_consistent(self) -> bool:
        """Whether a session is read as it was last written; else it costs half, and may be a moment old."""
        return getattr(settings, "DYNAMODB_SESSIONS_ALWAYS_CONSISTENT", True)

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
    def rate_limit_user(self) -> Rate | None:
        """How many requests all credentials of a user may make together; None sets no limit."""
        return _rate(getattr(settings, "INTERACTIONS_RATE_LIMIT_USER", None))

    @property
    def rate_limit_key(self) -> Rate | None:
        """How many requests an API key may make; None sets no limit."""
        return _rate(getattr(settings, "INTERACTIONS_RATE_LIMIT_KEY", None))

    @property
    def retention(self) -> Retention:
        return Retention(content=_days(self.content_retention_days), record=_days(self.record_retention_days))


def _days(days: int | None) -> timedelta | None:
    return None if days is None else timedelta(days=days)


def _rate(text: str | None) -> Rate | None:
    return None if text is None else Rate.parse(text)


conf = Conf()
