"""What is refused before anything is read or written: a foreign Host, and a body that does not say how long it is."""

from __future__ import annotations

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from interactions.api.middleware import GetResponse
from interactions.api.problems import Problem, problem_response
from interactions.domain.errors import FieldError


class AdmissionMiddleware:
    """Refuses what Django would find out too late or not at all.

    It looks at the Host only where a link is made, which for a new interaction is after it has been stored, and it
    takes a chunked body, which has no Content-Length, for an empty one.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            request.get_host()
            _check_length(request)
        except (DisallowedHost, Problem) as error:
            return problem_response(request, error)
        return self._get_response(request)


def _check_length(request: HttpRequest) -> None:
    if "Transfer-Encoding" in request.headers and not request.headers.get("Content-Length"):
        missing = FieldError("Content-Length", "required", "is required: send the body whole, not in chunks")
        raise Problem("length-required", f"Content-Length {missing.detail}.", [missing])
