"""The committed description of the API, for where drf-spectacular, which writes it, is not installed."""

from __future__ import annotations

from functools import cache

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from interactions.api.problems import Problem, problem_response
from project.settings.base import BASE_DIR


@csrf_exempt
def committed_description(request: HttpRequest) -> HttpResponse:
    if request.method not in {"GET", "HEAD"}:
        return problem_response(
            request, Problem("method-not-allowed", "The description is read.", headers={"Allow": "GET, HEAD"})
        )
    return HttpResponse(_document(), content_type="application/vnd.oai.openapi; charset=utf-8")


@cache
def _document() -> bytes:
    return (BASE_DIR / "openapi.yaml").read_bytes()
