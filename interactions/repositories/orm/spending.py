"""What accounts have spent or reserved of a day's limit, and what all of them spent on the days that are over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import Sum

from interactions.domain.errors import SpendingLimitExceeded
from interactions.models import SpendingRow
from interactions.repositories.base import SPENDING_SETTLES_WITHIN
from interactions.repositories.orm.transactions import writing

# The account of a day's total, which no account is called.
ALL = ""


def reserve(account: str, day: date, amount: int, limit: int) -> int:
    with writing():
        row = _row(account, day)
        if row.nano_usd + amount > limit:
            raise SpendingLimitExceeded(limit=limit, spent=row.nano_usd)
        row.nano_usd += amount
        row.save()
    return row.nano_usd


def settle(account: str, day: date, reserved: int, actual: int) -> int:
    with writing():
        row = _row(account, day)
        row.nano_usd = max(row.nano_usd + actual - reserved, 0)
        row.save()
    return row.nano_usd


def spent(day_from: date, day_to: date) -> Mapping[date, int]:
    rows = SpendingRow.objects.filter(day__gte=day_from, day__lte=day_to, nano_usd__gt=0)
    return dict(rows.order_by("day").values("day").annotate(total=Sum("nano_usd")).values_list("day", "total"))


def close_days(now: datetime) -> None:
    """Replace the rows of each day that is over by one row, which names no account."""
    open_rows = SpendingRow.objects.filter(day__lt=(now - SPENDING_SETTLES_WITHIN).date()).exclude(account=ALL)
    with writing():
        for day in open_rows.values_list("day", flat=True).distinct():
            total = _row(ALL, day)
            total.nano_usd += open_rows.filter(day=day).aggregate(sum=Sum("nano_usd"))["sum"] or 0
            total.save()
            open_rows.filter(day=day).delete()


def _row(account: str, day: date) -> SpendingRow:
    """The account's row of that day, perhaps new and unsaved; the caller holds the write lock."""
    found = SpendingRow.objects.filter(account=account, day=day).first()
    return found or SpendingRow(account=account, day=day, nano_usd=0)
