"""Two versions behind one alias, as in a canary deployment."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lambda_local.functions import HANDLER, packaged
from tests.lambda_local.serving import serving

SAYS = "def handler(event, context): return {'statusCode': 200, 'body': '%s ' + context.invoked_function_arn}"
REQUESTS = 60


@pytest.fixture
def versions(tmp_path: Path) -> list[Path]:
    folders = [tmp_path / name for name in ("stable", "canary")]
    for folder in folders:
        folder.mkdir()
    return [packaged(folder, SAYS % folder.name) for folder in folders]


def answered(versions: list[Path], weight: str, seed: str = "7") -> list[str]:
    """Which version has answered each of some requests."""
    stable, canary = versions
    with serving(stable, "--canary", str(canary), "--weight", weight, "--seed", seed, *HANDLER) as gateway:
        answers = [gateway.ask("GET", "/prod/x").content.decode().split() for _ in range(REQUESTS)]
        assert len(gateway.processes()) == len({version for version, _ in answers})
    assert {arn.rpartition(":")[2] for _, arn in answers} == {"live"}
    return [version for version, _ in answers]


def test_the_canary_gets_its_share_of_requests_the_same_ones_with_the_same_seed(versions: list[Path]) -> None:
    first = answered(versions, "0.25")
    assert first == answered(versions, "0.25")
    assert first != answered(versions, "0.25", seed="8")
    assert 0.1 < first.count("canary") / REQUESTS < 0.4


def test_a_weight_of_nothing_or_one_is_all_or_none(versions: list[Path]) -> None:
    assert answered(versions, "0") == ["stable"] * REQUESTS
    assert answered(versions, "1") == ["canary"] * REQUESTS
