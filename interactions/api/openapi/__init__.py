"""The OpenAPI 3.1 description of the API; loaded only where drf-spectacular is installed, so production never pays."""

from typing import Any

from interactions.api.openapi import operations, security
from interactions.api.openapi.components import SCHEMAS
from interactions.api.openapi.schema import HEADERS, problem_responses

__all__ = ["add_components", "operations", "security"]


def add_components(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """drf-spectacular's postprocessing hook: the schemas, responses and headers that the operations refer to."""
    components = {"schemas": dict(sorted(SCHEMAS.items())), "responses": problem_responses(), "headers": HEADERS}
    return result | {"components": result["components"] | components}
