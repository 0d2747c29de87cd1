"""A short-lived API key, which a version of the function makes for its own trial before it gets requests (ADR 23)."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from interactions.accounts import get_accounts

MINUTES = 10
SCOPES = ("read", "write")


class TrialKey(NamedTuple):
    """The key acts for `user_id`, a new user without data. Erasing that user deletes the key too."""

    user_id: str
    key: str


def trial_key_lend() -> TrialKey:
    """Make a key that ends after 10 minutes. The caller cannot choose whom it acts for."""
    user_id = f"release-trial-{secrets.token_hex(16)}"
    key, _ = get_accounts().create_key(user_id, SCOPES, datetime.now(UTC) + timedelta(minutes=MINUTES))
    return TrialKey(user_id, key)
