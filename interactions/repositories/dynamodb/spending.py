"""What accounts have spent or reserved of a day's limit, changed by conditional updates, and the totals of past days.

A day's rows are cut into shards, so that all accounts' writes do not meet in one partition. A sweep writes the total of
a day that is over. The rows themselves are left to DynamoDB, which deletes them by their `ttl` at no cost.

An update whose answer was lost is tried again. It names itself in `change`, so that it is not done twice; only when
another one came in between can that be missed, and then too much is reserved, never too little.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from secrets import token_urlsafe
from zlib import crc32

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from interactions.domain.errors import SpendingLimitExceeded
from interactions.dynamodb.connection import ConditionFailed
from interactions.dynamodb.tables import IdempotencyItem
from interactions.repositories.base import SPENDING_SETTLES_WITHIN
from interactions.repositories.dynamodb.conditions import read
from interactions.repositories.dynamodb.keys import SHARDS, midnight

Rows = type[IdempotencyItem]
# Partitions of their own, under names that no user can have.
SPENDING, TOTALS = "#spending", "#spent"
ONE_DAY = timedelta(days=1)
# For how many days a day's rows are kept when it is over, for a sweep to add them up.
KEPT_DAYS = 4


def reserve(rows: Rows, account: str, day: date, amount: int, limit: int) -> int:
    fits = rows.nano_usd.does_not_exist() | (rows.nano_usd <= limit - amount)
    if amount <= limit:
        total = _add(rows, account, day, amount, fits)
        if total is not None:
            return total
    raise SpendingLimitExceeded(limit=limit, spent=_spent(rows, account, day))


def settle(rows: Rows, account: str, day: date, reserved: int, actual: int) -> int:
    change = actual - reserved
    covered = rows.nano_usd >= -change
    if change >= 0:
        covered |= rows.nano_usd.does_not_exist()
    while True:
        total = _add(rows, account, day, change, covered)
        if total is not None:
            return total
        spent = _spent(rows, account, day)
        if not spent:
            return 0
        if spent < -change:
            total = _add(rows, account, day, -spent, rows.nano_usd == spent)
            if total is not None:
                return total


def spent(rows: Rows, day_from: date, day_to: date, now: datetime) -> Mapping[date, int]:
    """The totals of the days that have one; of the latest days, the sum of what is there."""
    first_open = max(day_from, now.date() - KEPT_DAYS * ONE_DAY)
    open_days = [first_open + number * ONE_DAY for number in range((min(day_to, now.date()) - first_open).days + 1)]
    sums = {day: _sum(rows, day) for day in open_days}
    # Read last: while a total is being written, the rows that it adds up are still there.
    totals = _totals(rows, day_from, day_to)
    return {day: total for day, total in sorted((sums | totals).items()) if total}


def close_days(rows: Rows, now: datetime) -> None:
    """Write the total of each day that is over and has none; one that is there already stands."""
    last = (now - SPENDING_SETTLES_WITHIN).date() - ONE_DAY
    first = last - (KEPT_DAYS - 2) * ONE_DAY
    totals = _totals(rows, first, last)
    for day in (first + number * ONE_DAY for number in range((last - first).days + 1)):
        if day not in totals:
            total = rows(TOTALS, day.isoformat(), nano_usd=_sum(rows, day))
            with suppress(ConditionFailed):  # another sweep has written it
                total.save(condition=rows.nano_usd.does_not_exist())


def _add(rows: Rows, account: str, day: date, amount: int, condition: Condition) -> int | None:
    """The new sum, or None when the condition does not hold."""
    row = rows(_shard_of(account, day), account)
    this = token_urlsafe(6)
    not_done = rows.change.does_not_exist() | (rows.change != this)
    total = rows.nano_usd.set((rows.nano_usd | 0) + amount)
    expiry = midnight(day) + (KEPT_DAYS + 1) * ONE_DAY
    actions: list[Action] = [total, rows.change.set(this), rows.ttl.set(expiry)]
    try:
        row.update(actions, condition=condition & not_done)
    except ConditionFailed as failed:
        stored = read(rows, row.user_id, account) if failed.unsettled else None
        return int(stored.nano_usd) if stored is not None and stored.change == this else None
    return int(row.nano_usd)


def _spent(rows: Rows, account: str, day: date) -> int:
    row = read(rows, _shard_of(account, day), account)
    return int(row.nano_usd) if row else 0


def _sum(rows: Rows, day: date) -> int:
    """Of what the accounts have spent and reserved so far."""
    return sum(
        int(row.nano_usd)
        for number in range(SHARDS)
        for row in rows.query(_shard(day, number), consistent_read=True, attributes_to_get=["nano_usd"])
    )


def _totals(rows: Rows, day_from: date, day_to: date) -> dict[date, int]:
    within = rows.key_hash.between(day_from.isoformat(), day_to.isoformat())
    return {date.fromisoformat(row.key_hash): int(row.nano_usd) for row in rows.query(TOTALS, within)}


def _shard_of(account: str, day: date) -> str:
    return _shard(day, crc32(account.encode()) % SHARDS)


def _shard(day: date, number: int) -> str:
    return f"{SPENDING}#{day.isoformat()}#{number}"
