"""A viewset that stores what it is sent, and reads it back."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from django.http import Http404
from rest_framework import viewsets
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from typical.models import Interaction
from typical.serializers import InteractionSerializer


class HealthView(APIView):
    authentication_classes: tuple[type, ...] = ()
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        return Response({"status": "ok"})


class InteractionViewSet(viewsets.ViewSet):
    def create(self, request: Request) -> Response:
        serializer = InteractionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        now = datetime.now(UTC)
        item = Interaction(
            request.user.pk, str(uuid.uuid4()), created_at=now, updated_at=now, version=1, **serializer.validated_data
        )
        item.save(Interaction.interaction_id.does_not_exist())
        return Response(InteractionSerializer(item).data, status=201)

    def list(self, request: Request) -> Response:
        found = Interaction.query(request.user.pk, limit=20, scan_index_forward=False)
        results: Any = InteractionSerializer([*found], many=True).data
        return Response({"next": None, "previous": None, "results": results})

    def retrieve(self, request: Request, pk: str) -> Response:
        try:
            item = Interaction.get(request.user.pk, pk, consistent_read=True)
        except Interaction.DoesNotExist:
            raise Http404 from None
        return Response(InteractionSerializer(item).data)
