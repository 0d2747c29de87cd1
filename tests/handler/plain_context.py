"""Lambda's context, made of nothing that has to be imported."""

from __future__ import annotations


class PlainContext:
    aws_request_id = "8b3a4d6e-0f5c-4a8b-9d57-0d7a5d1f2c3b"
    function_name = "interactions"
    function_version = "1"
    memory_limit_in_mb = "1024"
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:interactions:live"

    def get_remaining_time_in_millis(self) -> int:
        return 28_000
