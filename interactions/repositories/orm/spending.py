"""What users have spent or reserved of a day's limit."""

from __future__ import annotations

from datetime import date

from interactions.domain.errors import SpendingLimitExceeded
from interactions.models import SpendingRow
from interactions.repositories.orm.transactions import writing


def reserve(user_id: str, day: date, amount: int, limit: int) -> int:
    with writing():
        row = _row(user_id, day)
        if row.nano_usd + amount > limit:
            raise SpendingLimitExceeded(limit=limit, spent=row.nano_usd)
        row.nano_usd += amount
        row.save()
    return row.nano_usd


def settle(user_id: str, day: date, reserved: int, actual: int) -> int:
    with writing():
        row = _row(user_id, day)
        # Not below nothing: an erasure may have taken the reservation meanwhile.
        row.nano_usd = max(row.nano_usd + actual - reserved, 0)
        row.save()
    return row.nano_usd


def _row(user_id: str, day: date) -> SpendingRow:
    """The user's row of that day, perhaps new and unsaved; the caller holds the write lock."""
    found = SpendingRow.objects.filter(user_id=user_id, day=day).first()
    return found or SpendingRow(user_id=user_id, day=day, nano_usd=0)
