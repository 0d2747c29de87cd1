"""What accounts have spent, as the reference repository keeps it: total by account and day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from threading import RLock

from interactions.domain.errors import SpendingLimitExceeded


class ReferenceSpending:
    def __init__(self) -> None:
        self._lock = RLock()
        self._spending: dict[tuple[str, date], int] = {}

    def reserve_spending(self, account: str, day: date, amount: int, limit: int) -> int:
        with self._lock:
            spent = self._spending.get((account, day), 0)
            if spent + amount > limit:
                raise SpendingLimitExceeded(limit=limit, spent=spent)
            self._spending[account, day] = spent + amount
            return spent + amount

    def settle_spending(self, account: str, day: date, reserved: int, actual: int) -> int:
        with self._lock:
            spent = max(self._spending.get((account, day), 0) - reserved + actual, 0)
            self._spending[account, day] = spent
            return spent

    def spent(self, day_from: date, day_to: date) -> Mapping[date, int]:
        with self._lock:
            days = sorted({day for _, day in self._spending if day_from <= day <= day_to})
            sums = {day: sum(sum_ for (_, its), sum_ in self._spending.items() if its == day) for day in days}
            return {day: total for day, total in sums.items() if total}
