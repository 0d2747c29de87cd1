"""What a credential may do: scopes by method, and whose data it reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from interactions.accounts.base import Principal
from interactions.api.problems import Problem
from interactions.domain.errors import FieldError

if TYPE_CHECKING:  # DRF's views import the permissions that the settings name
    from rest_framework.views import APIView


class HasScope(BasePermission):
    """`read` for what only reads, `write` for everything else."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        require(request, "read" if request.method in SAFE_METHODS else "write")
        return True


class MayAsk(BasePermission):
    """`chat`: an answer costs money."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        require(request, "chat")
        return True


class IsAuthenticated(BasePermission):
    """Any credential will do, whatever its scopes."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        principal_of(request)
        return True


def principal_of(request: Request) -> Principal:
    if request.user is None:
        raise NotAuthenticated("The request has no credential, or its session has ended.")
    return cast(Principal, request.user)


def require(request: Request, scope: str) -> None:
    """Raise a problem unless the credential has the scope."""
    if scope not in principal_of(request).scopes:
        raise missing_scope(scope)


def missing_scope(scope: str, pointer: str = "Authorization") -> Problem:
    detail = f"needs a credential with the scope {scope}"
    return Problem("missing-scope", f"This {detail}.", [FieldError(pointer, "scope", detail)])


def owner_named(request: Request, user_id: str | None, pointer: str) -> str:
    """Whose data the request is about: the caller's own, or, with the scope `any`, that of the user it names."""
    principal = principal_of(request)
    if user_id is None or user_id == principal.user_id:
        return principal.user_id
    if "any" not in principal.scopes:
        raise missing_scope("any", pointer)
    return user_id
