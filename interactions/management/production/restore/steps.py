"""What a recovery says while it goes on: each step with the minutes so far, and at last how it kept RTO and RPO."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from django.core.management.base import OutputWrapper

RTO_MINUTES = 15
RPO_MINUTES = 60


class Steps:
    """The steps of one recovery, whose clock runs from when this is made."""

    def __init__(self, out: OutputWrapper) -> None:
        self._out = out
        self._began = time.monotonic()

    @property
    def minutes(self) -> float:
        return (time.monotonic() - self._began) / 60

    def say(self, text: str) -> None:
        self._out.write(f"{self.minutes:5.1f} min  {text}")
        self._out.flush()  # where it is no terminal, too: somebody waits for the next step

    def measure(self) -> None:
        """How long it took, against the RTO."""
        self._out.write(f"It took {self.minutes:.1f} minutes, of {RTO_MINUTES} (RTO).")
        if self.minutes > RTO_MINUTES:
            self._out.write(f"Warning: the RTO of {RTO_MINUTES} minutes was missed.")

    def measure_loss(self, point: datetime) -> None:
        """How far back the restored tables go, against the RPO."""
        behind = (datetime.now(UTC) - point).total_seconds() / 60
        self._out.write(
            f"The point lies {behind:.1f} minutes back, of {RPO_MINUTES} (RPO): what was written since is in the "
            "tables of before alone."
        )
        if behind > RPO_MINUTES:
            self._out.write(f"Warning: the point lies further back than the RPO of {RPO_MINUTES} minutes.")
