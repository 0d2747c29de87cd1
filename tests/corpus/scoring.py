"""Precision and recall of what is found, by kind. A finding counts if its kind and both its ends are right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from interactions.domain.personal_data import find
from interactions.domain.redaction import KINDS, Kind
from tests.corpus.samples import Sample, Span

# The floors that are kept: recall and precision of each kind.
FLOORS: dict[Kind, tuple[float, float]] = {
    "cpf": (0.99, 0.95),
    "cnpj": (0.99, 0.95),
    "card": (0.99, 0.95),
    "email": (0.99, 0.98),
    "phone": (0.95, 0.95),
    "ip": (0.97, 0.92),
}


@dataclass(slots=True)
class Score:
    """How many values of a kind were found, missed, and found where there are none; with the texts of the failures."""

    found: int = 0
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.found / ((self.found + len(self.missed)) or 1)

    @property
    def precision(self) -> float:
        return self.found / ((self.found + len(self.false)) or 1)


def score(samples: Iterable[Sample]) -> dict[Kind, Score]:
    scores: dict[Kind, Score] = {kind: Score() for kind in KINDS}
    for sample in samples:
        found = {Span(kind, start, end) for start, end, kind in find(sample.text, KINDS)}
        wanted = set(sample.spans)
        for span in found & wanted:
            scores[span.kind].found += 1
        for span in wanted - found:
            scores[span.kind].missed.append(_shown(sample, span))
        for span in found - wanted:
            scores[span.kind].false.append(_shown(sample, span))
    return scores


def broken_floors(scores: dict[Kind, Score]) -> Iterator[str]:
    for kind, (recall, precision) in FLOORS.items():
        if scores[kind].recall < recall:
            yield f"{kind}: recall {scores[kind].recall:.3f} is below {recall}"
        if scores[kind].precision < precision:
            yield f"{kind}: precision {scores[kind].precision:.3f} is below {precision}"


def counted(samples: Iterable[Sample]) -> Counter[str]:
    """How many values there are to find in each family."""
    counts: Counter[str] = Counter()
    for sample in samples:
        counts[sample.family] += len(sample.spans)
    return counts


def _shown(sample: Sample, span: Span) -> str:
    return f"{sample.text[span.start : span.end]!r} in {sample.text!r}"
