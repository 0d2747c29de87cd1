"""Check the deployment, as far as that goes without an account: python -m infra.check [STEP …] [--source DIR]

Exits with 1 if anything is wrong. A step whose program is not installed is left out, but not in CI.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path

from infra.check.controls import all_controls
from infra.check.steps import STEPS, Outcome, run
from infra.check.workspace import ROOT


def main(arguments: list[str]) -> int:
    parser = ArgumentParser("python -m infra.check", description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("steps", nargs="*", metavar="STEP", help=f"any of {', '.join(STEPS)}; all by default")
    parser.add_argument("--source", type=Path, default=ROOT, metavar="DIR", help="a copy of the repository to check")
    parser.add_argument("--list", action="store_true", help="list the musts that the step controls checks")
    options = parser.parse_args(arguments)
    if options.list:
        print(*all_controls(), sep="\n")
        return 0
    if unknown := set(options.steps) - STEPS.keys():
        parser.error(f"there is no step {', '.join(sorted(unknown))}: {', '.join(STEPS)}")
    return 0 if run(options.steps or [*STEPS], options.source.resolve(), _say) else 1


def _say(outcome: Outcome) -> None:
    print(outcome, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
