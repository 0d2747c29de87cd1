"""Releases at 100,000 requests a month, simulated: bad versions are rolled back, and good ones are kept.

The judgement, the length of the trial and what counts as a failure are the product's own. The canary's share and its
minutes are the workflow's. Simulated are the callers' requests, the chance of a failure, and the delay of CloudWatch.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from math import exp
from random import Random
from typing import NamedTuple

import pytest

from infra.check.workspace import ROOT
from interactions.management.production.release.judgement import Evidence, judged
from project.logging import JsonFormatter
from tests.commands.running import Commands
from tests.operations.deployed import Deployed
from tests.operations.serving import Served

RUNS = 5_000
REQUESTS_A_MINUTE = 100_000 / (730 * 60)
# A failure in the last two minutes may be seen too late: its metric is not there yet.
DELAY_MINUTES = 2.0
# Failures of a sound version: one request in 10,000, as when DynamoDB does not answer.
BACKGROUND = 0.0001
# The share of callers' requests that ask a model.
ASKING = 0.3


class Pipeline(NamedTuple):
    """What the workflow and the trial do with each new version."""

    weight: float
    minutes: float
    tried: int


@pytest.fixture
def pipeline(deployed: Deployed, served: Served, commands: Commands) -> Pipeline:
    workflow = (ROOT / ".github/workflows/deploy.yml").read_text()
    options = re.search(r"release canary .*--weight ([0-9.]+) --minutes ([0-9.]+)", workflow)
    assert options is not None
    commands.run("release", "canary", "--yes")
    return Pipeline(float(options[1]), float(options[2]), len(served.requests))


Fails = Callable[[Random], int]


def always(chance: float) -> Fails:
    """Requests fail by this chance, whatever they are."""
    return lambda random: int(random.random() < chance)


def server_errors_of_a_failed_provider() -> int:
    """As the line of such a request counts it, when the provider's failure is answered by 502."""
    about = {"name": "interactions.requests", "status": 502, "problem": "provider-failed", "fault": "provider"}
    line = json.loads(JsonFormatter("interactions-prod", "3").format(logging.makeLogRecord(about)))
    counted: int = line["server_errors"]
    return counted


def poisson(random: Random, mean: float) -> int:
    """How many events there are, by Knuth's method."""
    limit, product, events = exp(-mean), random.random(), 0
    while product > limit:
        product *= random.random()
        events += 1
    return events


def is_kept(random: Random, pipeline: Pipeline, tried_fails: Fails, asked_fails: Fails, others_fail: Fails) -> bool:
    """One release: the trial, then the canary's minutes, then the last judgement."""
    trial = Evidence(tried=pipeline.tried, failed=sum(tried_fails(random) for _ in range(pipeline.tried)))
    if not judged(trial).keeps:
        return False
    requests = poisson(random, REQUESTS_A_MINUTE * pipeline.minutes * pipeline.weight)
    seen = [random.random() * pipeline.minutes < pipeline.minutes - DELAY_MINUTES for _ in range(requests)]
    failures = sum(asked_fails(random) for is_seen in seen if is_seen)
    of_others = poisson(random, REQUESTS_A_MINUTE * pipeline.minutes * (1 - pipeline.weight))
    errors = failures + sum(others_fail(random) for _ in range(of_others))
    watched = Evidence(
        tried=pipeline.tried,
        ringing=("log-errors",) if errors else (),
        requests=requests or None,
        failures=failures,
    )
    return judged(watched).keeps


def kept(pipeline: Pipeline, tried_fails: Fails, asked_fails: Fails, others_fail: Fails) -> float:
    """The share of releases in which the version is kept."""
    random = Random(20261201)
    runs = (is_kept(random, pipeline, tried_fails, asked_fails, others_fail) for _ in range(RUNS))
    return sum(runs) / RUNS


@pytest.mark.parametrize(("chance", "rolled_back"), [(1.0, 0.99), (0.3, 0.90), (0.1, 0.60)])
def test_a_version_that_fails_some_of_its_requests_is_rolled_back(
    pipeline: Pipeline, chance: float, rolled_back: float
) -> None:
    assert 1 - kept(pipeline, always(chance), always(chance), always(0)) >= rolled_back


def test_a_sound_version_is_kept_while_a_provider_fails(pipeline: Pipeline) -> None:
    """Every request to a model fails. The trial asks none."""
    of_provider = server_errors_of_a_failed_provider()

    def asked_fails(random: Random) -> int:
        return of_provider if random.random() < ASKING else int(random.random() < BACKGROUND)

    background = always(BACKGROUND)
    assert kept(pipeline, background, asked_fails, asked_fails) >= 0.99
