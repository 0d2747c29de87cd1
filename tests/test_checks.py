"""`manage.py check` names each bad setting by its id."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

from interactions.domain.price_file import price_table
from interactions.providers.configuration import read_providers

BAD = [
    ("INTERACTIONS_REPOSITORY", "interactions.repositories.Missing", "E001"),
    ("INTERACTIONS_ACCOUNTS", "no.such.module", "E002"),
    ("INTERACTIONS_CONTENT_RETENTION_DAYS", 0, "E003"),
    ("INTERACTIONS_CONTENT_RETENTION_DAYS", True, "E003"),
    ("INTERACTIONS_CONTENT_RETENTION_DAYS", "30", "E003"),
    ("INTERACTIONS_RECORD_RETENTION_DAYS", -1, "E004"),
    ("INTERACTIONS_RECORD_RETENTION_DAYS", 1.5, "E004"),
    ("INTERACTIONS_RATE_LIMIT_USER", "often", "E005"),
    ("INTERACTIONS_RATE_LIMIT_KEY", "0/minute", "E006"),
    ("INTERACTIONS_REDACTION", "cpf=hide", "E007"),
    ("INTERACTIONS_SPENDING_LIMIT_USER", "much", "E010"),
    ("INTERACTIONS_REDACTION", 5, "E007"),
    ("INTERACTIONS_REDACTION", None, "E007"),
    ("INTERACTIONS_REDACTION", b"cpf=mask", "E007"),
    ("INTERACTIONS_REDACTION", ["cpf=mask"], "E007"),
    ("INTERACTIONS_REDACTION", {"cpf": "mask"}, "E007"),
]


def found() -> list[tuple[str | None, str]]:
    return [(error.id, error.msg) for error in run_checks() if error.id and error.id.startswith("interactions.")]


def test_the_settings_as_they_are_have_no_fault() -> None:
    assert found() == []


@pytest.mark.parametrize(("name", "value", "number"), BAD)
def test_a_bad_setting_is_named(settings: Settings, name: str, value: Any, number: str) -> None:
    setattr(settings, name, value)
    ((error, message),) = found()
    assert error == f"interactions.{number}"
    assert message.startswith(name)


@pytest.mark.parametrize("name", ["INTERACTIONS_CONTENT_RETENTION_DAYS", "INTERACTIONS_RECORD_RETENTION_DAYS"])
@pytest.mark.parametrize("days", [1, None])
def test_one_day_is_enough_and_none_keeps_for_ever(settings: Settings, name: str, days: int | None) -> None:
    setattr(settings, name, days)
    assert found() == []


OPENAI = {"kind": "openai", "model": "gpt-4.1-mini", "models": ["gpt-5", "house-1", "gpt-4.1-mini"]}
ROW = {"id": "house", "provider": "openai", "model": "house-1", "from": "2026-01-01", "input": "1", "output": "1"}


def limited(settings: Settings, *providers: dict[str, Any], limit: str | None = "1.00") -> None:
    settings.INTERACTIONS_PROVIDERS = read_providers(json.dumps(providers))
    settings.INTERACTIONS_SPENDING_LIMIT_USER = limit


def test_with_a_spending_limit_each_model_without_a_price_is_named(settings: Settings) -> None:
    limited(settings, OPENAI, {"kind": "echo"}, {"kind": "bedrock", "model": "us.amazon.nova-micro-v1:0"})
    first, second = found()
    assert first == (
        "interactions.W008",
        "INTERACTIONS_PROVIDERS: the model house-1 of the provider openai has no price. With a spending limit it is "
        "never asked.",
    )
    assert second[0] == "interactions.W008"
    assert "the model echo of the provider echo" in second[1]


def test_a_price_of_ones_own_is_one(settings: Settings, tmp_path: Path) -> None:
    limited(settings, OPENAI)
    settings.INTERACTIONS_PRICES_FILE = tmp_path / "prices.json"
    row = ROW | {"seen": "https://example.com/contract", "read": "2026-01-01"}
    settings.INTERACTIONS_PRICES_FILE.write_text(json.dumps({"prices": [row]}))
    assert found() == []


def test_a_file_of_prices_that_cannot_be_used_is_named(settings: Settings, tmp_path: Path) -> None:
    limited(settings, OPENAI)
    settings.INTERACTIONS_PRICES_FILE = tmp_path / "missing.json"
    ((error, message),) = found()
    assert error == "interactions.E009"
    assert message.startswith("INTERACTIONS_PRICES_FILE: The prices in")


def test_without_a_spending_limit_prices_are_not_read(settings: Settings) -> None:
    limited(settings, OPENAI, limit=None)
    price_table.cache_clear()
    assert found() == []
    assert price_table.cache_info().currsize == 0
