"""Users' copies and erasure, usage, sessions, and the two probes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.middleware.csrf import get_token, rotate_token
from rest_framework import status
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from interactions import selectors, services
from interactions.accounts import get_accounts
from interactions.accounts.base import CredentialRefused, Principal
from interactions.accounts.sessions import log_in, log_out
from interactions.api.pagination import MAX_PAGE_BYTES, NO_STORE, decode_cursor, encode_cursor, next_url
from interactions.api.parameters import Parameters
from interactions.api.permissions import IsAuthenticated, owner_named, principal_of
from interactions.api.problems import Problem
from interactions.api.renderers import NDJSON, NDJSONRenderer
from interactions.api.serializers import LoginSerializer, UsageSerializer, usd
from interactions.domain.document import to_document
from interactions.domain.errors import FieldError, NotFound
from interactions.domain.identifiers import is_name
from interactions.domain.query import Position, position_of
from interactions.domain.strict_json import ndjson_line

DEFAULT_USAGE_DAYS = 30


class UserExportView(APIView):
    """The data subject's copy: every interaction, oldest first, one a line."""

    renderer_classes = (NDJSONRenderer,)

    def get(self, request: Request, user_id: str) -> HttpResponse:
        given = Parameters(request, ["cursor"])
        given.check()
        owner = _data_subject(request, user_id)
        asked = ["export", owner]
        cursor = given.raw("cursor")
        after = Position(*decode_cursor(cursor, asked)) if cursor is not None else None
        lines, position = self._page(owner, after)
        following = next_url(request, encode_cursor(position, asked))
        headers = NO_STORE | ({"Link": f'<{following}>; rel="next"'} if following else {})
        return HttpResponse(b"".join(lines), content_type=NDJSON, headers=headers)

    def _page(self, user_id: str, after: Position | None) -> tuple[list[bytes], Position | None]:
        """At least one line, then as many as fit a page and the time; and the position to go on from."""
        deadline = services.request_deadline()
        lines: list[bytes] = []
        size = 0
        last: Position | None = None
        for interaction in selectors.user_interactions(user_id=user_id, after=after):
            line = ndjson_line(to_document(interaction))
            size += len(line)
            if lines and (size > MAX_PAGE_BYTES or time.monotonic() >= deadline):
                return lines, last
            lines.append(line)
            last = position_of(interaction)
        return lines, None


class UserView(APIView):
    """Erasure on request (LGPD art. 18; GDPR art. 17)."""

    def delete(self, request: Request, user_id: str) -> Response:
        Parameters(request).check()
        owner = _data_subject(request, user_id)
        receipt = services.user_erase(user_id=owner, deadline=services.request_deadline())
        return Response(asdict(receipt), headers=NO_STORE)


class UsageView(APIView):
    """Counts, tokens and cost by day and model."""

    def get(self, request: Request) -> Response:
        given = Parameters(request, ["from", "to", "user_id"])
        day_to = given.day("to") or datetime.now(UTC).date()
        day_from = given.day("from") or max(day_to.toordinal() - DEFAULT_USAGE_DAYS + 1, 1)
        if isinstance(day_from, int):
            day_from = date.fromordinal(day_from)
        user_id = given.name("user_id", wildcard=True)
        given.check()
        owner = owner_named(request, user_id, "?user_id")
        report = selectors.usage_report(
            user_id=None if owner == "*" else owner,
            day_from=day_from,
            day_to=day_to,
            deadline=services.request_deadline(),
        )
        last = day_to if report.next_day is None else report.next_day - timedelta(days=1)
        spent = selectors.spent_report(day_from=day_from, day_to=last) if owner == "*" else None
        body: dict[str, Any] = {**UsageSerializer(report).data, "spent": None, "next": None}
        if spent is not None:
            body["spent"] = [{"day": day.isoformat(), "cost": usd(nano_usd)} for day, nano_usd in spent.items()]
        headers = dict(NO_STORE)
        if report.next_day is not None:
            query = {**request.query_params.dict(), "from": report.next_day.isoformat(), "to": day_to.isoformat()}
            body["next"] = request.build_absolute_uri(f"{request.path}?{urlencode(query)}")
            headers["Link"] = f'<{body["next"]}>; rel="next"'
        return Response(body, headers=headers)


class SessionView(APIView):
    """Log in, who am I, log out."""

    def get_authenticators(self) -> list[BaseAuthentication]:
        # Logging in needs no CSRF token, whatever cookie the browser still has.
        return [] if self._logging_in() else super().get_authenticators()

    def get_permissions(self) -> list[BasePermission]:
        return [] if self._logging_in() else [IsAuthenticated()]

    def _logging_in(self) -> bool:
        return getattr(self, "request", None) is not None and self.request.method == "POST"

    def post(self, request: Request) -> Response:
        Parameters(request).check()
        serializer = LoginSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        accounts = get_accounts()
        try:
            account = accounts.check_password(**serializer.validated_data)
            log_in(request._request.session, account, accounts)
        except CredentialRefused as error:
            wrong = FieldError("#/password", "credential", str(error))
            challenge = {"WWW-Authenticate": "Bearer"}
            raise Problem("not-authenticated", f"{str(error).capitalize()}.", [wrong], challenge) from error
        rotate_token(request._request)
        return self._session(request, account.principal)

    def get(self, request: Request) -> Response:
        Parameters(request).check()
        return self._session(request, principal_of(request))

    def delete(self, request: Request) -> Response:
        Parameters(request).check()
        if principal_of(request).key_id is None:
            log_out(request._request.session, get_accounts())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _session(self, request: Request, principal: Principal) -> Response:
        token = get_token(request._request) if principal.key_id is None else None
        body = {"user_id": principal.user_id, "scopes": sorted(principal.scopes), "csrf_token": token}
        return Response(body, headers=NO_STORE)


class ProbeView(APIView):
    """Open to everyone: probes have no credential."""

    authentication_classes: Sequence[type[BaseAuthentication]] = []
    permission_classes: Sequence[type[BasePermission]] = []


class HealthView(ProbeView):
    """Alive: touches nothing."""

    def get(self, request: Request) -> Response:
        return Response({"status": "ok", "version": settings.VERSION})


class ReadyView(ProbeView):
    """Can serve: the store answers."""

    def get(self, request: Request) -> Response:
        selectors.store_check()
        return Response({"status": "ready"})


def _data_subject(request: Request, user_id: str) -> str:
    if not is_name(user_id):
        raise NotFound("there is no such user")
    return owner_named(request, user_id, "Authorization")
