"""A store of 100,000 interactions beside one of 1,000: calls take the same time, and in DynamoDB the same requests.

The two differ in nothing else: not in an interaction's length, in how many each of many users has, or in what is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from time import monotonic

from benchmarks.calls import OF_A_USER, OF_ALL_USERS
from benchmarks.dynamodb import dynamodb_local
from benchmarks.filled import Filled
from benchmarks.measuring import Case, Measured, Spent, measure
from benchmarks.population import Population
from benchmarks.printing import print_table
from benchmarks.sqlite import sqlite_files

SMALL, LARGE = 1_000, 100_000
OF_EACH_USER = 100
MOST_TIME = 1.3
# Other work on the machine can fall on one of the two all the same: then more calls are made, and all count.
ATTEMPTS = 3
# A page of all users' takes a request more or less as their ids fall into the shards of a day.
MOST_COST = 1.05
STORES: dict[str, Callable[[Sequence[Population]], AbstractContextManager[list[Filled]]]] = {
    "DynamoDB Local": dynamodb_local,
    "SQLite": sqlite_files,
}
TIMES = ("calls", "items", f"{SMALL:,}: ms", "quartiles", f"{LARGE:,}: ms", "quartiles", "ratio")
COSTS = {"requests": "requests", "read units": "read_units", "write units": "write_units"}
ABOUT = f"""
Medians of calls made in turn on {SMALL:,} and on {LARGE:,} interactions; their ratio has to stay below {MOST_TIME}.
Requests and units are those of one call, on the one and on the other where they differ: they have to be the same.
DynamoDB Local is AWS's emulator, which keeps its items in SQLite: the milliseconds are its own, and the bench gives it
an index that it lacks. What holds for DynamoDB is the requests and units."""


def run() -> list[str]:
    """Print a table for each store and number of users; the promises that are not kept."""
    print(ABOUT)
    one = [Population(size, users=1) for size in (SMALL, LARGE)]
    many = [Population(size, users=size // OF_EACH_USER) for size in (SMALL, LARGE)]
    broken: list[str] = []
    for store, opened in STORES.items():
        began = monotonic()
        with opened([*one, *many]) as filled:
            print(f"\n{store} is filled: {monotonic() - began:.0f} s", flush=True)
            broken += _compare(f"{store}, one user", filled[:2], OF_A_USER)
            broken += _compare(f"{store}, users of {OF_EACH_USER} each", filled[2:], (*OF_ALL_USERS, *OF_A_USER))
    return broken


def _compare(title: str, pair: Sequence[Filled], cases: Sequence[Case[Filled]]) -> list[str]:
    costs = COSTS if pair[0].spent != Spent else {}
    rows, broken = [], []
    for case in cases:
        small, large = _measured(case, pair)
        assert small.things == large.things, f"{title}, {case.name}: not the same was found"
        spent = {what: _spent(small, large, name) for what, name in costs.items()}
        rows.append([case.name, *_times(small, large), *_costs(spent)])
        broken += [f"{title}, {case.name}: {what}" for what in _broken(_ratio(small, large), spent)]
    print_table(title, ("", *TIMES, *costs), rows)
    return broken


def _measured(case: Case[Filled], pair: Sequence[Filled]) -> tuple[Measured, Measured]:
    small, large = measure(case, pair)
    for attempt in range(1, ATTEMPTS):
        if _ratio(small, large) < MOST_TIME:
            break
        more_small, more_large = measure(case, pair, seed=attempt)
        small, large = small + more_small, large + more_large
    return small, large


def _times(small: Measured, large: Measured) -> Iterator[str]:
    yield from (str(small.calls), f"{small.a_call(small.things):g}")
    for each in (small, large):
        lower, median, upper = each.quartiles
        yield from (f"{median:.2f}", f"{lower:.2f}–{upper:.2f}")
    yield f"{_ratio(small, large):.2f}"


def _costs(spent: dict[str, tuple[float, float]]) -> Iterator[str]:
    for a, b in spent.values():
        yield f"{a:g}" if a == b else f"{a:.2f}, {b:.2f}"


def _broken(ratio: float, spent: dict[str, tuple[float, float]]) -> Iterator[str]:
    if ratio >= MOST_TIME:
        yield f"{ratio:.2f} times the time"
    for what, (a, b) in spent.items():
        if max(a, b) > min(a, b) * MOST_COST:
            yield f"{b:.2f} {what} instead of {a:.2f}"


def _ratio(small: Measured, large: Measured) -> float:
    return large.quartiles[1] / small.quartiles[1]


def _spent(small: Measured, large: Measured, name: str) -> tuple[float, float]:
    """What a call costs on the one and on the other."""
    return small.a_call(getattr(small.spent, name)), large.a_call(getattr(large.spent, name))
