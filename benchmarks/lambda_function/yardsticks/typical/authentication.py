"""An API key, read from its table and kept in the process's cache for a minute."""

from __future__ import annotations

import hashlib
from types import SimpleNamespace
from typing import Any

from django.core.cache import cache
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from typical.models import ApiKey


class ApiKeyAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        digest = hashlib.sha256(key.encode()).hexdigest()
        user_id = cache.get(digest)
        if user_id is None:
            try:
                user_id = ApiKey.get(digest).user_id
            except ApiKey.DoesNotExist:
                raise AuthenticationFailed from None
            cache.set(digest, user_id, 60)
        return SimpleNamespace(pk=user_id, is_authenticated=True), None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
