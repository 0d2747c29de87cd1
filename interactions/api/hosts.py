"""Refuses a Host header that is not one of ALLOWED_HOSTS before anything is read or written.

Django looks at it only where a link is made, which for a new interaction is after it has been stored.
"""

from __future__ import annotations

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from interactions.api.middleware import GetResponse
from interactions.api.problems import problem_response


class TrustedHostMiddleware:
    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            request.get_host()
        except DisallowedHost as error:
            return problem_response(request, error)
        return self._get_response(request)
