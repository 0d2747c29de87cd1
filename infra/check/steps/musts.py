"""Every must of CONTROLS, on the plan."""

from __future__ import annotations

from infra.check.controls import all_controls
from infra.check.source import Source
from infra.check.workspace import Failed


def controls(source: Source) -> str:
    subject = source.subject()
    found = {each: each.faults(subject) for each in all_controls()}
    if broken := {each: faults for each, faults in found.items() if faults}:
        lines = [f"{len(broken)} of {len(found)} musts do not hold"]
        for each, faults in broken.items():
            lines += [f"must {each}", *(f"     {fault}" for fault in faults)]
        raise Failed("\n".join(lines))
    return f"all {len(found)} musts hold"
