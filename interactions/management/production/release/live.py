"""What is live: the versions of the function, which of them get requests, and what the parameter says of that."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class Traffic(NamedTuple):
    """A version, and another one that takes its share, if any, of the requests.

    In the parameter the other one may have no share: then it is the newest, which Terraform is to give nothing.
    """

    stable: int
    canary: int | None = None
    weight: float = 0.0

    @property
    def running(self) -> Traffic:
        """The same without another version that has no share."""
        return self if self.weight else Traffic(self.stable)

    def recorded(self, newest: int) -> Traffic:
        """What the parameter has to say for Terraform to leave the alias as it is.

        Of a newest version that the parameter does not name Terraform makes a canary.
        """
        return self if self.canary or newest == self.stable else Traffic(self.stable, newest)

    def document(self) -> dict[str, Any]:
        return {
            "stable_version": str(self.stable),
            "canary_version": None if self.canary is None else str(self.canary),
            "canary_weight": self.weight or 0,
        }

    def __str__(self) -> str:
        if not self.weight:
            return f"version {self.stable} gets every request"
        return f"version {self.canary} gets {share(self.weight)} of the requests, version {self.stable} the others"


def share(weight: float) -> str:
    """`10 %`."""
    return f"{weight * 100:.6g} %"


@dataclass(frozen=True, slots=True)
class Version:
    """A published version. What its environment has beside these is nobody's business; None where it cannot be read."""

    number: int
    published: str
    description: str
    code: str
    table_prefix: str | None
    hosts: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Live:
    """`alias` is what happens; `recorded` what the parameter says, None when that makes no sense."""

    alias: Traffic
    revision: str
    recorded: Traffic | None
    table_prefix: str | None
    versions: Mapping[int, Version]

    @property
    def newest(self) -> int:
        return max(self.versions)

    @property
    def agrees(self) -> bool:
        return self.recorded is not None and self.recorded.running == self.alias


def traffic_of_alias(answer: Mapping[str, Any]) -> Traffic:
    """
    Raises:
        ValueError: it leads to what is no published version.
    """
    weights = (answer.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    other = next(((int(version), float(weight)) for version, weight in weights.items() if weight), (None, 0.0))
    return Traffic(int(answer["FunctionVersion"]), *other)


def traffic_of_parameter(text: str) -> Traffic | None:
    try:
        said = json.loads(text)
        canary = said["canary_version"]
        weight = float(said["canary_weight"]) if canary else 0.0
        return Traffic(int(said["stable_version"]), int(canary) if canary else None, weight)
    except (ValueError, TypeError, KeyError):
        return None


def version_of(configuration: Mapping[str, Any]) -> Version:
    """A version as Lambda lists it."""
    variables: Mapping[str, str] = configuration.get("Environment", {}).get("Variables") or {}
    hosts = [host.strip() for host in variables["ALLOWED_HOSTS"].split(",")] if "ALLOWED_HOSTS" in variables else None
    return Version(
        number=int(configuration["Version"]),
        published=configuration.get("LastModified", ""),
        description=configuration.get("Description", ""),
        code=configuration.get("CodeSha256", "")[:12],
        table_prefix=variables.get("TABLE_PREFIX"),
        hosts=hosts,
    )
