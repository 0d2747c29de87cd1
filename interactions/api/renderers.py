"""JSON, and newline-delimited JSON (https://github.com/ndjson/ndjson-spec)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import JSONRenderer

NDJSON = "application/x-ndjson"


class CompactJSONRenderer(JSONRenderer):
    """Writes every character in the least bytes that JSON allows: no indentation, and U+2028 as it is.

    DRF doubles that one for old readers of JavaScript, and answers have a largest size.
    """

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if data is None:
            return b""
        written = json.dumps(data, cls=self.encoder_class, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return written.encode()


class NDJSONRenderer(CompactJSONRenderer):
    """Stands for the media type in content negotiation, and writes a single document as the one line it is.

    A view with many lines writes them itself: DRF would take the content type off an answer without any.
    """

    media_type = NDJSON
    format = "ndjson"
