"""What users have spent or reserved of a day's limit: a number a user and day, changed by conditional updates.

An update whose answer was lost is tried again. It names itself in `change`, so that it is not done twice; only when
another one came in between can that be missed, and then too much is reserved, never too little.
"""

from __future__ import annotations

from datetime import date, timedelta
from secrets import token_urlsafe

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from interactions.domain.errors import SpendingLimitExceeded
from interactions.dynamodb.connection import ConditionFailed
from interactions.dynamodb.tables import IdempotencyItem
from interactions.repositories.dynamodb.conditions import read
from interactions.repositories.dynamodb.keys import midnight

Rows = type[IdempotencyItem]
# For how long a day's sum is kept when the day is over.
KEPT = timedelta(days=8)


def reserve(rows: Rows, user_id: str, day: date, amount: int, limit: int) -> int:
    fits = rows.nano_usd.does_not_exist() | (rows.nano_usd <= limit - amount)
    if amount <= limit:
        total = _add(rows, user_id, day, amount, fits)
        if total is not None:
            return total
    raise SpendingLimitExceeded(limit=limit, spent=_spent(rows, user_id, day))


def settle(rows: Rows, user_id: str, day: date, reserved: int, actual: int) -> int:
    change = actual - reserved
    # Not below nothing: an erasure may have taken the reservation meanwhile.
    covered = rows.nano_usd >= -change
    if change >= 0:
        covered |= rows.nano_usd.does_not_exist()
    while True:
        total = _add(rows, user_id, day, change, covered)
        if total is not None:
            return total
        spent = _spent(rows, user_id, day)
        if not spent:
            return 0
        if spent < -change:
            total = _add(rows, user_id, day, -spent, rows.nano_usd == spent)
            if total is not None:
                return total


def _add(rows: Rows, user_id: str, day: date, amount: int, condition: Condition) -> int | None:
    """The new sum, or None when the condition does not hold."""
    row = rows(user_id, _key(day))
    this = token_urlsafe(6)
    not_done = rows.change.does_not_exist() | (rows.change != this)
    total = rows.nano_usd.set((rows.nano_usd | 0) + amount)
    actions: list[Action] = [total, rows.change.set(this), rows.ttl.set(midnight(day) + KEPT)]
    try:
        row.update(actions, condition=condition & not_done)
    except ConditionFailed as failed:
        stored = read(rows, user_id, _key(day)) if failed.unsettled else None
        return int(stored.nano_usd) if stored is not None and stored.change == this else None
    return int(row.nano_usd)


def _spent(rows: Rows, user_id: str, day: date) -> int:
    row = read(rows, user_id, _key(day))
    return int(row.nano_usd) if row else 0


def _key(day: date) -> str:
    return f"spending#{day.isoformat()}"
