"""A plan as `terraform show -json` writes it: what is known of each resource, and what the rest refers to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

Values = dict[str, Any]


class Fault(Exception):
    """Something that a control needs is not there; the text says what."""


@dataclass(frozen=True)
class Resource:
    """A resource, or a data source, as it is planned."""

    address: str
    type: str
    name: str
    values: Values
    unknown: Values = field(repr=False)
    expressions: Values = field(repr=False)
    depends_on: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.address

    @property
    def key(self) -> str:
        """What `for_each` has it by."""
        return self.address.partition('["')[2].removesuffix('"]')

    def value(self, path: str) -> Any:
        """What is planned at `block.argument`; nothing where it is absent, or known only after the apply."""
        return _at(self.values, path)

    def is_unknown(self, path: str) -> bool:
        return _at(self.unknown, path) is True

    def constant(self, path: str) -> Any:
        """What the code gives as it stands."""
        expression = _at(self.expressions, path)
        return expression.get("constant_value") if isinstance(expression, dict) else None

    def references(self, path: str) -> set[str]:
        """What the expression refers to."""
        return set(_references(_at(self.expressions, path)))

    def unless(self, path: str, *allowed: Any) -> Iterator[str]:
        """A complaint, unless one of these is planned."""
        if (value := self.value(path)) not in allowed:
            wanted = " or ".join(map(repr, allowed))
            yield f"{self}: {path} is {self._said(path, value)}, not {wanted}"

    def unless_from(self, path: str, prefix: str, behind: set[str] | None = None) -> Iterator[str]:
        """A complaint, unless the expression refers to something that begins so."""
        found = self.references(path) if behind is None else behind
        if not any(f"{reference}.".startswith(prefix) for reference in found):
            yield f"{self}: {path} is {self._said(path, self.value(path))}, and not from {prefix.rstrip('.')}"

    def _said(self, path: str, value: Any) -> str:
        if self.is_unknown(path):
            return f"from {', '.join(sorted(self.references(path))) or 'something unknown'}"
        return "absent" if value is None else repr(value)


@dataclass(frozen=True)
class Change:
    """What the plan does to a resource. `later` names what is known only after the apply, and is not in `after`."""

    address: str
    type: str
    actions: tuple[str, ...]
    before: Values
    after: Values
    later: frozenset[str]

    def __str__(self) -> str:
        return self.address

    @property
    def replaces(self) -> bool:
        return {"create", "delete"} <= set(self.actions)


class Plan:
    def __init__(self, document: Values) -> None:
        root = document["configuration"]["root_module"]
        self.configuration: list[Values] = root.get("resources", [])
        self.variables: dict[str, Values] = root.get("variables", {})
        self.outputs: dict[str, Values] = root.get("outputs", {})
        self.providers: dict[str, Values] = document["configuration"].get("provider_config", {})
        self._configured = {entry["address"]: entry for entry in self.configuration}
        self.changes = [_change(entry) for entry in document.get("resource_changes", []) if entry["mode"] == "managed"]
        changes = {entry["address"]: entry["change"] for entry in document.get("resource_changes", [])}
        planned = document["planned_values"]["root_module"].get("resources", [])
        read = document.get("prior_state", {}).get("values", {}).get("root_module", {}).get("resources", [])
        # What is in both has been read before, and is planned to be read again.
        entries = {entry["address"]: entry for entry in [*read, *planned]}
        self.resources = [self._resource(entry, changes.get(address, {})) for address, entry in entries.items()]

    def of(self, type_: str, name: str | None = None) -> list[Resource]:
        """The resources of a type.

        Raises:
            Fault: there is none.
        """
        found = [each for each in self.resources if each.type == type_ and name in (None, each.name)]
        if not found:
            raise Fault(f"there is no {'.'.join(filter(None, [type_, name]))} in the plan")
        return found

    def one(self, type_: str, name: str | None = None) -> Resource:
        """The only one of a type.

        Raises:
            Fault: there is none, or there are several.
        """
        first, *others = self.of(type_, name)
        if others:
            raise Fault(f"there are {len(others) + 1} of {type_} in the plan, and not one")
        return first

    def any(self, type_: str) -> list[Resource]:
        return [each for each in self.resources if each.type == type_]

    def configured(self, type_: str) -> list[Resource]:
        """The blocks of a type as they are written, whether the plan has any of them or not."""
        return [
            Resource(entry["address"], type_, entry["name"], {}, {}, entry.get("expressions", {}))
            for entry in self.configuration
            if entry["type"] == type_ and entry["mode"] == "managed"
        ]

    def expansion(self, address: str) -> set[str]:
        """What the block's `count` or `for_each` refers to."""
        entry = self._configured.get(address, {})
        return {*_references(entry.get("count_expression")), *_references(entry.get("for_each_expression"))}

    def default(self, variable: str) -> Any:
        """A variable's default.

        Raises:
            Fault: there is no such variable.
        """
        if variable not in self.variables:
            raise Fault(f"there is no variable {variable}")
        return self.variables[variable].get("default")

    def _resource(self, entry: Values, change: Values) -> Resource:
        configured = self._configured.get(entry["address"].partition("[")[0], {})
        return Resource(
            address=entry["address"],
            type=entry["type"],
            name=entry["name"],
            values=entry.get("values", {}),
            unknown=change.get("after_unknown", {}),
            expressions=configured.get("expressions", {}),
            depends_on=tuple(configured.get("depends_on", ())),
        )


def _change(entry: Values) -> Change:
    change = entry["change"]
    actions = tuple(change["actions"])
    before, after = change["before"] or {}, change["after"] or {}
    later = frozenset(name for name, unknown in (change.get("after_unknown") or {}).items() if unknown is True)
    return Change(entry["address"], entry["type"], actions, before, after, later)


def _at(values: Any, path: str) -> Any:
    """A block that may be given once is a list of one."""
    for word in path.split("."):
        if isinstance(values, list):
            values = values[0] if len(values) == 1 else None
        if not isinstance(values, dict):
            return None
        values = values.get(word)
    return values


def _references(expression: Any) -> Iterable[str]:
    if isinstance(expression, list):
        return [name for each in expression for name in _references(each)]
    if not isinstance(expression, dict):
        return []
    if "references" in expression:
        return list(map(str, expression["references"]))
    return [name for each in expression.values() for name in _references(each)]
