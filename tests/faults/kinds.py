"""The ways in which DynamoDB and the network between fail. Each is what the service's documentation says can happen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.wire import Answer, Call, ConnectionCut, Document, Forward

PAGES = {"Query", "Scan"}
BATCHES = {"BatchWriteItem": "UnprocessedItems", "BatchGetItem": "UnprocessedKeys"}
TRANSACTIONS = {"TransactWriteItems", "TransactGetItems"}


def _any(call: Call) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Fault:
    """`apply` answers a call instead of DynamoDB, to which it may forward it or part of it; `befalls` says which."""

    name: str
    apply: Callable[[Call, Forward], Answer]
    befalls: Callable[[Call], bool] = _any


def refusal(code: str, message: str, status: int = 400) -> Fault:
    """Nothing is carried out, and the client is told so."""

    def refuse(call: Call, forward: Forward) -> Answer:
        return Answer.of({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message}, status)

    return Fault(code, refuse)


def cancellation(reason: str, message: str) -> Fault:
    """A transaction is cancelled because of its last part, for another reason than its conditions."""

    def cancel(call: Call, forward: Forward) -> Answer:
        reasons: list[Document] = [{"Code": "None"} for _ in call.body["TransactItems"]]
        reasons[-1] = {"Code": reason, "Message": message}
        codes = ", ".join(part["Code"] for part in reasons)
        return Answer.of(
            {
                "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
                "Message": f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
                "CancellationReasons": reasons,
            },
            400,
        )

    return Fault(reason, cancel, lambda call: call.operation in TRANSACTIONS)


def short_page(limit: int = 1) -> Fault:
    """A page ends after so many items are read, as at 1 MB: before any filter, so it may be empty and yet go on."""

    def shorten(call: Call, forward: Forward) -> Answer:
        return forward(call.body | {"Limit": min(limit, call.body.get("Limit", limit))})

    return Fault("short page", shorten, lambda call: call.operation in PAGES)


def _cut_before(call: Call, forward: Forward) -> Answer:
    raise ConnectionCut


def _cut_after(call: Call, forward: Forward) -> Answer:
    forward(call.body)
    raise ConnectionCut


def _cut_within(call: Call, forward: Forward) -> Answer:
    raise ConnectionCut(half_of=forward(call.body))


def _fail_after(call: Call, forward: Forward) -> Answer:
    forward(call.body)
    return INTERNAL_ERROR.apply(call, forward)


def _not_even_json(call: Call, forward: Forward) -> Answer:
    return Answer(503, {"Content-Type": "text/html"}, b"<html><body>Service Unavailable</body></html>")


def _process_half(call: Call, forward: Forward) -> Answer:
    """Carry out the first half; what comes back unprocessed has the form of the request."""
    now, later = _halves(call)
    answer = forward(call.body | {"RequestItems": now})
    if answer.status != 200:
        return answer
    unprocessed = answer.document.get(BATCHES[call.operation]) or {}
    for table, part in unprocessed.items():
        later[table] = _join(part, later.get(table))
    return Answer.of(answer.document | {BATCHES[call.operation]: later})


def _halves(call: Call) -> tuple[Document, Document]:
    requests: Document = call.body["RequestItems"]
    left = _size(call) // 2 + _size(call) % 2
    now: Document = {}
    later: Document = {}
    for table, part in requests.items():
        items = _items(part)
        for half, some in ((now, items[:left]), (later, items[left:])):
            if some:
                half[table] = part | {"Keys": some} if isinstance(part, dict) else some
        left = max(0, left - len(items))
    return now, later


def _items(part: Document | list[Document]) -> list[Document]:
    """The requests for one table: BatchWriteItem has a list, BatchGetItem a list of keys among other things."""
    return part["Keys"] if isinstance(part, dict) else part


def _join(part: Document | list[Document], other: Document | list[Document] | None) -> Document | list[Document]:
    if other is None:
        return part
    items = _items(part) + _items(other)
    return part | {"Keys": items} if isinstance(part, dict) else items


def _size(call: Call) -> int:
    return sum(len(_items(part)) for part in call.body["RequestItems"].values())


THROTTLED = refusal("ProvisionedThroughputExceededException", "The level of configured throughput was exceeded.")
SLOWED_DOWN = refusal("ThrottlingException", "Rate of requests exceeds the allowed throughput.")
INTERNAL_ERROR = refusal("InternalServerError", "The request could not be processed.", 500)
# One that never came to DynamoDB: a load balancer's answer.
UNAVAILABLE = Fault("503", _not_even_json)
CUT_BEFORE = Fault("cut before", _cut_before)
# Of these the client cannot know whether the call was carried out.
CUT_AFTER = Fault("cut after", _cut_after)
CUT_WITHIN = Fault("cut within the answer", _cut_within)
FAILED_AFTER = Fault("500 after", _fail_after)
TRANSACTION_CONFLICT = cancellation("TransactionConflict", "Transaction is ongoing for the item")
TRANSACTION_THROTTLED = cancellation("ThrottlingError", "Throughput exceeds the current capacity of your table.")
SHORT_PAGE = short_page()
# A batch of which nothing at all could be done is throttled instead.
UNPROCESSED = Fault("unprocessed", _process_half, lambda call: call.operation in BATCHES and _size(call) > 1)

UNKNOWN_OUTCOMES = (CUT_AFTER, CUT_WITHIN, FAILED_AFTER)
ALL = (
    THROTTLED,
    SLOWED_DOWN,
    INTERNAL_ERROR,
    UNAVAILABLE,
    CUT_BEFORE,
    *UNKNOWN_OUTCOMES,
    TRANSACTION_CONFLICT,
    TRANSACTION_THROTTLED,
    SHORT_PAGE,
    UNPROCESSED,
)
