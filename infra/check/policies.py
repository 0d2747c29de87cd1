"""IAM policies as a plan has them: rendered where all is known, by their statements where a part is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from infra.check.plan import Fault, Plan, Resource, Values

# Where resources hold policies.
ATTRIBUTES = ("policy", "assume_role_policy", "policy_document", "access_policy", "inline_policy")
DOCUMENT = "data.aws_iam_policy_document."


@dataclass(frozen=True)
class Statement:
    """A resource that is known only after the apply stands as `${what it refers to}`."""

    place: str
    sid: str
    effect: str
    actions: frozenset[str]
    not_actions: frozenset[str]
    resources: frozenset[str]
    not_resources: frozenset[str]
    principals: frozenset[tuple[str, str]]
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...]

    def __str__(self) -> str:
        return f"{self.place}, statement {self.sid or 'without a sid'}"

    @property
    def allows(self) -> bool:
        return self.effect == "Allow"

    def is_for(self, service: str) -> bool:
        return ("Service", service) in self.principals

    def services(self) -> set[str]:
        return {name for kind, name in self.principals if kind == "Service"}

    def condition(self, test: str, variable: str) -> tuple[str, ...]:
        """What the variable is compared with by that test."""
        return next((values for named, of, values in self.conditions if (named, of) == (test, variable)), ())

    def grants(self, action: str) -> bool:
        return self.allows and any(fnmatchcase(action.lower(), pattern.lower()) for pattern in self.actions)

    def of_service(self, service: str) -> set[str]:
        return {action for action in self.actions if action.partition(":")[0].lower() == service or action == "*"}


def every_policy(plan: Plan) -> Iterator[Statement]:
    """The statements of every document, and of every policy that a resource holds."""
    for document in plan.any("aws_iam_policy_document"):
        yield from _of_blocks(document)
    for resource in plan.resources:
        for path in ATTRIBUTES:
            if resource.value(path) or resource.references(path):
                yield from policy_of(plan, resource, path)


def policy_of(plan: Plan, resource: Resource, path: str = "policy") -> list[Statement]:
    """The statements of a resource's policy.

    Raises:
        Fault: the plan does not tell them.
    """
    if isinstance(text := resource.value(path), str):
        return list(_of_json(f"{resource}", json.loads(text)))
    documents = {each.address: each for each in plan.any("aws_iam_policy_document")}
    for reference in sorted(resource.references(path), key=len, reverse=True):
        if reference.startswith(DOCUMENT) and reference in documents:
            return list(_of_blocks(documents[reference]))
    raise Fault(f"{resource}: the plan does not tell its {path}, which is no aws_iam_policy_document either")


def _of_json(place: str, document: Values) -> Iterator[Statement]:
    for statement in _listed(document["Statement"]):
        principals = statement.get("Principal", {})
        named = {"*": "*"} if principals == "*" else principals
        yield Statement(
            place=place,
            sid=statement.get("Sid", ""),
            effect=statement["Effect"],
            actions=frozenset(_listed(statement.get("Action"))),
            not_actions=frozenset(_listed(statement.get("NotAction"))),
            resources=frozenset(_listed(statement.get("Resource"))),
            not_resources=frozenset(_listed(statement.get("NotResource"))),
            principals=frozenset((kind, name) for kind, names in named.items() for name in _listed(names)),
            conditions=tuple(
                (test, variable, tuple(map(str, _listed(values))))
                for test, compared in statement.get("Condition", {}).items()
                for variable, values in compared.items()
            ),
        )


def _of_blocks(document: Resource) -> Iterator[Statement]:
    """The code has no blocks for what `dynamic` makes: of those what is unknown stays without a name."""
    written = {_constant(block.get("sid")): block for block in document.expressions.get("statement", [])}
    for statement in document.values.get("statement") or []:
        behind = written.get(statement["sid"], {}).get("resources", {}).get("references", [])
        unknown = f"${{{', '.join(behind) or 'unknown'}}}"
        yield Statement(
            place=document.address,
            sid=statement["sid"] or "",
            effect=statement.get("effect") or "Allow",
            actions=frozenset(statement.get("actions") or ()),
            not_actions=frozenset(statement.get("not_actions") or ()),
            resources=frozenset(unknown if name is None else name for name in statement.get("resources") or ()),
            not_resources=frozenset(name or unknown for name in statement.get("not_resources") or ()),
            principals=frozenset(
                (block["type"], name or "${unknown}")
                for block in statement["principals"]
                for name in block["identifiers"]
            ),
            conditions=tuple(
                (block["test"], block["variable"], tuple(value or "${unknown}" for value in block["values"]))
                for block in statement["condition"]
            ),
        )


def _constant(expression: Any) -> Any:
    return expression.get("constant_value") if isinstance(expression, dict) else None


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
