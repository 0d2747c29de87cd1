"""The keys that sign sessions and cursors, out of SSM Parameter Store or the environment."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from project.settings import environment
from project.settings.parameters import read_parameters

KEY, FALLBACKS = "django-secret-key", "django-secret-key-fallbacks"
# What `check --deploy` asks of a key.
MIN_CHARACTERS = 50


def read_keys(ssm_prefix: str, *, region: str, wire: str) -> tuple[str, list[str]]:
    """SECRET_KEY and SECRET_KEY_FALLBACKS: what earlier keys have signed is taken, and nothing new is signed with them.

    Without a prefix SSM is not asked, and DJANGO_SECRET_KEY and DJANGO_SECRET_KEY_FALLBACKS have them.

    Raises:
        ImproperlyConfigured: there is none, it is too short to be random, or SSM does not answer.
    """
    if ssm_prefix:
        found = read_parameters(ssm_prefix, region=region, wire=wire, required=[KEY], optional=[FALLBACKS])
        key, earlier, origin = found[KEY], found.get(FALLBACKS, ""), f"{ssm_prefix.rstrip('/')}/{KEY}"
    else:
        origin = "DJANGO_SECRET_KEY"
        key, earlier = environment.text("DJANGO_SECRET_KEY"), environment.text("DJANGO_SECRET_KEY_FALLBACKS")
    if len(key) < MIN_CHARACTERS:
        raise ImproperlyConfigured(f"{origin} must have {MIN_CHARACTERS} random characters or more")
    return key, [each.strip() for each in earlier.split(",") if each.strip()]
