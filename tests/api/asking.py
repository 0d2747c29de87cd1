"""Who answers what tests ask: the settings' providers, and a language model on the loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pytest_django import Settings
from rest_framework.test import APIClient

from interactions.domain.price_file import price_table
from interactions.providers.configuration import read_providers
from interactions.providers.selection import forget_providers
from tests.providers.server import LanguageModel


class Providers:
    """Puts providers into the settings, and whatever else of them matters to asking."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def are(self, *providers: dict[str, Any], **changes: Any) -> None:
        self._settings.INTERACTIONS_PROVIDERS = read_providers(json.dumps(providers))
        for name, value in changes.items():
            setattr(self._settings, f"INTERACTIONS_{name.upper()}", value)
        forget_providers()


def providers_for_tests(settings: Settings) -> Iterator[Providers]:
    forget_providers()
    yield Providers(settings)
    forget_providers()
    price_table.cache_clear()


def openai(model: LanguageModel, name: str = "openai", **more: Any) -> dict[str, Any]:
    """A provider at the model's address, which needs no key."""
    return {"kind": "openai", "name": name, "model": "gpt-4.1-mini", "base_url": model.url, **more}


def ask(client: APIClient, prompt: str = "Hello?", *, key: str | None = None, **fields: Any) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post("/v1/chat", {"prompt": prompt, **fields}, format="json", headers=headers)
