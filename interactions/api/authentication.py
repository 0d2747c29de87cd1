"""Who is asking: an API key in the Authorization header, or a session's cookie with its CSRF token."""

from __future__ import annotations

from django.conf import settings
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from interactions.accounts import get_accounts
from interactions.accounts.base import CredentialRefused, Principal
from interactions.accounts.sessions import principal_of
from interactions.api.middleware import request_context
from interactions.api.problems import Problem
from interactions.domain.errors import FieldError


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <api key>` (RFC 6750)."""

    def authenticate(self, request: Request) -> tuple[Principal, None] | None:
        header = request.headers.get("Authorization")
        if header is None:
            return None
        scheme, _, key = header.partition(" ")
        if scheme.lower() != "bearer":
            raise AuthenticationFailed("The Authorization header has to say Bearer and an API key.")
        try:
            return _acting(get_accounts().check_key(key.strip())), None
        except CredentialRefused as error:
            raise AuthenticationFailed(f"{str(error).capitalize().replace('api', 'API')}.") from error

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="interactions"'


class SessionAuthentication(BaseAuthentication):
    """The cookie of a session that `POST /v1/session` opened; what writes also needs the CSRF token."""

    def authenticate(self, request: Request) -> tuple[Principal, None] | None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        principal = principal_of(request._request.session, get_accounts())
        if principal is None:
            return None
        check_csrf(request)
        return _acting(principal), None


def check_csrf(request: Request) -> None:
    """Raise a problem when an unsafe request lacks the token."""
    check = CSRFCheck(lambda _: None)  # type: ignore[arg-type]  # never gets as far as a response
    check.process_request(request._request)
    if check.process_view(request._request, None, (), {}):  # type: ignore[arg-type]  # DRF's own use of it
        found = FieldError("X-CSRFToken", "csrf", "must be the token that GET /v1/session gives")
        raise Problem(
            "csrf-failed", "The header X-CSRFToken is missing or wrong, or the origin is not trusted.", [found]
        )


def _acting(principal: Principal) -> Principal:
    context = request_context()
    context.user_id, context.key_id = principal.user_id, principal.key_id
    return principal
