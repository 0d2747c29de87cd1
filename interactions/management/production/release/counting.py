"""The requests that a canary got and failed, by CloudWatch's metrics. A number that CloudWatch lacks stays unknown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from interactions.management.production.command import aws_says
from interactions.management.production.deployment import ALIAS, Deployment

# What the service's log lines publish, as project/logging.py names it.
NAMESPACE, FAILURES = "Interactions", "server_errors"
PERIOD = timedelta(minutes=1)


class Counts(NamedTuple):
    """`requests` are those of callers by the alias, `failures` all of the version, crashes included.

    None where CloudWatch has no data; `refusal` says why where AWS refuses to tell.
    """

    requests: int | None
    failures: int | None
    refusal: str | None = None


def counts(deployment: Deployment, version: int, since: datetime) -> Counts:
    """What CloudWatch has since then. The last minute or two may be missing yet."""
    now = datetime.now(UTC)
    queries = _queries(deployment, version)
    try:
        found = deployment.client("cloudwatch").get_metric_data(
            MetricDataQueries=queries, StartTime=since.replace(second=0, microsecond=0), EndTime=now + PERIOD
        )["MetricDataResults"]
    except (BotoCoreError, ClientError) as error:
        return Counts(None, None, aws_says(error))
    values = {each["Id"]: each["Values"] for each in found}
    totals = {name: round(sum(numbers)) for name, numbers in values.items() if numbers}
    answered, crashed = totals.get("failures"), totals.get("crashes", 0)
    failures = None if answered is None and not crashed else (answered or 0) + crashed
    return Counts(totals.get("requests"), failures)


def _queries(deployment: Deployment, version: int) -> list[dict[str, Any]]:
    name = deployment.name
    by_alias = {"FunctionName": name, "Resource": f"{name}:{ALIAS}", "ExecutedVersion": str(version)}
    by_version = {"service": name, "version": str(version)}
    metrics = {
        "requests": ("AWS/Lambda", "Invocations", by_alias),
        "crashes": ("AWS/Lambda", "Errors", by_alias),
        "failures": (NAMESPACE, FAILURES, by_version),
    }
    return [
        {
            "Id": id_,
            "MetricStat": {
                "Metric": {
                    "Namespace": namespace,
                    "MetricName": metric,
                    "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
                },
                "Period": round(PERIOD.total_seconds()),
                "Stat": "Sum",
            },
        }
        for id_, (namespace, metric, dimensions) in metrics.items()
    ]
