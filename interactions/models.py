"""The tables of the ORM repository and of local accounts. Only adapters, the admin and commands use them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class InteractionRow(models.Model):
    """One interaction. The texts come last: SQLite keeps long ones on pages of their own, that summaries never read.

    What later versions added stands behind them, so summaries do not read that either.
    """

    user_id = models.CharField(max_length=128)
    interaction_id = models.CharField(max_length=36)
    conversation_id = models.CharField(max_length=128, null=True)
    status = models.CharField(max_length=9, choices=[(s, s) for s in ("pending", "completed", "failed")])
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    content_expires_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    version = models.BigIntegerField()
    provider = models.CharField(max_length=128, null=True)
    model = models.CharField(max_length=128, null=True)
    requested_model = models.CharField(max_length=128, null=True)
    input_tokens = models.BigIntegerField(null=True)
    output_tokens = models.BigIntegerField(null=True)
    cache_read_input_tokens = models.BigIntegerField(null=True)
    cache_creation_input_tokens = models.BigIntegerField(null=True)
    reasoning_output_tokens = models.BigIntegerField(null=True)
    cost_nano_usd = models.BigIntegerField(null=True)
    cost_source = models.CharField(max_length=16, null=True)
    cost_price_id = models.CharField(max_length=128, null=True)
    latency_ms = models.BigIntegerField(null=True)
    error_type = models.CharField(max_length=128, null=True)
    error_message = models.TextField(null=True)
    trace_id = models.CharField(max_length=32, null=True)
    metadata = models.JSONField(default=dict)
    feedback_score = models.SmallIntegerField(null=True, blank=True)
    feedback_label = models.CharField(max_length=64, null=True, blank=True)
    feedback_comment = models.TextField(null=True, blank=True)
    feedback_at = models.DateTimeField(null=True)
    cached = models.BooleanField(default=False)
    attempts = models.JSONField(default=list)
    redaction = models.JSONField(default=dict)
    prompt = models.TextField(null=True)
    response = models.TextField(null=True)
    leased_until = models.DateTimeField(null=True)
    finish_reason = models.CharField(max_length=32, null=True)
    response_id = models.CharField(max_length=128, null=True)
    context_turns = models.BigIntegerField(null=True)

    class Meta:
        db_table = "interactions"
        verbose_name = "interaction"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user_id", "interaction_id"], name="interactions_owner"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["interaction_id", "user_id"], name="interactions_time"),
            models.Index(fields=["user_id", "conversation_id", "interaction_id"], name="interactions_conversation"),
            models.Index(fields=["expires_at"], name="interactions_expiry", condition=Q(expires_at__isnull=False)),
            models.Index(
                fields=["content_expires_at"],
                name="interactions_content_expiry",
                condition=Q(content_expires_at__isnull=False, prompt__isnull=False),
            ),
            models.Index(fields=["leased_until"], name="interactions_lease", condition=Q(leased_until__isnull=False)),
        ]

    def __str__(self) -> str:
        # Without the user: the admin's log keeps it, which erasing that user leaves alone.
        return self.interaction_id


class ConversationRow(models.Model):
    user_id = models.CharField(max_length=128)
    conversation_id = models.CharField(max_length=128)
    title = models.CharField(max_length=200, null=True)
    started_at = models.DateTimeField()
    last_interaction_id = models.CharField(max_length=36)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "conversations"
        verbose_name = "conversation"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user_id", "conversation_id"], name="conversations_owner"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user_id", "last_interaction_id", "conversation_id"], name="conversations_recent"),
            models.Index(fields=["expires_at"], name="conversations_expiry", condition=Q(expires_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.conversation_id}"


class IdempotencyRow(models.Model):
    """What a key stood for, and which interaction it made."""

    user_id = models.CharField(max_length=128)
    key_hash = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    interaction_id = models.CharField(max_length=36)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "idempotency"
        constraints: ClassVar = [models.UniqueConstraint(fields=["user_id", "key_hash"], name="idempotency_owner")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.key_hash[:8]}"


class SpendingRow(models.Model):
    """What an account has spent on a day; with the account left empty, what all did on a day that is over."""

    account = models.CharField(max_length=64)
    day = models.DateField()
    nano_usd = models.BigIntegerField()

    class Meta:
        db_table = "spending"
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "day"], name="spending_owner")]
        indexes: ClassVar = [models.Index(fields=["day", "account"], name="spending_day")]

    def __str__(self) -> str:
        return f"{self.account} {self.day}"


class ApiKeyRow(models.Model):
    """An API key: its public id and the SHA-256 of its secret. Its owner needs no account."""

    key_id = models.CharField(max_length=32, primary_key=True)
    secret_hash = models.CharField(max_length=64)
    user_id = models.CharField(max_length=128, db_index=True)
    scopes = models.JSONField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_keys"
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.key_id} of {self.user_id}"


class PullRow(models.Model):
    """Where this database's interactions were pulled from, and the pull that is under way or was cut off.

    Of a copy, what the source no longer has is removed. `scope` says what is being pulled; it is empty in between.
    """

    source = models.CharField(max_length=500, unique=True)
    is_copy = models.BooleanField()
    scope = models.CharField(max_length=300)
    began_at = models.DateTimeField()

    class Meta:
        db_table = "pulls"

    def __str__(self) -> str:
        return self.source


class PulledPartRow(models.Model):
    """A part of the pull under way that has been copied whole."""

    pull = models.ForeignKey(PullRow, on_delete=models.CASCADE, related_name="parts")
    part = models.CharField(max_length=16)

    class Meta:
        db_table = "pulled_parts"
        constraints: ClassVar = [models.UniqueConstraint(fields=["pull", "part"], name="pulled_parts_once")]

    def __str__(self) -> str:
        return self.part
