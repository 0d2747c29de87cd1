"""The form of an API key: `ik_<key id>_<secret>`; stores keep the id and the secret's SHA-256.

A fast hash is enough: the secret is 256 random bits, which nobody can try out.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from hashlib import sha256

from interactions.accounts.base import SCOPES, ApiKey, CredentialRefused, Principal
from interactions.domain.errors import Invalid
from interactions.domain.identifiers import NAME_PATTERN, is_name

_KEY = re.compile(r"ik_([0-9a-f]{16})_([A-Za-z0-9_-]{43})\Z")


def new_key() -> tuple[str, str, str]:
    """A key, its public id and the hash of its secret."""
    key_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    return f"ik_{key_id}_{secret}", key_id, hash_secret(secret)


def split_key(key: str) -> tuple[str, str] | None:
    """The id and the secret of a key, or None when it has not the form of one."""
    match = _KEY.match(key)
    return (match[1], match[2]) if match else None


def hash_secret(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def principal_of(key: ApiKey, at: datetime) -> Principal:
    """Whom the key lets act at that time; to be asked once the secret has been compared.

    Raises:
        CredentialRefused: the key has ended.
    """
    if key.revoked_at is not None:
        raise CredentialRefused("the API key has been revoked")
    if key.expires_at is not None and key.expires_at <= at:
        raise CredentialRefused("the API key has expired")
    return Principal(user_id=key.user_id, scopes=frozenset(key.scopes), key_id=key.key_id)


def check_name(user_id: str, pointer: str) -> None:
    """Raise `Invalid` unless the text may be a user id."""
    if not is_name(user_id):
        raise Invalid.field(pointer, "pattern", f"must match {NAME_PATTERN}")


def check_scopes(scopes: tuple[str, ...]) -> None:
    """Raise `Invalid` unless there is at least one scope and each is known."""
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise Invalid.field("#/scopes", "choice", f"must be some of {', '.join(SCOPES)}")
