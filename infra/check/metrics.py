"""Under which dimensions AWS publishes the metrics that are watched here: any other set is a metric without data.

Sources: "CloudWatch metrics and dimensions" in the developer guides of Lambda, API Gateway, DynamoDB, WAF,
EventBridge and SQS.
"""

from __future__ import annotations

from collections.abc import Iterable

Sets = frozenset[frozenset[str]]


def _sets(*names: str) -> Sets:
    """Each name is a set, of dimensions joined by spaces."""
    return frozenset(frozenset(name.split()) for name in names)


_FUNCTION = _sets("", "FunctionName", "FunctionName Resource")
_VERSION = _FUNCTION | _sets("FunctionName Resource ExecutedVersion")
# Per method only with metrics_enabled, which is off.
_STAGE = _sets("ApiName", "ApiName Stage")
_TABLE = _sets("TableName", "TableName GlobalSecondaryIndexName")
_OPERATION = _sets("TableName Operation")
_RULE = _sets("WebACL Region Rule")
_QUEUE = _sets("QueueName")

PUBLISHED: dict[tuple[str, str], Sets] = {
    ("AWS/Lambda", "Invocations"): _VERSION,
    ("AWS/Lambda", "Errors"): _VERSION,
    ("AWS/Lambda", "Duration"): _VERSION,
    ("AWS/Lambda", "Throttles"): _FUNCTION,
    ("AWS/Lambda", "ConcurrentExecutions"): _FUNCTION,
    ("AWS/ApiGateway", "Count"): _STAGE,
    ("AWS/ApiGateway", "4XXError"): _STAGE,
    ("AWS/ApiGateway", "5XXError"): _STAGE,
    ("AWS/ApiGateway", "Latency"): _STAGE,
    ("AWS/ApiGateway", "IntegrationLatency"): _STAGE,
    ("AWS/DynamoDB", "ConsumedReadCapacityUnits"): _TABLE,
    ("AWS/DynamoDB", "ConsumedWriteCapacityUnits"): _TABLE,
    ("AWS/DynamoDB", "ReadThrottleEvents"): _TABLE,
    ("AWS/DynamoDB", "WriteThrottleEvents"): _TABLE,
    ("AWS/DynamoDB", "SystemErrors"): _OPERATION,
    ("AWS/DynamoDB", "ThrottledRequests"): _OPERATION,
    ("AWS/DynamoDB", "SuccessfulRequestLatency"): _OPERATION,
    ("AWS/DynamoDB", "UserErrors"): _sets(""),
    ("AWS/DynamoDB", "ConditionalCheckFailedRequests"): _sets("TableName"),
    ("AWS/DynamoDB", "TimeToLiveDeletedItemCount"): _sets("TableName"),
    ("AWS/WAFV2", "AllowedRequests"): _RULE,
    ("AWS/WAFV2", "BlockedRequests"): _RULE,
    ("AWS/WAFV2", "CountedRequests"): _RULE,
    ("AWS/Events", "Invocations"): _sets("", "RuleName"),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): _QUEUE,
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"): _QUEUE,
    ("AWS/SQS", "NumberOfMessagesSent"): _QUEUE,
}
# What DynamoDB calls an operation.
OPERATIONS = {
    "BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "GetRecords", "PutItem", "Query", "Scan",
    "TransactGetItems", "TransactWriteItems", "UpdateItem",
}  # fmt: skip


def own(namespace: str, names: Iterable[str], dimensions: str) -> dict[tuple[str, str], Sets]:
    """The metrics that the service's lines hold, in the embedded metric format."""
    return {(namespace, name): _sets(dimensions) for name in names}


def from_filters(filters: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Sets]:
    """What filters of logs count."""
    return dict.fromkeys(filters, _sets(""))
