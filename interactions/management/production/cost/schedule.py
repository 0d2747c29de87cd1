"""How often a schedule of EventBridge or AWS Backup comes round in a month."""

from __future__ import annotations

import re
from decimal import Decimal

from interactions.management.production.cost.charge import DAYS, HOURS, MINUTES
from interactions.management.production.cost.refusal import Refused

_RATES = {"minute": MINUTES, "hour": HOURS, "day": DAYS}
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
_ANY = ("*", "?")


def times_a_month(expression: str, address: str) -> Decimal:
    """Raises Refused for an expression that goes beyond minutes, hours, and days of the week or the month."""
    if (rate := _RATE.fullmatch(expression)) and int(rate[1]):
        return _RATES[rate[2]] / int(rate[1])
    cron = _CRON.fullmatch(expression)
    if cron and cron[4] in _ANY and cron[6] in _ANY:
        minutes, hours = _values(cron[1], 60), _values(cron[2], 24)
        days = _days(day_of_month=cron[3], day_of_week=cron[5])
        if minutes and hours and days:
            return days * minutes * hours
    raise Refused(f"{address}: how often {expression} comes round in a month is beyond this command")


def _values(text: str, size: int) -> int:
    """How many of the field's values it names; 0 for what is not understood."""
    if text in _ANY:
        return size
    if step := re.fullmatch(r"(?:\*|0)/(\d+)", text):
        return -(-size // max(int(step[1]), 1))
    return len(text.split(",")) if re.fullmatch(r"[0-9]+(,[0-9]+)*", text) else 0


def _days(*, day_of_month: str, day_of_week: str) -> Decimal | None:
    if day_of_month in _ANY and day_of_week in _ANY:
        return DAYS
    if day_of_month in _ANY and re.fullmatch(r"[A-Z1-7]+(,[A-Z1-7]+)*", day_of_week):
        return DAYS / 7 * len(day_of_week.split(","))
    if day_of_week in _ANY and (count := _values(day_of_month, 31)):
        return Decimal(count)
    return None
