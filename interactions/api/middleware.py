"""What surrounds every request: its ids, its log line, its canonical path."""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from interactions.conf import conf
from interactions.deadline import within
from interactions.metering import Use, metered

requests_logger = logging.getLogger("interactions.requests")

# W3C Trace Context §3.2: version, trace id, parent id, flags; versions later than 00 may append fields.
_TRACEPARENT = re.compile(
    r"(?!ff|00.{54})[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?\Z"
)

# What a gateway tells of a request, in WSGI's environment; no header that a caller writes gets there by these names.
REQUEST_ID = "interactions.request_id"
XRAY_TRACE_ID = "interactions.xray_trace_id"
LAMBDA_REQUEST_ID = "interactions.lambda_request_id"
COLD_START = "interactions.cold_start"

# Answers that have no content at all, and so no length of it (RFC 9110 §8.6).
BODILESS = (204, 304)

GetResponse = Callable[[HttpRequest], HttpResponseBase]


@dataclass(slots=True)
class RequestContext:
    """The ids of a request, and who it acts for once that is known.

    `traced` is true when the trace id came with the request, from the caller or the gateway. `headers` are added to the
    response, whichever it will be. `problem` is the slug of the problem that the response is, and `fault` says whose
    failure a response of status 500 or more is.
    """

    request_id: str
    trace_id: str
    traced: bool = False
    user_id: str | None = None
    key_id: str | None = None
    problem: str | None = None
    fault: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


_current: ContextVar[RequestContext | None] = ContextVar("request_context", default=None)


def request_context() -> RequestContext:
    """The context of the request in hand."""
    context = _current.get()
    if context is None:
        context = RequestContext(os.urandom(16).hex(), os.urandom(16).hex())
        _current.set(context)
    return context


def _context_of(environ: Mapping[str, Any]) -> RequestContext:
    request_id = environ.get(REQUEST_ID) or os.urandom(16).hex()
    match = _TRACEPARENT.match(environ.get("HTTP_TRACEPARENT", ""))
    if match:
        return RequestContext(request_id, match[1], traced=True)
    if xray_trace_id := environ.get(XRAY_TRACE_ID):
        return RequestContext(request_id, _hex_of(xray_trace_id), traced=True)
    return RequestContext(request_id, os.urandom(16).hex())


def _hex_of(xray_trace_id: str) -> str:
    """X-Ray's `1-5759e988-bd862e3fe1be46a994272793` as W3C Trace Context writes it."""
    return xray_trace_id[2:].replace("-", "")


class RequestContextMiddleware:
    """Takes over the trace, sets the deadline, answers with the ids, and writes one log line."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        context = _context_of(request.META)
        token = _current.set(context)
        try:
            with within(conf.request_seconds), metered() as use:
                response = self._get_response(request)
            response["X-Request-ID"] = context.request_id
            response["X-Trace-ID"] = context.trace_id
            for name, value in context.headers.items():
                response[name] = value
            if isinstance(response, HttpResponse) and response.status_code not in BODILESS:
                response.headers.setdefault("Content-Length", str(len(response.content)))
            self._log(request, response, context, use, started)
        finally:
            _current.reset(token)
        return response

    def _log(
        self,
        request: HttpRequest,
        response: HttpResponseBase,
        context: RequestContext,
        use: Use,
        started: float,
    ) -> None:
        matched = request.resolver_match
        said = request.META
        xray_trace_id = said.get(XRAY_TRACE_ID)
        length = said.get("CONTENT_LENGTH") or "0"
        fields = {
            "request_id": context.request_id,
            "trace_id": context.trace_id,
            "xray_trace_id": xray_trace_id if xray_trace_id and _hex_of(xray_trace_id) != context.trace_id else None,
            "lambda_request_id": said.get(LAMBDA_REQUEST_ID),
            "cold_start": said.get(COLD_START),
            "client_address": said.get("REMOTE_ADDR") or None,
            "user_id": context.user_id or _staff_user(request),
            "key_id": context.key_id,
            "method": request.method,
            "route": f"/{matched.route}" if matched else None,
            "status": response.status_code,
            "problem": context.problem,
            "fault": context.fault,
            "duration_ms": round((time.perf_counter() - started) * 1000, 1),
            **use.fields(),
            "request_bytes": int(length) if length.isdecimal() else 0,
            "response_bytes": len(response.content) if isinstance(response, HttpResponse) else None,
        }
        requests_logger.info("request", extra=fields)


def _staff_user(request: HttpRequest) -> str | None:
    """Who is logged in to the admin, which knows Django's users alone."""
    in_admin = request.resolver_match is not None and request.resolver_match.app_name == "admin"
    return request.user.get_username() or None if in_admin else None


class CanonicalPathMiddleware:
    """Lets `/v1/interactions/` mean `/v1/interactions`; links in answers have the latter."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if path.endswith("/") and path.startswith(("/v1/", "/health/", "/ready/", "/problems/")):
            request.path_info = path.rstrip("/")
            request.path = request.path.rstrip("/")
        return self._get_response(request)
