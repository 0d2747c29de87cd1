"""Passwords as Django keeps and judges them; its models are not needed for that."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.hashers import check_password, get_hasher, identify_hasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.utils.crypto import salted_hmac

from interactions.domain.errors import Invalid

__all__ = ["check_strength", "earlier_session_hashes", "make_password", "session_hash", "verify"]


SESSION_SALT = "interactions.accounts.session_hash"


class _Named:
    """What Django's validators look at of a user. They ask it for the labels of its fields, as they would a model."""

    def __init__(self, username: str) -> None:
        self.username = username
        self._meta = self

    def get_field(self, name: str) -> None:
        raise FieldDoesNotExist(name)


def check_strength(password: str, username: str) -> None:
    """Raise `Invalid` unless the validators of the settings accept the password for somebody of that name."""
    try:
        validate_password(password, _Named(username))  # type: ignore[arg-type]  # a name is all they need
    except ValidationError as error:
        raise Invalid.field("#/password", "weak", " ".join(error.messages)) from error


def verify(password: str, encoded: str | None) -> tuple[bool, bool]:
    """Whether it is the password of that hash, and if so, whether the hash should be made anew by today's settings.

    It costs one hash at today's settings or more, whether there is a hash or not and however it was made.
    """
    if encoded is None:
        make_password(password)
        return False, False
    outdated: list[str] = []
    correct = check_password(password, encoded, outdated.append)
    if not correct and _is_of_another_hasher(encoded):
        make_password(password)  # Django levels out the costs of one hasher alone
    return correct, bool(outdated)


def session_hash(encoded: str) -> str:
    """What the sessions of an account hold: it changes with the password and does not tell its hash."""
    return salted_hmac(SESSION_SALT, encoded, algorithm="sha256").hexdigest()


def earlier_session_hashes(encoded: str) -> tuple[str, ...]:
    """The same by the secret keys that were in use before."""
    return tuple(
        salted_hmac(SESSION_SALT, encoded, secret=secret, algorithm="sha256").hexdigest()
        for secret in settings.SECRET_KEY_FALLBACKS
    )


def _is_of_another_hasher(encoded: str) -> bool:
    try:
        return identify_hasher(encoded).algorithm != get_hasher().algorithm
    except ValueError:  # no hash at all, for which Django makes one
        return False
