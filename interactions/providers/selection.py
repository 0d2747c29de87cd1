"""Which providers can be asked for a model."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from interactions.conf import conf
from interactions.domain.errors import Invalid, NoProvider
from interactions.providers.base import Provider
from interactions.providers.breaker import CircuitBreaker
from interactions.providers.configuration import ProviderConfig, make_provider
from interactions.providers.resilience import Candidate

logger = logging.getLogger("interactions.providers")


class Configured(NamedTuple):
    """A provider with its configuration and its circuit breaker."""

    config: ProviderConfig
    provider: Provider
    breaker: CircuitBreaker


@cache
def get_providers() -> Sequence[Configured]:
    """The providers of the settings in order of preference, made once a process."""
    configured = [
        Configured(
            config,
            make_provider(config, conf.provider_keys, conf.aws_region),
            CircuitBreaker(conf.breaker_failures, conf.breaker_seconds),
        )
        for config in conf.providers
    ]
    for each in configured:
        if each.provider.missing is not None:
            logger.warning("the provider %s is left out: it has %s", each.provider.name, each.provider.missing)
    return configured


def forget_providers() -> None:
    """Close the connections. The next call of `get_providers` makes the providers of the settings anew."""
    if get_providers.cache_info().currsize:
        for each in get_providers():
            each.provider.disconnect()
    get_providers.cache_clear()


def candidates_for(model: str | None) -> list[Candidate]:
    """The providers that serve the model, or without one all providers, each with its own model.

    Providers that miss a setting, such as their key, are left out.

    Raises:
        NoProvider: no provider is configured, or all that serve the model miss a setting.
        Invalid: no provider serves the model.
    """
    configured = get_providers()
    if not configured:
        raise NoProvider("no provider of models is configured: set PROVIDERS")
    serving = [each for each in configured if model is None or each.config.serves(model)]
    if not serving:
        known = dict.fromkeys(name for each in configured for name in each.config.named_models)
        raise Invalid.field("#/model", "unknown-model", f"must be one of {', '.join(known)}")
    found = [
        Candidate(each.provider, model or each.config.model, each.breaker, each.config.priced_as)
        for each in serving
        if each.provider.missing is None
    ]
    if not found:
        missing = "; ".join(f"{each.provider.name} has {each.provider.missing}" for each in serving)
        raise NoProvider(f"no provider can be asked: {missing}")
    return found
