"""The app's settings, typed, with their defaults. `checks.py` refuses values that make no sense."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Literal

from django.conf import settings

from interactions.domain.interaction import Retention
from interactions.domain.pricing import nano_usd_of
from interactions.domain.rates import Rate
from interactions.domain.redaction import Policy, parse_policy
from interactions.providers.configuration import ProviderConfig

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
    def providers(self) -> Sequence[ProviderConfig]:
        """Who answers what is asked, in order of preference; none: nothing can be asked."""
        return getattr(settings, "INTERACTIONS_PROVIDERS", ())

    @property
    def provider_keys(self) -> Mapping[str, str]:
        """The providers' secrets by the names that their configuration has; what is not set is not there."""
        return getattr(settings, "INTERACTIONS_PROVIDER_KEYS", {})

    @property
    def max_output_tokens(self) -> int:
        """How many tokens an answer may have: what a caller may ask for at most, and gets who asks for nothing."""
        return getattr(settings, "INTERACTIONS_MAX_OUTPUT_TOKENS", 4096)

    @property
    def context_tokens(self) -> int:
        """How many tokens of a conversation's earlier turns go along with a question, as they are estimated."""
        return getattr(settings, "INTERACTIONS_CONTEXT_TOKENS", 8000)

    @property
    def breaker_failures(self) -> int:
        """After how many failures in a row a provider is left alone."""
        return getattr(settings, "INTERACTIONS_BREAKER_FAILURES", 5)

    @property
    def breaker_seconds(self) -> float:
        """For how long it is left alone before one call tries whether it works again."""
        return getattr(settings, "INTERACTIONS_BREAKER_SECONDS", 30.0)

    @property
    def spending_limit_user(self) -> int | None:
        """What a user may spend on models in a UTC day, in 10⁻⁹ USD; None sets no limit."""
        amount = getattr(settings, "INTERACTIONS_SPENDING_LIMIT_USER", None)
        return None if amount is None else _amount(amount)

    @property
    def answer_cache_minutes(self) -> int | None:
        """For how long the same question of a user gets the same answer without a call; None: never."""
        return getattr(settings, "INTERACTIONS_ANSWER_CACHE_MINUTES", None)

    @property
    def prices_file(self) -> Path | None:
        """A file of prices that come before those of the repository."""
        return getattr(settings, "INTERACTIONS_PRICES_FILE", None)

    @property
    def redaction(self) -> Policy:
        """What is done about each kind of personal data in texts."""
        return parse_policy(getattr(settings, "INTERACTIONS_REDACTION", ""))

    @property
    def retention(self) -> Retention:
        return Retention(content=_days(self.content_retention_days), record=_days(self.record_retention_days))


def _days(days: int | None) -> timedelta | None:
    return None if days is None else timedelta(days=days)


def _amount(text: str) -> int:
    nano_usd = nano_usd_of(text)
    if not nano_usd:
        raise ValueError(f"{text!r} is no amount of USD over 0, such as 2.50")
    return nano_usd


def _rate(text: str | None) -> Rate | None:
    return None if text is None else Rate.parse(text)


conf = Conf()
