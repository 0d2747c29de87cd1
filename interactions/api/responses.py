"""An interaction as an answer: with its ETag, and where it can be read."""

from __future__ import annotations

from urllib.parse import urlencode

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from interactions.api.pagination import NO_STORE
from interactions.api.permissions import principal_of
from interactions.api.serializers import InteractionSerializer
from interactions.domain.interaction import Interaction


def interaction_response(
    interaction: Interaction, status: int = status.HTTP_200_OK, headers: dict[str, str] | None = None
) -> Response:
    headers = NO_STORE | {"ETag": interaction.etag} | (headers or {})
    return Response(InteractionSerializer(interaction).data, status, headers=headers)


def origin_headers(request: Request, interaction: Interaction, *, replayed: bool) -> dict[str, str]:
    """What a request that has made it, or has found what an earlier one of its key made, says beside it."""
    headers = {"Location": _location(request, interaction)}
    return headers | {"Idempotent-Replayed": "true"} if replayed else headers


def _location(request: Request, interaction: Interaction) -> str:
    location = reverse("interaction-detail", args=[interaction.interaction_id], request=request)
    own = interaction.user_id == principal_of(request).user_id
    return location if own else f"{location}?{urlencode({'user_id': interaction.user_id})}"
