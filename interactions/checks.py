"""System checks of the app's settings: `manage.py check` names a bad one by its id."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
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


@register(Tags.compatibility)
def check_prices(**kwargs: Any) -> list[CheckMessage]:
    """With a spending limit, a provider is never asked for a model without a price. Without one, no file is read."""
    try:
        if conf.spending_limit_user is None:
            return []
    except (TypeError, ValueError) as error:
        hint = "Give a text such as 2.50, or None for no limit."
        return [Error(f"INTERACTIONS_SPENDING_LIMIT_USER: {error}.", hint=hint, id="interactions.E010")]
    from interactions.domain.price_file import price_table

    try:
        table = price_table(conf.prices_file)
    except ValueError as error:
        hint = "Mend the file that INTERACTIONS_PRICES_FILE names."
        return [Error(f"INTERACTIONS_PRICES_FILE: {error}.", hint=hint, id="interactions.E009")]
    today = datetime.now(UTC).date()
    return [
        CheckWarning(
            f"INTERACTIONS_PROVIDERS: the model {model} of the provider {config.name} has no price. With a spending "
            "limit it is never asked.",
            hint="Add a row to the file that INTERACTIONS_PRICES_FILE names, name a model that has a price, or unset "
            "INTERACTIONS_SPENDING_LIMIT_USER.",
            id="interactions.W008",
        )
        for config in conf.providers
        for model in dict.fromkeys(config.named_models)
        if table.find(config.priced_as, model, day=today) is None
    ]
