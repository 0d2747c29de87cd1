"""`manage.py test` runs the first tier of the suite through pytest, `--all` both; labels and `-k` are passed on."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.tiers import FIRST_TIER
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
        all_tests: bool = False,
        transport: str = PROCESS,
        **options: Any,
    ) -> None:
        self._all_tests = all_tests
        self._arguments = [f"--transport={transport}", *["-v"] * (verbosity - 1)]
        self._arguments += [*["-q"] * (verbosity == 0), *["-x"] * failfast]
        if test_name_patterns:
            self._arguments += ["-k", " or ".join(test_name_patterns)]

    @classmethod
    def add_arguments(cls, parser: ArgumentParser) -> None:
        parser.add_argument(
            "-k", action="append", dest="test_name_patterns", help="Run only what matches, as pytest's own -k."
        )
        parser.add_argument(
            "--all",
            action="store_true",
            dest="all_tests",
            help="Run the second tier too (tests that need processes, Chromium, a package or Terraform), and try more"
            " examples of each property. Labels run tests of both tiers anyway.",
        )
        parser.add_argument(
            "--transport", choices=TRANSPORTS, default=PROCESS, help="How tests of tests/api reach the service."
        )

    def run_tests(self, test_labels: Sequence[str], **options: Any) -> int:
        arguments = [*self._arguments]
        if self._all_tests:
            arguments.append("--hypothesis-profile=thorough")
        if not test_labels:
            # A few tests would be done before further processes have started.
            arguments += IN_PARALLEL if self._all_tests else [*IN_PARALLEL, "-m", FIRST_TIER]
        failed = pytest.main([*arguments, *map(pytest_label, test_labels)])
        if self._all_tests and not test_labels and failed != pytest.ExitCode.INTERRUPTED:
            for transport in (EVENTS, GATEWAY):
                failed = self._over(transport, arguments) or failed
        return int(failed)

    def _over(self, transport: str, arguments: Sequence[str]) -> int:
        """Run the API's tests that are marked `everywhere`. What they need may be absent here, but not in CI."""
        print(f"\n{f' Tests marked `everywhere`, --transport={transport} ':=^100}", flush=True)
        code = pytest.main([*arguments, str(API), "-m", "everywhere", f"--transport={transport}"])
        return 0 if code == pytest.ExitCode.NO_TESTS_COLLECTED and os.environ.get("CI") != "true" else code


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
