"""System checks of the app's settings: `manage.py check` names a bad one by its id."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.utils.module_loading import import_string

from interactions.conf import conf


@register(Tags.compatibility)
def check_settings(**kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for path, name, number in (
        (conf.repository, "INTERACTIONS_REPOSITORY", 1),
        (conf.accounts, "INTERACTIONS_ACCOUNTS", 2),
    ):
        try:
            import_string(path)
        except ImportError as error:
            hint = "Give the dotted path of a class."
            found.append(Error(f"{name} cannot be imported: {error}.", hint=hint, id=f"interactions.E00{number}"))
    for days, name, number in (
        (conf.content_retention_days, "INTERACTIONS_CONTENT_RETENTION_DAYS", 3),
        (conf.record_retention_days, "INTERACTIONS_RECORD_RETENTION_DAYS", 4),
    ):
        if days is not None and (not isinstance(days, int) or isinstance(days, bool) or days < 1):
            hint = "Give whole days, or nothing to keep them for ever."
            found.append(Error(f"{name} is {days!r}.", hint=hint, id=f"interactions.E00{number}"))
    return found


@register(Tags.compatibility)
def check_redaction(**kwargs: Any) -> list[CheckMessage]:
    try:
        conf.redaction  # noqa: B018  it is read
    except (TypeError, ValueError) as error:
        hint = "Give a text such as cpf=mask,email=refuse."
        return [Error(f"INTERACTIONS_REDACTION: {error}.", hint=hint, id="interactions.E007")]
    return []


@register(Tags.compatibility)
def check_rate_limits(**kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for name, number in (("rate_limit_user", 5), ("rate_limit_key", 6)):
        try:
            getattr(conf, name)
        except (TypeError, ValueError) as error:
            hint = "Give a text such as 600/minute, or None for no limit."
            found.append(Error(f"INTERACTIONS_{name.upper()}: {error}.", hint=hint, id=f"interactions.E00{number}"))
    return found
