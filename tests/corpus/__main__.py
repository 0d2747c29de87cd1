"""Print the corpus as JSON lines, or with `--failures` what the finders miss and what they find wrongly."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from tests.corpus.samples import SEED, samples
from tests.corpus.scoring import score


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__)
    parser.add_argument("--seed", default=SEED, help=f"the seed of the generator; {SEED}")
    parser.add_argument("--failures", action="store_true", help="print failures instead of the corpus")
    arguments = parser.parse_args()
    corpus = samples(arguments.seed)
    if arguments.failures:
        for kind, result in score(corpus).items():
            print(f"{kind}: recall {result.recall:.4f}, precision {result.precision:.4f}")
            print(
                *(f"  missed {each}" for each in result.missed), *(f"  false {each}" for each in result.false), sep="\n"
            )
    else:
        for sample in corpus:
            print(json.dumps(asdict(sample), ensure_ascii=False))


if __name__ == "__main__":
    main()
