"""Problem details (RFC 9457) for every error, Django's own included. They never repeat what the caller wrote."""

from __future__ import annotations

import json
import logging
import math
import sys
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.core.exceptions import (
    BadRequest,
    DisallowedHost,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils.html import escape
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions

from interactions.api.middleware import request_context
from interactions.api.problem_types import OF_PROVIDERS, PROVIDER, SERVICE, TYPES
from interactions.domain import errors
from interactions.domain.errors import FieldError
from interactions.domain.fields import format_instant
from interactions.domain.pricing import amount_of

logger = logging.getLogger("interactions.errors")

PROBLEM_JSON = "application/problem+json"

_DOMAIN = {
    errors.UnboundedQuery: "unbounded-query",
    errors.StreamingNotSupported: "streaming-not-supported",
    errors.Invalid: "invalid-request",
    errors.TooLarge: "interaction-too-large",
    errors.NotFound: "not-found",
    errors.Ambiguous: "ambiguous",
    errors.AlreadyExists: "already-exists",
    errors.IdempotencyConflict: "idempotency-key-reused",
    errors.InFlight: "idempotency-key-in-flight",
    errors.NoProvider: "no-provider",
    errors.Gone: "gone",
    errors.VersionConflict: "version-conflict",
    errors.ForbiddenTransition: "forbidden-transition",
}
# What a caller has to change to get further, where that is always the same thing.
_NAMED = {
    errors.AlreadyExists: FieldError("#/interaction_id", "exists", "is the id of an interaction that exists"),
    errors.IdempotencyConflict: FieldError("Idempotency-Key", "reused", "was used for other content"),
    errors.InFlight: FieldError("Idempotency-Key", "in-flight", "is that of a request which has not ended yet"),
    errors.Ambiguous: FieldError("?user_id", "ambiguous", "has to name one of the owners"),
}


class Problem(Exception):
    """An error that the API itself finds; `slug` is one of `TYPES`, `members` are further ones of its document.

    `fault` says whose failure a problem of status 500 or more is, where the slug alone does not.
    """

    def __init__(
        self,
        slug: str,
        detail: str,
        found: Iterable[FieldError] = (),
        headers: dict[str, str] | None = None,
        members: dict[str, str] | None = None,
        fault: str | None = None,
    ) -> None:
        self.slug = slug
        self.detail = detail
        self.found = tuple(found)
        self.headers = headers or {}
        self.members = members or {}
        self._fault = fault
        super().__init__(detail)

    @property
    def fault(self) -> str | None:
        """`SERVICE` or `PROVIDER`; None for a problem that the caller can mend."""
        if TYPES[self.slug].status < 500:
            return None
        return self._fault or (PROVIDER if self.slug in OF_PROVIDERS else SERVICE)


def problem_of(error: BaseException) -> Problem:
    """The problem that an error means to the caller; `internal-error` for whatever was not foreseen."""
    match error:
        case Problem():
            return error
        case errors.Invalid(errors=found):
            return Problem(_DOMAIN[type(error)], "; ".join(f"{e.pointer} {e.detail}" for e in found[:5]), found)
        case errors.InFlight():
            found = (_NAMED[type(error)],)
            return Problem(_DOMAIN[type(error)], f"{str(error).capitalize()}.", found, {"Retry-After": "2"})
        case errors.SpendingLimitExceeded():
            return _spent(error)
        case errors.DeadlineExceeded():
            return Problem("deadline-exceeded", "The time of the request was over before the store had answered.")
        case errors.Unavailable():  # whose text is for the log
            return Problem("unavailable", "The store cannot be reached, or is too busy.", headers={"Retry-After": "2"})
        case errors.DomainError() if type(error) in _DOMAIN:
            found = (_NAMED[type(error)],) if type(error) in _NAMED else ()
            detail = str(error)  # which may name a setting in capitals
            return Problem(_DOMAIN[type(error)], f"{detail[:1].upper()}{detail[1:]}.", found)
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            challenge = {"WWW-Authenticate": getattr(error, "auth_header", None) or "Bearer"}
            found = (FieldError("Authorization", "credential", str(error.detail)),)
            return Problem("not-authenticated", str(error.detail), found, challenge)
        case exceptions.MethodNotAllowed():
            return Problem("method-not-allowed", str(error.detail))
        case exceptions.NotAcceptable():
            return Problem("not-acceptable", "The answer is application/json, or what the documentation names.")
        case exceptions.UnsupportedMediaType():
            found = (FieldError("Content-Type", "media-type", "is not one that this address reads"),)
            return Problem("unsupported-media-type", "The Content-Type is not one that this address reads.", found)
        case Http404() | exceptions.NotFound():
            return Problem("not-found", "There is nothing at this address.")
        case PermissionDenied() | exceptions.PermissionDenied():
            return Problem("missing-scope", "The credential does not allow this.")
        case RequestDataTooBig():
            return Problem("content-too-large", "The body is larger than this address takes.")
        case DisallowedHost():
            found = (FieldError("Host", "host", "is not a name of this service"),)
            return Problem("invalid-request", "The Host header is not a name of this service.", found)
        case exceptions.ParseError() | SuspiciousOperation() | BadRequest() | MultiPartParserError():
            return Problem("invalid-request", "The request cannot be understood.")
        case _:
            return Problem("internal-error", "The service failed; the request_id finds the cause in its logs.")


def _spent(error: errors.SpendingLimitExceeded) -> Problem:
    now = datetime.now(UTC)
    resets_at = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
    limit, left = amount_of(error.limit), amount_of(max(error.limit - error.spent, 0))
    return Problem(
        "spending-limit-exceeded",
        f"A day's limit is {limit} USD; {left} are left, which this might cost more than.",
        headers={"Retry-After": str(math.ceil((resets_at - now).total_seconds()))},
        members={"limit": limit, "left": left, "currency": "USD", "resets_at": format_instant(resets_at, "seconds")},
    )


# A body of a few bytes a mistake makes hundreds of bytes of each: an answer has room for so many.
MAX_ERRORS, MAX_ERRORS_OF_AN_ITEM = 100, 20


def problem_document(problem: Problem, instance: str | None = None) -> dict[str, Any]:
    """The document of a problem; `instance`, the ids of the request included, only for a whole answer.

    Of many errors it names the first.
    """
    kind = TYPES[problem.slug]
    document: dict[str, Any] = {
        "type": reverse("problem", args=[kind.slug]),
        "title": kind.title,
        "status": kind.status,
        "detail": problem.detail,
    }
    document |= problem.members
    if instance is not None:
        context = request_context()
        document |= {"instance": instance, "request_id": context.request_id, "trace_id": context.trace_id}
    most = MAX_ERRORS_OF_AN_ITEM if instance is None else MAX_ERRORS
    if len(problem.found) > most:
        document["detail"] += f" `errors` names the first {most} of {len(problem.found)}."
    return document | {"errors": [asdict(error) for error in problem.found[:most]]}


def problem_response(request: HttpRequest, error: BaseException) -> HttpResponse:
    """Return the response for an error, and log the error if its status is 500 or more."""
    problem = problem_of(error)
    kind = TYPES[problem.slug]
    context = request_context()
    context.problem, context.fault = problem.slug, problem.fault
    if problem.fault is not None:
        log_failure(error)
    body = json.dumps(problem_document(problem, request.path), ensure_ascii=False, separators=(",", ":"))
    headers = {"Cache-Control": "private, no-store"} | problem.headers
    return HttpResponse(body, status=kind.status, content_type=PROBLEM_JSON, headers=headers)


def log_failure(error: BaseException) -> None:
    """Log a problem of status 500 or more, with its slug and whose fault it is.

    A failure of the service is an error, with its causes and its stack: an alarm counts errors. A failure of a provider
    is a warning. `NoProvider` names the setting that is missing.
    """
    problem = problem_of(error)
    slug, context = problem.slug, request_context()
    about = {
        "request_id": context.request_id,
        "trace_id": context.trace_id,
        "user_id": context.user_id,
        "problem": slug,
        "fault": problem.fault,
    }
    if problem.fault == PROVIDER:
        reason = f": {error}" if isinstance(error, errors.NoProvider) else ""
        logger.warning("%s%s", slug, reason, extra=about)
        return
    logger.error("unhandled exception" if slug == "internal-error" else slug, exc_info=error, extra=about)


def exception_handler(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """DRF's hook: every exception of a view ends here, those that DRF would hand on to Django too."""
    return problem_response(context["request"]._request, error)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_response(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_response(request, exception)


@csrf_exempt
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem_response(request, Http404())


def server_error(request: HttpRequest) -> HttpResponse:
    # Called while the exception is handled, which Django does not hand on.
    return problem_response(request, sys.exc_info()[1] or RuntimeError("an error without an exception"))


@csrf_exempt
def problem_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What a problem's `type` resolves to: a page for people."""
    kind = TYPES.get(slug)
    if kind is None:
        return not_found(request)
    if request.method not in {"GET", "HEAD"}:
        return problem_response(
            request, Problem("method-not-allowed", "A page is read.", headers={"Allow": "GET, HEAD"})
        )
    title, advice = escape(kind.title), escape(kind.advice)
    page = f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title><h1>{title}</h1><p>{advice}"
    return HttpResponse(f"{page}<p>Status {kind.status}, type <code>{kind.slug}</code>.</html>")
