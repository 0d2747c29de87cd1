"""What a plan would do, as Markdown for a pull request: python -m infra.check.summary plan.json

It names resources and changed arguments, but no values, because readers of a public repository see it.
It needs no packages.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from infra.check.changes import faults
from infra.check.plan import Change, Plan

# Lines beyond these are counted alone: a comment has room for 65,536 characters.
MOST_LINES = 100
WORDS = {"create": "add", "update": "change", "delete": "destroy", "replace": "replace"}


def summary(plan: Plan) -> str:
    changes = [(_action(change), change) for change in plan.changes]
    changes = [(action, change) for action, change in changes if action in WORDS]
    counts = Counter(action for action, _ in changes)
    told = ", ".join(f"{counts[action]} to {word}" for action, word in WORDS.items() if counts[action])
    lines = [f"**Plan:** {told or 'no changes'}.", ""]
    lines += [_line(action, change) for action, change in changes[:MOST_LINES]]
    if (more := len(changes) - MOST_LINES) > 0:
        lines.append(f"- … and {more} more")
    lines += [f"- :warning: {fault}" for fault in faults(plan)]
    return "\n".join(lines).rstrip()


def _action(change: Change) -> str:
    return "replace" if change.replaces else change.actions[0]


def _line(action: str, change: Change) -> str:
    names = change.before.keys() | change.after.keys()
    differing = sorted(name for name in names - change.later if change.before.get(name) != change.after.get(name))
    named = f": {', '.join(differing)}" if action in {"update", "replace"} and differing else ""
    return f"- {WORDS[action]} `{change}`{named}"


def main(arguments: list[str]) -> int:
    (file,) = arguments
    print(summary(Plan(json.loads(Path(file).read_text()))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
