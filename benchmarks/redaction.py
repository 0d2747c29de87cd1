"""Precision and recall of redaction on the corpus, and its CPU time for ordinary and for hostile texts of 1 MB."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from time import process_time

from benchmarks.printing import print_table
from interactions.domain.redaction import parse_policy, redact
from tests.corpus.hostile import hostile_texts
from tests.corpus.samples import samples
from tests.corpus.scoring import broken_floors, counted, score

MEGABYTE = 1_000_000
MOST_SECONDS = 0.6
# Other work on the machine can slow one measurement: a text over the limit is measured again, and the best time counts.
ATTEMPTS = 3
SHOWN = 10
ROOT = Path(__file__).resolve().parents[1]
ALL = parse_policy("all=mask")
ABOUT = f"""
The corpus is made by a seeded generator (`python -m tests.corpus`). A finding counts if its kind and both its ends are
right. Times are CPU seconds for 1 MB of UTF-8 with every kind on; no text may take more than {MOST_SECONDS} s."""


def run() -> list[str]:
    """Print the tables; the promises that are not kept."""
    print(ABOUT)
    redact("1 a@b.co", ALL)  # compiles the patterns
    return [*_quality(), *_ordinary(), *_hostile()]


def _quality() -> Iterator[str]:
    corpus = [*samples()]
    scores = score(corpus)
    rows = [
        [
            *(kind, f"{result.found + len(result.missed)}", f"{result.recall:.4f}", f"{result.precision:.4f}"),
            *(f"{len(result.missed)}", f"{len(result.false)}"),
        ]
        for kind, result in scores.items()
    ]
    print_table(f"Corpus of {len(corpus):,} texts", ("", "values", "recall", "precision", "missed", "false"), rows)
    print_table("Values to find in each family", ("", "values"), [[k, f"{n}"] for k, n in counted(corpus).items()])
    yield from broken_floors(scores)


def _ordinary() -> Iterator[str]:
    code = "".join(path.read_text() for path in sorted((ROOT / "interactions").rglob("*.py")))
    prose = "".join(path.read_text() for path in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]))
    corpus = "\n".join(sample.text for sample in samples())
    texts = {"this project's code": code, "its documents": prose, "the corpus": corpus}
    texts["Japanese"] = "これは普通の文章です。番号は12、年は2026年です。"
    times = [(name, *_measured(_megabyte(text))) for name, text in texts.items()]
    print_table("Ordinary texts of 1 MB", ("", "CPU s", "masked"), [[n, f"{s:.3f}", f"{m}"] for n, s, m in times])
    yield from _too_slow(times)


def _hostile() -> Iterator[str]:
    times = [(name, *_measured(_megabyte(text))) for name, text in hostile_texts(MEGABYTE)]
    times.sort(key=lambda each: each[1], reverse=True)
    rows = [[name[:40], f"{seconds:.3f}", f"{masked}"] for name, seconds, masked in times[:SHOWN]]
    print_table(f"The slowest of {len(times)} hostile texts of 1 MB", ("", "CPU s", "masked"), rows)
    yield from _too_slow(times)


def _too_slow(times: Iterable[tuple[str, float, int]]) -> Iterator[str]:
    for name, seconds, _ in times:
        if seconds > MOST_SECONDS:
            yield f"redaction of {name}: {seconds:.2f} s of CPU for 1 MB"


def _measured(text: str) -> tuple[float, int]:
    """CPU seconds, and how many values were masked."""
    best, masked = float("inf"), 0
    for _ in range(ATTEMPTS):
        seconds, masked = _timed(lambda: sum(redact(text, ALL).counts.values()))
        best = min(best, seconds)
        if best <= MOST_SECONDS:
            break
    return best, masked


def _timed(call: Callable[[], int]) -> tuple[float, int]:
    gc.collect()
    start = process_time()
    result = call()
    return process_time() - start, result


def _megabyte(text: str) -> str:
    """The text, repeated and cut to 1 MB of UTF-8."""
    encoded = text.encode()
    return (encoded * (MEGABYTE // len(encoded) + 1))[:MEGABYTE].decode(errors="ignore")
