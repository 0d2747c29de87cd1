"""The measured file: what a request takes, by route, which routes are asked how often, and what is assumed besides."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from interactions.management.production.cost.refusal import Refused

FILE = Path(__file__).with_name("measured.json")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Work:
    """What something takes: milliseconds of a whole processor and of waiting for the store, units, and bytes."""

    function_ms: Decimal
    store_ms: Decimal
    read_units: Decimal
    write_units: Decimal
    log_bytes: Decimal = ZERO
    response_bytes: Decimal = ZERO
    interactions: Decimal = ZERO
    credential: bool = True

    def with_calls(self, extra: Work, times: int = 1) -> Work:
        """As well as itself, so many times what the extra takes of the function and the store."""
        return Work(
            self.function_ms + times * extra.function_ms,
            self.store_ms + times * extra.store_ms,
            self.read_units + times * extra.read_units,
            self.write_units + times * extra.write_units,
            self.log_bytes,
            self.response_bytes,
            self.interactions,
            self.credential,
        )


@dataclass(frozen=True, slots=True)
class Measured:
    """`shares` say how often which route is asked, and make 1; `numbers` are the file's other ones, by their names."""

    measured: date
    routes: Mapping[str, Work]
    shares: Mapping[str, Decimal]
    authenticated: Work
    rate_limit: Work
    task: Work
    metrics: tuple[str, ...]
    version_metrics: tuple[str, ...]
    access_log_widths: Mapping[str, Decimal]
    numbers: Mapping[str, Decimal]

    def mean(self, of: Callable[[Work], Decimal], limits: int = 0) -> Decimal:
        """Of a request of the mix, counted by so many rate limits."""
        return sum((share * of(self._whole(self.routes[name], limits)) for name, share in self.shares.items()), ZERO)

    def _whole(self, route: Work, limits: int) -> Work:
        if not route.credential:
            return route
        return route.with_calls(self.authenticated).with_calls(self.rate_limit, limits)

    def billed_ms(self, work: Work, memory_mb: int) -> Decimal:
        """Lambda's processor is a part of one, by the memory; a millisecond that is begun is billed."""
        return Decimal(math.ceil(work.function_ms * self.slower(memory_mb) + work.store_ms))

    def slower(self, memory_mb: int) -> Decimal:
        return max(Decimal(1), self.numbers["processor.memory_mb_of_one"] / memory_mb)


def read_measured(path: Path = FILE, mix: Path | None = None) -> Measured:
    """The file, and in place of its mix that of another one, of shares by route.

    Raises:
        Refused: either is not there, or not as it has to be.
    """
    told = _told(path)
    try:
        routes = {name: _work(each) for name, each in {**told["routes"], **told["further_routes"]}.items()}
        return Measured(
            measured=date.fromisoformat(told["measured"]),
            routes=routes,
            shares=_shares(_told(mix) if mix else told["mix"]["shares"], routes),
            authenticated=_work(told["authenticated"]),
            rate_limit=_work(told["rate_limit"]),
            task=_work(told["task"]),
            metrics=tuple(told["metrics"]),
            version_metrics=tuple(told["version_metrics"]),
            access_log_widths={**told["access_log"]["widths"], "": told["access_log"]["default"]},
            numbers=dict(_numbers(told)),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refused(f"{path} is not as a file of measurements has to be: {type(error).__name__} {error}") from error


def _told(path: Path) -> Any:
    try:
        return json.loads(path.read_text(), parse_float=Decimal, parse_int=Decimal)
    except OSError as error:
        raise Refused(f"What was measured cannot be read: {error}") from error
    except ValueError as error:
        raise Refused(f"{path} is no JSON: {error}") from error


def _work(told: Mapping[str, Any]) -> Work:
    return Work(
        told["function_ms"],
        told["store_ms"],
        told["read_units"] + told.get("uncounted_read_units", ZERO),
        told["write_units"],
        told.get("log_bytes", ZERO),
        told.get("response_bytes", ZERO),
        told.get("interactions", ZERO),
        told.get("credential", True),
    )


def _shares(told: Any, routes: Mapping[str, Work]) -> dict[str, Decimal]:
    if not isinstance(told, dict) or not all(isinstance(share, Decimal) and share >= 0 for share in told.values()):
        raise Refused("A mix is one JSON object of shares by route")
    if unknown := sorted(told.keys() - routes.keys()):
        raise Refused(f"Nobody has measured {', '.join(unknown)}: a mix is of {', '.join(sorted(routes))}")
    if sum(told.values()) != 1:
        raise Refused(f"The shares of the mix make {sum(told.values())}, not 1")
    return told


def _numbers(told: Mapping[str, Any]) -> list[tuple[str, Decimal]]:
    groups = {name: told[name] for name in ("start", "processor", "stored")}
    nested = [(f"{group}.{name}", value) for group, each in groups.items() for name, value in each.items()]
    assumed = [(name, each["value"]) for name, each in told["assumed"].items()]
    found = [*told.items(), *nested, *assumed]
    return [(name, value) for name, value in found if isinstance(value, Decimal)]
