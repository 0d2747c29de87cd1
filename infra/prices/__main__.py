"""Add the rows of genai-prices to interactions/domain/prices.json: python -m infra.prices [--check] [--adopt …]

Rows of the file stay as they are. A price that the source changes without a date is only told: a person decides, and
says from which day on it holds, as in --adopt openai/gpt-5=2026-12-01.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections import Counter
from importlib.metadata import version
from pathlib import Path

from infra.prices.merging import Adoption, Merged, merge
from infra.prices.source import LeftOut, read_source
from infra.prices.writing import text_of
from interactions.domain.repository_prices import FILE

PACKAGE = "genai-prices"
# The exit status of --check where the source has something else than the file; 1 and 2 are those of errors.
NEWS = 3


def main(arguments: list[str]) -> int:
    parser = ArgumentParser("python -m infra.prices", description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument(
        "--check", action="store_true", help=f"write nothing; exit with {NEWS} if the source has other prices or names"
    )
    parser.add_argument(
        "--adopt", action="append", default=[], metavar="PROVIDER/MODEL=DAY", help="add a row of the source's price"
    )
    parser.add_argument("--file", type=Path, default=FILE, help="the file to write (the repository's)")
    options = parser.parse_args(arguments)
    content = json.loads(options.file.read_text())
    try:
        adoptions = [Adoption.parse(each) for each in options.adopt]
        source, left_out = read_source()
        merged = merge(content, source, adoptions)
    except ValueError as error:
        parser.error(str(error))
    if not options.check:
        options.file.write_text(text_of(merged.content | {"source": f"{PACKAGE} {version(PACKAGE)}"}))
    names = _new_names(content, merged.content)
    _say(merged, names, left_out)
    return NEWS if options.check and (merged.added or merged.disputed or names) else 0


def _new_names(before: dict[str, dict[str, dict[str, str]]], after: dict[str, dict[str, dict[str, str]]]) -> list[str]:
    return [
        f"{provider}/{name}: {model}"
        for provider, names in after["names"].items()
        for name, model in names.items()
        if name not in before["names"].get(provider, {})
    ]


def _say(merged: Merged, names: list[str], left_out: list[LeftOut]) -> None:
    counts = f"{len(merged.added)} new rows, {len(names)} new names, {len(merged.disputed)} other prices"
    print(f"{PACKAGE} {version(PACKAGE)}: {counts}.")
    for title, lines in (
        ("New rows", merged.added),
        ("New names", names),
        ("Other prices, without a day: --adopt adds a row of the source's", merged.disputed),
        ("What stays as it is", merged.remarks),
    ):
        if lines:
            print(f"\n{title}:", *lines, sep="\n  ")
    print("\nWithout a row, since a row cannot tell what a text call costs:")
    for reason, count in sorted(Counter(each.reason for each in left_out).items()):
        models = ", ".join(f"{each.provider}/{each.model}" for each in left_out if each.reason == reason)
        print(f"  {count} {reason}: {models}")
    print("\nNot in any row: web searches and storage, cache writes for an hour, tokens of audio, images and video.")
    print("Prices by the hour are those of the dearest hour.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
