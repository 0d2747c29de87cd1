"""`sweep_expired`: what was abandoned, closed; what no reader sees any more, removed."""

from __future__ import annotations

from typing import Any

from interactions import services
from interactions.management import base


class Command(base.ServiceCommand):
    help = (
        "Close interactions whose answer will not come any more, and remove expired interactions, expired texts and "
        "used-up idempotency keys. Run it daily."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        abandoned = interactions = contents = keys = 0
        complete = False
        while not complete:
            swept = services.expired_sweep(deadline=services.request_deadline())
            abandoned += swept.abandoned
            interactions += swept.interactions
            contents += swept.contents
            keys += swept.idempotency_keys
            complete = swept.complete
        self.stdout.write(
            f"Closed: {base.counted(abandoned, 'abandoned interaction')}. "
            f"Removed: {base.counted(interactions, 'interaction')}, the texts of {contents}, "
            f"{base.counted(keys, 'idempotency key')}."
        )
