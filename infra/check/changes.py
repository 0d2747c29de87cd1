"""Changes that a plan must not make to what is deployed: python -m infra.check.changes plan.json

The pipeline runs this between `terraform plan` and `terraform apply`, with the output of `terraform show -json`. It
needs no packages. Exits with 1 and says what the plan would do, if it is one of these changes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from infra.check.plan import Change, Plan

# Arguments of aws_ssm_parameter whose change PutParameter sends, or which make it anew. Tags have a call of their own.
SENT_ANEW = ("allowed_pattern", "data_type", "description", "key_id", "tier", "type", "value_wo_version")


def secrets_sent_anew(plan: Plan) -> Iterator[str]:
    """Updates of write-only parameters: they carry no value, and AWS refuses them."""
    for change in _of(plan, "aws_ssm_parameter"):
        if not (change.before.get("has_value_wo") or change.before.get("value_wo_version")):
            continue
        if change.replaces:
            yield f"{change}: it would be made anew, and its value would be lost"
        elif "update" in change.actions:
            changed = [name for name in SENT_ANEW if change.before.get(name) != change.after.get(name)]
            if changed:
                yield f"{change}: it would be sent without its value, for a change of {', '.join(changed)}"


def _of(plan: Plan, type_: str) -> Iterator[Change]:
    return (change for change in plan.changes if change.type == type_)


def faults(plan: Plan) -> list[str]:
    return [*secrets_sent_anew(plan)]


def main(arguments: list[str]) -> int:
    (file,) = arguments
    found = faults(Plan(json.loads(Path(file).read_text())))
    print(*found or ["The plan keeps every secret."], sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
