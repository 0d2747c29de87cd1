"""Several walks at once, in threads, each no more than one step ahead of who takes what they find."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeVar

Found = TypeVar("Found")


def read_ahead(walks: Iterable[Iterator[Found]], workers: int) -> Iterator[Found]:
    """What all walks find: in order within a walk, in any order between them.

    At most `workers` things are found and not yet taken. `walks` itself is iterated by the caller's thread. What goes
    wrong in a walk is raised here, once the steps under way are done.
    """
    waiting = iter(walks)
    running: dict[Future[Found | None], Iterator[Found]] = {}
    with ThreadPoolExecutor(workers, thread_name_prefix="pull") as threads:

        def step(walk: Iterator[Found]) -> None:
            running[threads.submit(next, walk, None)] = walk

        for walk in islice(waiting, workers):
            step(walk)
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                walk, found = running.pop(future), future.result()
                if found is not None:
                    step(walk)
                    yield found
                elif (following := next(waiting, None)) is not None:
                    step(following)
