"""Two subjects side by side: the same calls in turn, so that what the machine does besides falls on both."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from random import Random
from statistics import quantiles
from time import perf_counter
from typing import Generic, Protocol, TypeVar

WARM_UP = 20


@dataclass(frozen=True, slots=True)
class Spent:
    """What was asked of the store so far, or by some calls."""

    requests: int = 0
    read_units: float = 0
    write_units: float = 0

    def __add__(self, more: Spent) -> Spent:
        return Spent(*(getattr(self, f.name) + getattr(more, f.name) for f in fields(self)))

    def __sub__(self, earlier: Spent) -> Spent:
        return Spent(*(getattr(self, f.name) - getattr(earlier, f.name) for f in fields(self)))


class Subject(Protocol):
    """What calls go to. `select` comes before each, where there can be one alone; `spent` is what all have cost."""

    def select(self) -> None: ...

    def spent(self) -> Spent: ...


S = TypeVar("S", bound=Subject)


@dataclass(frozen=True, slots=True)
class Case(Generic[S]):
    """`prepare` makes ready, untimed, one call to be timed; that returns how many things it got or wrote."""

    name: str
    prepare: Callable[[S, Random], Callable[[], int]]
    rounds: int


@dataclass(slots=True)
class Measured:
    """The calls of one subject."""

    spent: Spent = Spent()
    things: int = 0
    milliseconds: list[float] = field(default_factory=list)

    @property
    def quartiles(self) -> tuple[float, float, float]:
        lower, median, upper = quantiles(self.milliseconds, n=4)
        return lower, median, upper

    @property
    def calls(self) -> int:
        return len(self.milliseconds)

    def a_call(self, total: float) -> float:
        return total / self.calls

    def __add__(self, more: Measured) -> Measured:
        return Measured(self.spent + more.spent, self.things + more.things, self.milliseconds + more.milliseconds)


def measure(case: Case[S], subjects: Sequence[S], seed: int = 0) -> list[Measured]:
    """Each subject's calls; who goes first changes from round to round."""
    random = Random(f"{case.name} {seed}")
    for _ in range(WARM_UP):
        for subject in subjects:
            _call(case, subject, random)
    measured = [Measured() for _ in subjects]
    before = [subject.spent() for subject in subjects]
    gc.collect()
    gc.disable()
    try:
        for number in range(case.rounds):
            for index in sorted(range(len(subjects)), reverse=number % 2 == 1):
                seconds, things = _call(case, subjects[index], random)
                measured[index].milliseconds.append(seconds * 1000)
                measured[index].things += things
    finally:
        gc.enable()
    for each, subject, earlier in zip(measured, subjects, before, strict=True):
        each.spent = subject.spent() - earlier
    return measured


def _call(case: Case[S], subject: S, random: Random) -> tuple[float, int]:
    """How many seconds one call took, and how many things it got."""
    subject.select()
    call = case.prepare(subject, random)
    start = perf_counter()
    things = call()
    return perf_counter() - start, things
