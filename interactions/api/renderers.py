"""Newline-delimited JSON (https://github.com/ndjson/ndjson-spec)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import BaseRenderer

NDJSON = "application/x-ndjson"


class NDJSONRenderer(BaseRenderer):
    """Stands for the media type in content negotiation.

    The view writes the lines itself: DRF would take the content type off an answer without any.
    """

    media_type = NDJSON
    format = "ndjson"


def ndjson_line(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
