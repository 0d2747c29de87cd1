"""What OPTIONS answers: the methods. Everything else is in the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.metadata import BaseMetadata
from rest_framework.request import Request

if TYPE_CHECKING:  # DRF's views import the metadata class that the settings name
    from rest_framework.views import APIView


class MethodsMetadata(BaseMetadata):
    def determine_metadata(self, request: Request, view: APIView) -> dict[str, list[str]]:
        return {"methods": view.allowed_methods}
