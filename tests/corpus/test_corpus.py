"""Redaction keeps its floors of precision and recall on the corpus; `make bench BENCH=redaction` prints them."""

from __future__ import annotations

from tests.corpus.hostile import hostile_texts
from tests.corpus.samples import FAMILIES, samples
from tests.corpus.scoring import FLOORS, broken_floors, counted, score


def test_precision_and_recall_keep_their_floors() -> None:
    assert [*broken_floors(score(samples()))] == []


def test_the_corpus_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    first, again, other = ([*samples(seed)] for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_the_corpus_has_values_of_every_kind_and_texts_without_any() -> None:
    corpus = [*samples()]
    kinds = [span.kind for sample in corpus for span in sample.spans]
    assert all(kinds.count(kind) >= 300 for kind in FLOORS)
    counts = counted(corpus)
    assert counts.keys() == FAMILIES.keys()
    assert sum(1 for count in counts.values() if not count) == 3


def test_a_span_is_the_value_and_nothing_around_it() -> None:
    for sample in samples():
        for span in sample.spans:
            value = sample.text[span.start : span.end]
            assert value == value.strip()
            assert value


def test_there_are_more_than_200_hostile_texts() -> None:
    texts = dict(hostile_texts(100))
    assert len(texts) > 200
    assert all(len(text) == 100 for text in texts.values())
