"""Examples, as the documentation shows them."""

from __future__ import annotations

from typing import Any

INTERACTION_ID = "019ab2c4-7d10-7c3e-8a55-3f1b6a0c9d42"
NEW_INTERACTION: dict[str, Any] = {
    "conversation_id": "trip-to-lisbon",
    "prompt": "Which tram goes up to the castle?",
    "response": "Number 28 climbs to the Castelo de São Jorge; 12 is shorter and less crowded.",
    "provider": "openai",
    "model": "gpt-4.1-mini",
    "usage": {"input_tokens": 18, "output_tokens": 24},
    "cost": {"amount": "0.0000456", "currency": "USD", "source": "provider"},
    "latency_ms": 840,
    "finish_reason": "stop",
    "metadata": {"channel": "web"},
}
SUMMARY: dict[str, Any] = {
    "interaction_id": INTERACTION_ID,
    "user_id": "maria",
    "conversation_id": "trip-to-lisbon",
    "status": "completed",
    "provider": "openai",
    "model": "gpt-4.1-mini",
    "requested_model": None,
    "usage": {
        "input_tokens": 18,
        "output_tokens": 24,
        "cache_read_input_tokens": None,
        "cache_creation_input_tokens": None,
        "reasoning_output_tokens": None,
    },
    "cost": {"amount": "0.0000456", "currency": "USD", "source": "provider", "price_id": None},
    "latency_ms": 840,
    "error": None,
    "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    "metadata": {"channel": "web"},
    "feedback": None,
    "cached": False,
    "attempts": [],
    "redaction": {},
    "created_at": "2025-11-23T20:11:07.984Z",
    "updated_at": "2025-11-23T20:11:07.991204Z",
    "version": 1,
    "content_expires_at": None,
    "expires_at": None,
}
INTERACTION: dict[str, Any] = SUMMARY | {
    "prompt": NEW_INTERACTION["prompt"],
    "response": NEW_INTERACTION["response"],
    "finish_reason": "stop",
    "response_id": None,
    "context_turns": None,
}
PENDING: dict[str, Any] = {"prompt": "And at night?", "conversation_id": "trip-to-lisbon"}
COMPLETION: dict[str, Any] = {"response": "After midnight, bus 210 runs along the river.", "latency_ms": 512}
FAILURE: dict[str, Any] = {"status": "failed", "error": {"type": "timeout", "message": "no answer within 25 s"}}
FEEDBACK: dict[str, Any] = {"score": 1, "label": "helpful", "comment": "Took the 12, thank you!"}
QUESTION = {"prompt": "And at night?", "conversation_id": "lisbon", "max_tokens": 300}
