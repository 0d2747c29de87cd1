"""Items of the table `turns`, and how the tests of the proxy write and read them."""

from __future__ import annotations

from typing import Any


def key(n: int) -> dict[str, Any]:
    return {"user": {"S": "ana"}, "turn": {"S": f"{n:04}"}}


def item(n: int, colour: str = "red", text: str = "") -> dict[str, Any]:
    return key(n) | {"colour": {"S": colour}} | ({"text": {"S": text}} if text else {})


def put(client: Any, *numbers: int, colour: str = "red", **options: Any) -> None:
    for n in numbers:
        client.put_item(TableName="turns", Item=item(n, colour), **options)


def get(client: Any, n: int, *, consistent: bool = True) -> dict[str, Any] | None:
    found: dict[str, Any] | None = client.get_item(TableName="turns", Key=key(n), ConsistentRead=consistent).get("Item")
    return found


def query(client: Any, **options: Any) -> dict[str, Any]:
    """Ana's turns, one page."""
    answer: dict[str, Any] = client.query(
        TableName="turns",
        KeyConditionExpression="#user = :user",
        ExpressionAttributeNames={"#user": "user", **options.pop("names", {})},
        ExpressionAttributeValues={":user": {"S": "ana"}, **options.pop("values", {})},
        **{"ConsistentRead": True, **options},
    )
    return answer


def of_colour(client: Any, colour: str = "red", **options: Any) -> dict[str, Any]:
    """The turns of a colour, one page of the index."""
    answer: dict[str, Any] = client.query(
        TableName="turns",
        IndexName="by-colour",
        KeyConditionExpression="colour = :colour",
        ExpressionAttributeValues={":colour": {"S": colour}},
        **options,
    )
    return answer


def numbers(answer: dict[str, Any]) -> list[int]:
    return [int(item["turn"]["S"]) for item in answer["Items"]]
