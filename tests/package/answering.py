"""Run by itself, by the Python of Lambda: answers requests with the unpacked package, and knows nothing else.

    python -I -S answering.py FOLDER < requests

Each is `{"method", "path", "headers", "query", "body"}`, and goes to the handler as an event of a REST API. It prints
the answers and the modules that were imported for them, as JSON.
"""

from __future__ import annotations

import json
import sys
from typing import Any
from zoneinfo import reset_tzpath


class Context:
    """What Lambda says of an invocation, as far as it is read."""

    aws_request_id = "8a3f5c6e-0f5e-4d1c-9f07-0f1d2c3b4a59"
    function_name = "interactions"
    function_version = "7"
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:interactions:live"
    memory_limit_in_mb = "1024"

    def get_remaining_time_in_millis(self) -> int:
        return 28_000


def event(request: dict[str, Any]) -> dict[str, Any]:
    headers = {"Host": "api.example", **request.get("headers", {})}
    query: dict[str, str] = request.get("query", {})
    path = request["path"]
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": request["method"],
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} or None,
        "pathParameters": {"proxy": path.lstrip("/")},
        "stageVariables": None,
        "requestContext": {
            "stage": "prod",
            "path": f"/prod{path}",
            "httpMethod": request["method"],
            "requestId": Context.aws_request_id,
            "identity": {"sourceIp": "203.0.113.9"},
        },
        "body": request.get("body"),
        "isBase64Encoded": False,
    }


def main() -> None:
    sys.path.insert(0, sys.argv[1])
    reset_tzpath(to=())  # Lambda need not have the time zones' files
    from project.lambda_handler import handler

    answers = [handler(event(request), Context()) for request in json.load(sys.stdin)]
    files = {getattr(module, "__file__", None) for module in [*sys.modules.values()]}
    print(json.dumps({"answers": answers, "modules": sorted(sys.modules), "files": sorted(filter(None, files))}))


if __name__ == "__main__":
    main()
