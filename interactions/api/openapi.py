"""The OpenAPI description of the views; loaded only where drf-spectacular is installed."""

from __future__ import annotations

from typing import Any


def add_components(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    return result
