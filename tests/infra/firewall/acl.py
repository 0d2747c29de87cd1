"""The web ACL of a plan, evaluated as AWS WAF does.

https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-processing.html
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.infra.firewall.request import Request
from tests.infra.firewall.statements import Block, Unknown, capacity, given, kind_of, managed_group, matches, only


@dataclass(frozen=True)
class Sighting:
    """A rule that matched. `rule` is the managed rule, or the ACL's own; `within` is the ACL's in both cases."""

    within: str
    rule: str
    action: str
    label: str | None = None


@dataclass(frozen=True)
class Outcome:
    """`seen` is in the order of evaluation; if a rule ended it, that is the last."""

    action: str
    terminating: Sighting | None
    seen: tuple[Sighting, ...]

    def seen_in_body(self) -> set[str]:
        return {sighting.rule for sighting in self.seen if sighting.rule.endswith("_BODY")}


class WebACL:
    """What `planned_values` has of an `aws_wafv2_web_acl`.

    Left out are how many requests an address sends (a rate-based rule never matches), and AWS's lists of addresses.
    """

    def __init__(self, values: Block) -> None:
        values = given(values)
        self.rules: list[Block] = sorted(values["rule"], key=lambda rule: int(rule["priority"]))
        self._default = kind_of(values["default_action"][0])[0].upper()
        self._inspected = _inspected_bytes(values)

    def evaluate(self, request: Request) -> Outcome:
        seen: list[Sighting] = []
        for rule in self.rules:
            for sighting in self._sightings(rule, request, seen):
                seen.append(sighting)
                if sighting.action != "count":
                    return Outcome(sighting.action.upper(), sighting, tuple(seen))
        return Outcome(self._default, None, tuple(seen))

    def _sightings(self, rule: Block, request: Request, seen: list[Sighting]) -> list[Sighting]:
        name: str = rule["name"]
        only(rule, "action", "name", "override_action", "priority", "statement", "visibility_config")
        kind, settings = kind_of(rule["statement"][0])
        if kind == "managed_rule_group_statement":
            if kind_of(rule["override_action"][0])[0] != "none":
                raise Unknown(f"no reading for the override of {name}")
            overridden = overrides(settings)
            return [
                Sighting(name, managed.name, overridden.get(managed.name, managed.action), managed.label)
                for managed in managed_group(settings).rules
                if managed.sees(request, self._inspected)
            ]
        labels = {sighting.label for sighting in seen if sighting.label is not None}
        if not matches(rule["statement"][0], request, labels):
            return []
        return [Sighting(name, name, _action(rule["action"][0]))]

    def capacity(self) -> int:
        return sum(capacity(rule["statement"][0]) for rule in self.rules)

    def counted_only(self) -> dict[str, tuple[int, str]]:
        """Managed rules that an override makes count: the priority of the rule they are in, and their label."""
        counted = {}
        for rule in self.rules:
            kind, settings = kind_of(rule["statement"][0])
            if kind == "managed_rule_group_statement":
                known = {managed.name: managed.label for managed in managed_group(settings).rules}
                for name, action in overrides(settings).items():
                    if name not in known:
                        raise Unknown(f"{settings['name']} has no rule {name}")
                    if action == "count":
                        counted[name] = (int(rule["priority"]), known[name])
        return counted


def overrides(settings: Block) -> dict[str, str]:
    """The managed rules of a group whose action is another than AWS's."""
    return {each["name"]: _action(each["action_to_use"][0]) for each in settings.get("rule_action_override", [])}


def _action(block: Block) -> str:
    action = kind_of(block)[0]
    if action not in {"allow", "block", "count"}:
        raise Unknown(f"no reading for the action {action}")
    return action


def _inspected_bytes(values: Block) -> int:
    if "association_config" not in values:
        return 16 * 1024
    limit: str = values["association_config"][0]["request_body"][0]["api_gateway"][0]["default_size_inspection_limit"]
    return int(limit.removeprefix("KB_")) * 1024
