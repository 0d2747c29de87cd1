"""Terraform's plan as JSON: the resources that there will be, and what of them is not known yet."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from interactions.management.production.cost.refusal import Refused

HOW = "terraform plan -out plan.bin && terraform show -json plan.bin > plan.json"


@dataclass(frozen=True, slots=True)
class Block:
    """Arguments of a resource, or of a block in it. To ask for one that only the apply will know is refused."""

    address: str
    values: Mapping[str, Any]
    unknown: Mapping[str, Any] = field(default_factory=dict)

    def get(self, name: str, default: Any = None) -> Any:
        """Its value, the default where it is not set.

        Raises:
            Refused: it is not known before the apply.
        """
        if self.unknown.get(name) is True:
            raise Refused(f"{self.address}: {name} is not known before the apply, and the bill depends on it")
        value = self.values.get(name)
        return default if value is None else value

    def is_known(self, name: str) -> bool:
        return self.unknown.get(name) is not True

    def usual(self, name: str, default: Any) -> Any:
        """Its value, or what AWS fills in where nobody has set it, which a plan calls unknown."""
        return self.get(name, default) if self.is_known(name) else default

    def blocks(self, name: str) -> list[Block]:
        values = self.get(name, [])
        unknown = self.unknown.get(name)
        unknowns = unknown if isinstance(unknown, list) and len(unknown) == len(values) else [{}] * len(values)
        pairs = zip(values, unknowns, strict=True)
        return [Block(self.address, each or {}, what if isinstance(what, dict) else {}) for each, what in pairs]

    def block(self, name: str) -> Block:
        """The first of that name; an empty one where there is none, or where AWS fills it in."""
        return next(iter(self.blocks(name) if self.is_known(name) else []), Block(self.address, {}))

    def keys(self, name: str) -> set[str]:
        """Of a map, with those whose values have to wait for the apply."""
        waiting = self.unknown.get(name)
        known = {key for key, value in self.get(name, {}).items() if value is not None}
        return known | {key for key, each in (waiting if isinstance(waiting, dict) else {}).items() if each is True}


@dataclass(frozen=True, slots=True)
class Resource(Block):
    type: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """`region` is that of the provider, or where a variable out of sight sets that, of the most resources."""

    region: str
    resources: tuple[Resource, ...]
    made: str | None = None  # when

    def of(self, *types: str) -> list[Resource]:
        return [each for each in self.resources if each.type in types]

    @property
    def elsewhere(self) -> dict[str, list[str]]:
        """Addresses by region, of what is in others."""
        found: dict[str, list[str]] = {}
        for each in self.resources:
            if each.values.get("region") not in (None, self.region):
                found.setdefault(each.values["region"], []).append(each.address)
        return found


def addresses(resources: list[Resource]) -> tuple[str, ...]:
    return tuple(each.address for each in resources)


def read_plan(path: Path) -> Plan:
    """Raises Refused when the file is not there, or is no plan that went through."""
    try:
        return parse_plan(json.loads(path.read_text(), parse_float=Decimal))
    except OSError as error:
        raise Refused(f"The plan cannot be read: {error}. To make it: {HOW}") from error
    except ValueError as error:
        raise Refused(f"{path} is no JSON ({error}). To make it: {HOW}") from error


def parse_plan(told: Any) -> Plan:
    if not isinstance(told, dict) or "planned_values" not in told:
        raise Refused(f"That is no plan: it has no planned_values. To make it: {HOW}")
    if told.get("errored") or told.get("complete") is False:
        raise Refused("The plan is not a whole one: Terraform says that it is errored, or not complete")
    unknown = {
        each["address"]: each.get("change", {}).get("after_unknown") or {} for each in told.get("resource_changes", [])
    }
    resources = tuple(
        Resource(each["address"], each.get("values") or {}, unknown.get(each["address"], {}), type=each["type"])
        for each in _managed(told["planned_values"].get("root_module", {}))
    )
    return Plan(_region(told, resources), resources, told.get("timestamp"))


def _managed(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from (each for each in module.get("resources", []) if each.get("mode", "managed") == "managed")
    for child in module.get("child_modules", []):
        yield from _managed(child)


def _region(told: Mapping[str, Any], resources: tuple[Resource, ...]) -> str:
    providers = told.get("configuration", {}).get("provider_config", {})
    said = providers.get("aws", {}).get("expressions", {}).get("region", {})
    if isinstance(constant := said.get("constant_value"), str):
        return constant
    for reference in said.get("references", []):
        value = told.get("variables", {}).get(reference.removeprefix("var."), {}).get("value")
        if isinstance(value, str):
            return value
    regions = [str(each.values["region"]) for each in resources if each.values.get("region")]
    if not regions:
        raise Refused("The plan does not say which region it is for: set the provider's region")
    return max(sorted(set(regions)), key=regions.count)
