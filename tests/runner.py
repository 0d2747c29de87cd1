"""`manage.py test` runs the first tier of the suite through pytest, `--all` everything, labels what they name."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.tiers import BOTH_TIERS, FIRST_TIER, SECOND_TIER
from tests.transports.option import API, EVENTS, GATEWAY, PROCESS, TRANSPORTS

# Each process has a database of its own; they share one DynamoDB Local.
IN_PARALLEL = ["-n", "auto", "--maxprocesses", "4", "--dist", "worksteal"]


class PytestRunner:
    """Django's protocol of a test runner: options, then `run_tests`, which returns how much went wrong."""

    def __init__(
        self,
        *,
        verbosity: int = 1,
        failfast: bool = False,
        test_name_patterns: Sequence[str] | None = None,
        tier: str = FIRST_TIER,
        transport: str = PROCESS,
        **options: Any,
    ) -> None:
        self._tier = tier
        self._transport = transport
        self._arguments = [*["-v"] * (verbosity - 1), *["-q"] * (verbosity == 0), *["-x"] * failfast]
        if test_name_patterns:
            self._arguments += ["-k", " or ".join(test_name_patterns)]
        if tier != FIRST_TIER:
            self._arguments.append("--hypothesis-profile=thorough")

    @classmethod
    def add_arguments(cls, parser: ArgumentParser) -> None:
        parser.add_argument(
            "-k", action="append", dest="test_name_patterns", help="Run only what matches, as pytest's own -k."
        )
        which = parser.add_mutually_exclusive_group()
        which.add_argument(
            "--all",
            action="store_const",
            const=BOTH_TIERS,
            default=FIRST_TIER,
            dest="tier",
            help="Run the second tier too (tests that need processes, Chromium, a package or Terraform), the API's"
            " tests on every transport, and more examples of each property. Labels run tests of both tiers anyway.",
        )
        which.add_argument(
            "--system", action="store_const", const=SECOND_TIER, dest="tier", help="Run the second tier alone."
        )
        which.add_argument(
            "--transport",
            choices=TRANSPORTS,
            default=PROCESS,
            help="How tests of tests/api reach the service. Without labels those marked `everywhere` run.",
        )

    def run_tests(self, test_labels: Sequence[str], **options: Any) -> int:
        if test_labels:  # a few tests would be done before further processes have started
            return self._run(*map(pytest_label, test_labels), f"--transport={self._transport}")
        if self._transport != PROCESS:
            return self._run_everywhere(self._transport)
        failed = self._run(*IN_PARALLEL, "-m", self._tier)
        if self._tier == BOTH_TIERS and failed != pytest.ExitCode.INTERRUPTED:
            for transport in (EVENTS, GATEWAY):
                failed = self._run_everywhere(transport) or failed
        return failed

    def _run_everywhere(self, transport: str) -> int:
        """Run the API's tests that are marked `everywhere`. What they need may be absent here, but not in CI."""
        print(f"\n{f' Tests marked `everywhere`, --transport={transport} ':=^100}", flush=True)
        code = self._run(*IN_PARALLEL, str(API), "-m", "everywhere", f"--transport={transport}")
        return 0 if code == pytest.ExitCode.NO_TESTS_COLLECTED and os.environ.get("CI") != "true" else code

    def _run(self, *arguments: str) -> int:
        return int(pytest.main([*self._arguments, *arguments]))


def pytest_label(label: str) -> str:
    """A path or a pytest node id as it stands; a dotted name (tests.api.test_bulk.TestLimits) as a node id."""
    if Path(label.partition("::")[0]).exists():
        return label
    parts = label.split(".")
    for length in range(len(parts), 0, -1):
        path = Path(*parts[:length])
        if path.is_dir() and length == len(parts):
            return str(path)
        if path.with_suffix(".py").is_file():
            return "::".join([str(path.with_suffix(".py")), *parts[length:]])
    return label
