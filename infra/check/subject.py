"""What the controls look at: the plans, the code behind them, and the workflow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.check.hcl import Module
from infra.check.plan import Plan, Resource

# For which infra/bootstrap is planned.
REPOSITORY = "octo-org/interactions"


@dataclass(frozen=True)
class Subject:
    source: Path
    plan: Plan
    code: Module
    bootstrap: Plan
    bootstrap_code: Module

    def behind(self, resource: Resource, path: str) -> set[str]:
        """What an argument is made of, through all locals."""
        return self.code.behind(resource.references(path))

    def unless_from(self, resource: Resource, path: str, prefix: str) -> Iterator[str]:
        """A complaint, unless an argument is made of something that begins so, be it through locals."""
        yield from resource.unless_from(path, prefix, self.behind(resource, path))

    def unless_own_key(self, resource: Resource, path: str) -> Iterator[str]:
        """A complaint, unless it is encrypted with the customer key: without one it would be AWS's own."""
        yield from self.unless_from(resource, path, "aws_kms_key.")
