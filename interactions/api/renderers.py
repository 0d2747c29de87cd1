"""Newline-delimited JSON (https://github.com/ndjson/ndjson-spec)."""

from __future__ import annotations

from rest_framework.renderers import BaseRenderer

NDJSON = "application/x-ndjson"


class NDJSONRenderer(BaseRenderer):
    """Stands for the media type in content negotiation.

    The view writes the lines itself: DRF would take the content type off an answer without any.
    """

    media_type = NDJSON
    format = "ndjson"
