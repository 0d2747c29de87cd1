"""How large an answer may be."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from interactions.api.problems import Problem, problem_response

# Lambda takes 6,291,556 bytes of JSON, in which base64 makes four bytes of three and headers are. Lists and exports
# end their pages at 4 MB, and a bulk request repeats in its answer what is not text of at most 4 MB.
MAX_ANSWER_BYTES = 4_600_000


class AnswerSizeMiddleware:
    """Answers a problem where an answer could not be sent, whatever made it so large."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        if not isinstance(response, HttpResponse) or len(response.content) <= MAX_ANSWER_BYTES:
            return response
        if not request.path_info.startswith("/v1/"):
            return response  # the admin's, which no gateway sends
        return problem_response(request, Problem("answer-too-large", "The answer is too large to be sent at once."))
