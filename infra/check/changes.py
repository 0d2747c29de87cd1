"""Changes that a plan must not make to what is deployed: python -m infra.check.changes plan.json

The pipeline runs this between `terraform plan` and `terraform apply`, with the output of `terraform show -json`. It
needs no packages. Exits with 1 and names the changes that it found.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from infra.check.plan import Change, Plan, Values

# Arguments of aws_ssm_parameter whose change PutParameter sends, or which make it anew. Tags have a call of their own.
SENT_ANEW = ("allowed_pattern", "data_type", "description", "key_id", "tier", "type", "value_wo_version")

# The tag of a table that names the indexes which no code reads any more.
RETIRED = "RetiredIndexes"


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


def indexes_in_use(plan: Plan) -> Iterator[str]:
    """Indexes that the live version may still ask, and that the plan deletes or rebuilds."""
    for change in _of(plan, "aws_dynamodb_table"):
        before, after = _indexes(change.before), _indexes({} if change.replaces else change.after)
        retired = set((change.before.get("tags") or {}).get(RETIRED, "").split())
        for name in sorted(before.keys() - after.keys() - retired):
            yield f"{change}: the index {name} would be deleted, and no release before this one has retired it"
        for name in sorted(before.keys() & after.keys()):
            if before[name] != after[name]:
                yield f"{change}: the index {name} would be deleted and built anew, with other keys or attributes"


def _indexes(values: Values) -> dict[str, tuple[object, ...]]:
    """What each index is made of; a change of any of these builds it anew."""
    return {
        index["name"]: (
            index.get("hash_key"),
            index.get("range_key"),
            index.get("key_schema") or [],
            index.get("projection_type"),
            sorted(index.get("non_key_attributes") or []),
        )
        for index in values.get("global_secondary_index") or []
    }


def _of(plan: Plan, type_: str) -> Iterator[Change]:
    return (change for change in plan.changes if change.type == type_)


def faults(plan: Plan) -> list[str]:
    return [*secrets_sent_anew(plan), *indexes_in_use(plan)]


def main(arguments: list[str]) -> int:
    (file,) = arguments
    found = faults(Plan(json.loads(Path(file).read_text())))
    print(*found or ["The plan keeps every secret, and every index that is in use."], sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
