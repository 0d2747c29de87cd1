"""What was used, added up from the summaries that the indexes hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from interactions.domain.interaction import Interaction, Status
from interactions.domain.query import UsageRow


@dataclass(slots=True)
class Sums:
    count: int = 0
    failures: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    nano_usd: int = 0
    unpriced: int = 0

    def add(self, interaction: Interaction) -> None:
        self.count += 1
        self.failures += interaction.status is Status.FAILED
        self.input_tokens += interaction.usage.input_tokens or 0
        self.output_tokens += interaction.usage.output_tokens or 0
        self.nano_usd += interaction.cost.nano_usd if interaction.cost else 0
        self.unpriced += interaction.cost is None


class Totals:
    """Sums by day and model."""

    def __init__(self) -> None:
        self._sums: dict[date, dict[str | None, Sums]] = {}

    def add(self, interaction: Interaction) -> None:
        models = self._sums.setdefault(interaction.created_at.date(), {})
        models.setdefault(interaction.model, Sums()).add(interaction)

    def begins(self, day: date) -> bool:
        """Whether the day would be one more."""
        return bool(self._sums) and day not in self._sums

    def rows(self) -> list[UsageRow]:
        """In order of days."""
        return [
            UsageRow(
                day=day,
                model=model,
                count=sums.count,
                failures=sums.failures,
                input_tokens=sums.input_tokens,
                output_tokens=sums.output_tokens,
                nano_usd=sums.nano_usd,
                unpriced=sums.unpriced,
            )
            for day in sorted(self._sums)
            for model, sums in self._sums[day].items()
        ]
