"""The judgement of a canary: whatever failed speaks against it, and what is unknown is never taken for good."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from interactions.management.production.release.judgement import LEAST_REQUESTS, Evidence, judged

NAMES = st.lists(st.sampled_from(["canary-5xx", "log-errors"]), unique=True).map(tuple)
SOUND = st.builds(
    Evidence,
    tried=st.integers(1, 100),
    silent=NAMES,
    requests=st.none() | st.integers(0, 100),
    failures=st.none() | st.just(0),
)


@given(SOUND)
def test_a_version_of_which_nothing_failed_is_kept(evidence: Evidence) -> None:
    assert judged(evidence).keeps


@given(SOUND, st.integers(1, 9))
def test_whatever_failed_rolls_back_though_all_else_is_sound(evidence: Evidence, failed: int) -> None:
    assert not judged(replace(evidence, failed=failed)).keeps
    assert not judged(replace(evidence, failures=failed)).keeps
    assert not judged(replace(evidence, ringing=("log-errors",))).keeps


@given(SOUND)
def test_callers_are_named_only_where_all_is_known_and_there_were_enough_of_them(evidence: Evidence) -> None:
    known = evidence.requests is not None and evidence.failures is not None and not evidence.silent
    enough = known and (evidence.requests or 0) >= LEAST_REQUESTS
    assert ("the trial alone" in judged(evidence).basis) is not enough


@given(SOUND)
def test_a_version_that_was_not_tried_is_not_kept(evidence: Evidence) -> None:
    assert not judged(replace(evidence, tried=0)).keeps
