"""Runs the named benches, or all. The exit code is 1 when a promise is not kept; each such is named at the end."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module

import django

from tests.dynamodb_local import Absent

# Modules with `run()`, which prints what it measures and returns the promises that are not kept.
BENCHES = {
    "lambda": "benchmarks.lambda_function.bench",
    "redaction": "benchmarks.redaction",
    "scale": "benchmarks.scale",
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="*", help=f"{', '.join(BENCHES)}; all of them by default")
    names = parser.parse_args().name or [*BENCHES]
    if unknown := set(names) - BENCHES.keys():
        parser.error(f"there is no bench {', '.join(sorted(unknown))}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings.local")
    django.setup()
    try:
        broken = [promise for name in names for promise in import_module(BENCHES[name]).run()]
    except Absent as absent:
        sys.exit(str(absent))
    print("\n" + "\n".join(["Not kept:", *broken] if broken else ["Every promise is kept."]))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
