"""The repository's prices: a file whose every row is in order, though it is read without checks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from interactions.domain.interaction import MAX_LABEL
from interactions.domain.model_names import model_names, provider_of
from interactions.domain.price_file import price_table, read_prices
from interactions.domain.repository_prices import FILE, RepositoryPrices
from tests.domain.prices import TODAY

CONTENT = json.loads(FILE.read_text())
ROWS = RepositoryPrices(CONTENT).all()


def as_read_by_a_person() -> Iterator[dict[str, Any]]:
    """All rows in the form that is read strictly."""
    yield from CONTENT["prices"]
    for provider, models in CONTENT["models"].items():
        for model, rows in models.items():
            for row in rows:
                row_id = f"{provider}/{model}/{row['from']}"
                source = {"seen": f"https://pypi.org/project/{CONTENT['source']}", "read": TODAY.isoformat()}
                yield {"id": row_id, "provider": provider, "model": model} | row | source


def test_each_row_is_what_strict_reading_makes_of_it(tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    path.write_text(json.dumps({"prices": [*as_read_by_a_person()]}))
    assert sorted(read_prices(path)) == sorted(ROWS)


def test_there_are_rows_of_each_of_the_usual_providers() -> None:
    providers = {row.provider for row in ROWS}
    assert providers >= {
        *("anthropic", "azure", "bedrock", "cohere", "deepseek", "fireworks", "gemini", "groq", "mistral", "openai"),
        *("openrouter", "together", "vertex", "x-ai"),
    }
    assert all(provider_of(provider) == provider for provider in providers)


def test_each_row_can_be_found_by_its_id() -> None:
    prices = RepositoryPrices(CONTENT)
    for row in ROWS:
        assert prices.with_id(row.id) == row
        assert len(row.id) <= MAX_LABEL, "a record keeps the id"


@pytest.mark.parametrize("unknown", ["", "openai", "openai/gpt-5", "openai/gpt-5/2020-01-01", "p/m/2025-08-01"])
def test_another_id_is_of_no_row(unknown: str) -> None:
    assert RepositoryPrices(CONTENT).with_id(unknown) is None


def test_each_name_in_the_file_leads_to_its_model_by_the_rules() -> None:
    prices = RepositoryPrices(CONTENT)
    for provider, names in CONTENT["names"].items():
        for name, model in names.items():
            assert prices.of_model(provider, model), name
            assert name not in CONTENT["models"].get(provider, {}), name
            assert model_names(provider, name)[0] == name, "names are looked up in small letters"
            assert prices.model_of(provider, name) == model
    for row in ROWS:
        assert prices.model_of(row.provider, row.model) == row.model, row.id


def test_rows_that_a_person_has_read_tell_where_and_when() -> None:
    for row in CONTENT["prices"]:
        assert row["seen"].startswith("https://"), row["id"]
        assert date.fromisoformat(row["read"]) <= TODAY, row["id"]
        assert row["id"] == f"{row['provider']}/{row['model']}/{row['from']}"


def test_what_rows_that_a_person_has_read_say_hangs_together() -> None:
    read = {row["id"] for row in CONTENT["prices"]}
    for row in (row for row in ROWS if row.id in read):
        for rates in (row.charges.rates, *(long.rates for long in row.charges.long)):
            assert 0 < rates.cache_read <= rates.input <= rates.cache_creation, row.id
            assert rates.input <= rates.output == rates.reasoning, row.id
            if "anthropic" in row.model:
                assert rates.cache_creation * 4 == rates.input * 5, row.id
                assert rates.cache_read * 10 == rates.input, row.id
        for long in row.charges.long:
            assert all(more > less for more, less in zip(long.rates, row.charges.rates, strict=True)), row.id


def test_only_what_openrouter_calls_free_costs_nothing() -> None:
    free = [row for row in ROWS if not row.charges.rates.input and not row.charges.rates.output]
    assert free
    assert [row.id for row in free if row.provider != "openrouter" or not row.model.endswith(":free")] == []


def found(provider: str, model: str, day: date = TODAY) -> str | None:
    row = price_table().find(provider, model, day=day)
    return row and row.id


def test_a_price_that_is_known_to_end_does() -> None:
    assert found("gemini", "gemini-3.6-flash", date(2026, 10, 1)) == "gemini/gemini-3.6-flash/2026-09-30"
    assert found("gemini", "gemini-3.6-flash", date(2026, 12, 31)) == "gemini/gemini-3.6-flash/2026-10-14"
    assert found("gemini", "gemini-3.6-flash", date(2027, 1, 1)) == "gemini/gemini-3.6-flash/2027-01-01"


def test_a_price_without_a_day_in_the_source_holds_since_the_source_exists() -> None:
    assert found("anthropic", "claude-sonnet-4-0", date(2025, 8, 1)) == "anthropic/claude-sonnet-4-0/2025-08-01"
    assert found("anthropic", "claude-sonnet-4-0", date(2025, 7, 31)) is None


def test_the_rows_before_those_of_the_source_are_still_there() -> None:
    assert found("openai", "gpt-4.1", date(2025, 4, 14)) == "openai/gpt-4.1/2025-04-14"
    assert found("openai", "gpt-4.1", date(2026, 10, 11)) == "openai/gpt-4.1/2025-04-14"
    assert found("openai", "gpt-4.1", date(2026, 10, 12)) == "openai/gpt-4.1/2026-10-12"
