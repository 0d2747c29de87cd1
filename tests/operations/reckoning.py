"""Plans in Terraform's JSON, written out by hand, and the bill that `manage.py cost` makes of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.commands.running import Commands

Values = dict[str, Any]
INDEXES = 5
LIMIT = {"RATE_LIMIT_USER": "600/minute"}
QUIET = {"log_format": "JSON", "system_log_level": "WARN"}


def resource(address: str, values: Mapping[str, Any] | None = None, **more: Any) -> Values:
    return {"address": address, "mode": "managed", "type": address.split(".")[0], "values": {**(values or {}), **more}}


def function(**more: Any) -> Values:
    values = {
        "function_name": "service",
        "memory_size": 1024,
        "architectures": ["arm64"],
        "environment": [{"variables": LIMIT}],
        "logging_config": [QUIET],
    }
    return resource("aws_lambda_function.api", values, **more)


def table(name: str = "all", indexes: int = INDEXES, **more: Any) -> Values:
    each = [{"name": f"index-{number}", "projection_type": "ALL"} for number in range(indexes)]
    values = {"billing_mode": "PAY_PER_REQUEST", "global_secondary_index": each}
    return resource(f"aws_dynamodb_table.{name}", values, **more)


def alarm(name: str, *metrics: str, expression: str = "SUM(METRICS())", **more: Any) -> Values:
    """On one metric, or an expression over those that are named."""
    fetched = [{"id": each, "metric": [{"metric_name": each, "period": 60}]} for each in metrics]
    queries = [{"id": "all", "expression": expression, "metric": []}, *fetched] if metrics else []
    period = {} if metrics else {"period": 60}
    return resource(f"aws_cloudwatch_metric_alarm.{name}", {"metric_query": queries, **period}, **more)


def managed_rule(group: str, vendor: str = "AWS", **more: Any) -> Values:
    return {
        "name": group,
        "statement": [{"managed_rule_group_statement": [{"name": group, "vendor_name": vendor, **more}]}],
    }


def plan(*resources: Values, region: str = "us-east-1", unknown: Mapping[str, Values] | None = None) -> Values:
    """Of these and a function and a table, which every bill needs, unless there are some."""
    types = {each["type"] for each in resources}
    needed = [each for each in (function(), table()) if each["type"] not in types]
    changes = [{"address": address, "change": {"after_unknown": what}} for address, what in (unknown or {}).items()]
    return {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": [*needed, *resources]}},
        "resource_changes": changes,
        "configuration": {"provider_config": {"aws": {"expressions": {"region": {"constant_value": region}}}}},
    }


class Lines:
    """A bill's document, and its lines by what they say."""

    def __init__(self, told: Values) -> None:
        self.told = told

    def line(self, what: str) -> Values:
        """The one of that name, or that begins so: `WAF: rules`."""
        lines = {f"{each['service']}: {each['what']}": each for each in self.told["lines"]}
        found = [what] if what in lines else [name for name in lines if name.startswith(what)]
        assert len(found) == 1, (what, [*lines])
        line: Values = lines[found[0]]
        return line

    def has(self, what: str) -> bool:
        return any(f"{each['service']}: {each['what']}".startswith(what) for each in self.told["lines"])

    def quantity(self, what: str) -> Decimal:
        return sum((Decimal(each["quantity"]) for each in self.line(what)["parts"]), Decimal(0))

    def amount(self, what: str) -> Decimal:
        return Decimal(self.line(what)["amount"])

    def with_free_tier(self, what: str) -> Decimal:
        return Decimal(self.line(what)["with_free_tier"])


class Reckoner:
    """Runs the command over plans."""

    def __init__(self, commands: Commands, folder: Path) -> None:
        self._commands = commands
        self._folder = folder

    def file(self, name: str, content: Any) -> Path:
        path = self._folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    def arguments(self, planned: Values, *more: object, mix: Mapping[str, float] | None = None) -> list[object]:
        asked = ["--mix", self.file("mix.json", mix)] if mix else []
        return ["cost", "--plan", self.file("plan.json", planned), *asked, *more]

    def document(self, planned: Values, *more: object, mix: Mapping[str, float] | None = None) -> Values:
        said: Values = json.loads(self._commands.run(*self.arguments(planned, "--json", *more, mix=mix)).out)
        return said

    def bill(
        self, planned: Values, requests: str = "100k", *more: object, mix: Mapping[str, float] | None = None
    ) -> Lines:
        return Lines(self.document(planned, "--requests", requests, *more, mix=mix)["bills"][0])

    def text(self, planned: Values, *more: object) -> str:
        return self._commands.run(*self.arguments(planned, *more)).out

    def refusal(self, planned: Values, *more: object, mix: Mapping[str, float] | None = None) -> str:
        return self._commands.fail(*self.arguments(planned, *more, mix=mix)).message
