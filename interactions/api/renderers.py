"""Newline-delimited JSON (https://github.com/ndjson/ndjson-spec)."""

from __future__ import annotations

from rest_framework.renderers import JSONRenderer

NDJSON = "application/x-ndjson"


class NDJSONRenderer(JSONRenderer):
    """Stands for the media type in content negotiation, and writes a single document as the one line it is.

    A view with many lines writes them itself: DRF would take the content type off an answer without any.
    """

    media_type = NDJSON
    format = "ndjson"
