"""Production's secrets, out of SSM Parameter Store or the environment: signing keys, providers' keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.core.exceptions import ImproperlyConfigured

from project.settings import environment
from project.settings.parameters import read_parameters

KEY, FALLBACKS = "django-secret-key", "django-secret-key-fallbacks"
# What `check --deploy` asks of a key.
MIN_CHARACTERS = 50


class Secrets(NamedTuple):
    """The keys that sign, and those of the providers of models.

    Signatures of `earlier_keys` are accepted; nothing new is signed with them. A provider's key may be missing: the
    provider is then left out, and the service goes on with its other work.
    """

    key: str
    earlier_keys: list[str]
    provider_keys: Mapping[str, str]


def read_secrets(ssm_prefix: str, *, region: str, wire: str, providers: Sequence[str]) -> Secrets:
    """All secrets; `providers` are the names of the providers' ones.

    Without a prefix SSM is not asked, and variables have them, as DJANGO_SECRET_KEY and OPENAI_API_KEY.

    Raises:
        ImproperlyConfigured: there is no key to sign with, it is too short to be random, or SSM does not answer.
    """
    if ssm_prefix:
        optional = [FALLBACKS, *providers]
        found = read_parameters(ssm_prefix, region=region, wire=wire, required=[KEY], optional=optional)
        origin = f"{ssm_prefix.rstrip('/')}/{KEY}"
    else:
        found = environment.secrets([KEY, FALLBACKS, *providers])
        origin = "DJANGO_SECRET_KEY"
    key, earlier = found.get(KEY, ""), found.get(FALLBACKS, "")
    if len(key) < MIN_CHARACTERS:
        raise ImproperlyConfigured(f"{origin} must have {MIN_CHARACTERS} random characters or more")
    return Secrets(
        key,
        [each.strip() for each in earlier.split(",") if each.strip()],
        {name: found[name] for name in providers if name in found},
    )
