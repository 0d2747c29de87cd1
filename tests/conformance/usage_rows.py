"""What interactions of one day and model add up to."""

from __future__ import annotations

from datetime import date

from interactions.domain.interaction import Interaction, Status
from interactions.domain.query import UsageRow


def usage_row(day: date, model: str | None, used: list[Interaction]) -> UsageRow:
    return UsageRow(
        day=day,
        model=model,
        count=len(used),
        failures=sum(i.status is Status.FAILED for i in used),
        input_tokens=sum(i.usage.input_tokens or 0 for i in used),
        output_tokens=sum(i.usage.output_tokens or 0 for i in used),
        nano_usd=sum(i.cost.nano_usd for i in used if i.cost),
        unpriced=sum(i.cost is None for i in used),
    )
