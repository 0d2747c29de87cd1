"""Who is asked: the providers that the settings name, and which of them serve a model."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from interactions.conf import conf
from interactions.domain.errors import Invalid, NoProvider
from interactions.providers.base import Provider
from interactions.providers.breaker import CircuitBreaker
from interactions.providers.configuration import ProviderConfig
from interactions.providers.resilience import Candidate


class Configured(NamedTuple):
    """A provider as the settings have it, and what is known of how it works."""

    config: ProviderConfig
    provider: Provider
    breaker: CircuitBreaker


@cache
def get_providers() -> Sequence[Configured]:
    """Those that the settings name, in order of preference, made once a process."""
    return [
        Configured(config, _provider(config), CircuitBreaker(conf.breaker_failures, conf.breaker_seconds))
        for config in conf.providers
    ]


def forget_providers() -> None:
    """Close their connections; who asks next has them made anew, from the settings as they are then."""
    if get_providers.cache_info().currsize:
        for each in get_providers():
            each.provider.disconnect()
    get_providers.cache_clear()


def candidates_for(model: str | None) -> list[Candidate]:
    """Who can be asked: those that serve the model, or, where none is named, all with the model of each.

    Raises:
        NoProvider: none is configured.
        Invalid: none serves the model.
    """
    configured = get_providers()
    if not configured:
        raise NoProvider("no provider of models is configured")
    found = [
        Candidate(each.provider, model or each.config.model, each.breaker, each.config.priced_as)
        for each in configured
        if model is None or each.config.serves(model)
    ]
    if not found:
        known = dict.fromkeys(name for each in configured for name in each.config.named_models)
        raise Invalid.field("#/model", "unknown-model", f"must be one of {', '.join(known)}")
    return found


def _provider(config: ProviderConfig) -> Provider:
    # Each is imported where it is configured alone.
    match config.kind:
        case "echo":
            from interactions.providers.echo import EchoProvider

            return EchoProvider(config)
        case "openai":
            from interactions.providers.openai import OpenAIProvider

            return OpenAIProvider(config, conf.provider_keys.get(config.key or ""))
        case _:
            from interactions.providers.bedrock import BedrockProvider

            return BedrockProvider(config, config.region or conf.aws_region)
