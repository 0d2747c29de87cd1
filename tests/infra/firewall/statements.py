"""The kinds of statement that the firewall's rules are made of: whether one matches, and what capacity it takes.

https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements.html
"""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Any

from tests.infra.firewall.managed_rules import GROUPS, ManagedGroup
from tests.infra.firewall.request import Request
from tests.infra.firewall.transformations import TRANSFORMATIONS

# A block in a plan: an object in a list of one, or an empty list.
Block = dict[str, Any]


class Unknown(Exception):
    """The firewall has something that this reading of it does not know: it has to learn it first."""


def given(planned: Any) -> Any:
    """A plan's values without those that are not set."""
    if isinstance(planned, list):
        return [given(each) for each in planned]
    if isinstance(planned, dict):
        return {name: given(value) for name, value in planned.items() if value not in (None, "", [], {})}
    return planned


def kind_of(block: Block) -> tuple[str, Block]:
    """The one alternative that is given, as the action or the kind of statement."""
    if len(block) != 1:
        raise Unknown(f"{len(block)} alternatives are given: {', '.join(sorted(block))}")
    [(kind, [settings])] = block.items()
    return kind, settings


def only(block: Block, *known: str) -> None:
    """Refuse a block with settings beyond these."""
    if beyond := block.keys() - set(known):
        raise Unknown(f"no reading for {', '.join(sorted(beyond))}")


def matches(statement: Block, request: Request, labels: Set[str]) -> bool:
    kind, settings = kind_of(statement)
    match kind:
        case "and_statement":
            return all(matches(part, request, labels) for part in settings["statement"])
        case "or_statement":
            return any(matches(part, request, labels) for part in settings["statement"])
        case "not_statement":
            return not matches(settings["statement"][0], request, labels)
        case "label_match_statement":
            return _label(settings) in labels
        case "regex_match_statement":
            return re.search(settings["regex_string"], _field(settings, request)) is not None
        case "rate_based_statement":
            only(settings, "aggregate_key_type", "evaluation_window_sec", "limit")
            # One request is never too many.
            return False
    raise Unknown(f"no reading for a {kind}")


def capacity(statement: Block) -> int:
    """Web ACL capacity units, as the page of each kind of statement states them."""
    kind, settings = kind_of(statement)
    match kind:
        case "and_statement" | "or_statement" | "not_statement":
            return sum(map(capacity, settings["statement"]))
        case "label_match_statement":
            return 1
        case "regex_match_statement":
            return 3 + 10 * len(settings["text_transformation"])
        case "rate_based_statement":
            only(settings, "aggregate_key_type", "evaluation_window_sec", "limit")
            return 2
        case "managed_rule_group_statement":
            return managed_group(settings).capacity
    raise Unknown(f"no reading for a {kind}")


def labels_in(statement: Block) -> set[str]:
    """The labels that a statement asks for."""
    kind, settings = kind_of(statement)
    if kind == "label_match_statement":
        return {_label(settings)}
    return set[str]().union(*(labels_in(part) for part in settings.get("statement", [])))


def managed_group(settings: Block) -> ManagedGroup:
    only(settings, "vendor_name", "name", "rule_action_override")
    if settings["vendor_name"] != "AWS" or settings["name"] not in GROUPS:
        raise Unknown(f"no reading for the group {settings['vendor_name']}/{settings['name']}")
    return GROUPS[settings["name"]]


def _label(settings: Block) -> str:
    if settings["scope"] != "LABEL" or not settings["key"].startswith("awswaf:"):
        raise Unknown(f"no reading for the label {settings['key']} with scope {settings['scope']}")
    label: str = settings["key"]
    return label


def _field(settings: Block, request: Request) -> str:
    place, _ = kind_of(settings["field_to_match"][0])
    if place != "uri_path":
        raise Unknown(f"no reading for a match of the {place}")
    text = request.path
    for transformation in sorted(settings["text_transformation"], key=lambda each: int(each["priority"])):
        if transformation["type"] not in TRANSFORMATIONS:
            raise Unknown(f"no reading for the transformation {transformation['type']}")
        text = TRANSFORMATIONS[transformation["type"]](text)
    return text
