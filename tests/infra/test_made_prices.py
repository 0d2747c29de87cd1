"""`make prices`: rows of the package genai-prices are added to `prices.json`, and no row that is there is changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from genai_prices import Usage as TheirUsage
from genai_prices.data import providers
from genai_prices.types import ModelPrice, TieredPrices, TimeOfDateConstraint
from genai_prices.types import Tier as TheirTier

from infra.prices.__main__ import NEWS, main
from infra.prices.charges import Inexpressible, charges_of, dearest, is_of_text
from infra.prices.source import PROVIDERS, LeftOut, SourceModel, read_source
from infra.prices.writing import text_of
from interactions.domain.price_table import PriceTable, cost_of
from interactions.domain.repository_prices import FILE, RepositoryPrices
from tests.domain.prices import TODAY, usage

CONTENT = json.loads(FILE.read_text())


@pytest.fixture(scope="module")
def of_the_package() -> tuple[list[SourceModel], list[LeftOut]]:
    return read_source()


def copied(folder: Path, **changes: Any) -> Path:
    path = folder / "prices.json"
    path.write_text(text_of(CONTENT | changes))
    return path


def test_running_it_again_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "prices.json"
    path.write_bytes(FILE.read_bytes())
    assert main(["--file", str(path)]) == 0
    assert path.read_bytes() == FILE.read_bytes()
    assert "0 new rows, 0 new names, 0 other prices" in capsys.readouterr().out


def test_check_finds_nothing_new_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = copied(tmp_path)
    before = path.stat()
    assert main(["--check", "--file", str(path)]) == 0
    assert path.stat() == before
    said = capsys.readouterr().out
    for left_out in ("perplexity/sonar-pro", "openai/gpt-oss-120b", "azure/gpt-oss-120b", "openai/gpt-image-1"):
        assert left_out in said, "it says what it leaves out"
    assert "Prices by the hour are those of the dearest hour." in said


def test_check_names_what_is_new(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    models = json.loads(FILE.read_text())["models"]
    del models["cohere"]["command-a"]
    path = copied(tmp_path, models=models)
    before = path.read_bytes()
    assert main(["--check", "--file", str(path)]) == NEWS
    assert "1 new rows" in capsys.readouterr().out
    assert path.read_bytes() == before
    main(["--file", str(path)])
    assert json.loads(path.read_text())["models"] == CONTENT["models"]


def test_check_names_a_price_that_the_source_has_changed_without_a_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    models = json.loads(FILE.read_text())["models"]
    models["cohere"]["command-a"][0]["output"] = "9.99"
    assert main(["--check", "--file", str(copied(tmp_path, models=models))]) == NEWS
    said = capsys.readouterr().out
    assert "0 new rows, 0 new names, 1 other prices" in said
    assert "cohere/command-a/2025-08-01 stays on 2025-08-01; the source has another price" in said


def test_from_the_rows_of_a_person_the_same_file_comes_again(tmp_path: Path) -> None:
    adopted = "openai/gpt-6.1-terra=2026-12-01"
    path = copied(tmp_path, models={}, names={}, source="none")
    main(["--file", str(path), "--adopt", adopted])
    assert path.read_bytes() == FILE.read_bytes()


@pytest.mark.parametrize("adopted", ["gpt-5=2026-12-01", "openai/gpt-5", "openai/gpt-5=soon", "openai/none=2026-12-01"])
def test_an_adoption_that_means_nothing_is_refused(tmp_path: Path, adopted: str) -> None:
    path = copied(tmp_path)
    before = path.read_bytes()
    with pytest.raises(SystemExit):
        main(["--file", str(path), "--adopt", adopted])
    assert path.read_bytes() == before


def test_all_names_of_a_model_lead_to_it(of_the_package: tuple[list[SourceModel], list[LeftOut]]) -> None:
    table = PriceTable(RepositoryPrices(CONTENT))
    for one in of_the_package[0]:
        rows = {table.find(one.provider, name.replace("*.", "us."), day=TODAY) for name in one.names}
        assert len(rows) == 1, one
        assert None not in rows, one


def same_price() -> Iterator[Any]:
    """The package's models that have the same price at every hour."""
    for name, source_id in PROVIDERS.items():
        provider = next(each for each in providers if each.id == source_id)
        for model in provider.models:
            prices = model.prices if isinstance(model.prices, list) else []
            if not any(isinstance(each.constraint, TimeOfDateConstraint) for each in prices):
                yield name, provider, model


@pytest.mark.parametrize("tokens", [1_000, 150_000, 300_000])
def test_a_call_costs_what_the_package_reckons(tokens: int) -> None:
    table = PriceTable(RepositoryPrices(CONTENT))
    used = usage(tokens, 500, read=tokens // 2, created=tokens // 4, reasoning=100)
    theirs = TheirUsage(
        input_tokens=tokens,
        cache_read_tokens=tokens // 2,
        cache_write_tokens=tokens // 4,
        output_tokens=500,
        output_reasoning_tokens=100,
    )
    now = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
    compared = 0
    for name, provider, model in same_price():
        row = table.find(name, model.id, day=TODAY)
        if row is not None and provider.find_model(model.id) is model:
            cost = cost_of(used, row)
            reckoned = model.calc_price(theirs, provider, genai_request_timestamp=now).total_price * 10**9
            assert cost is not None
            assert abs(cost.nano_usd - reckoned) <= 1, row.id
            compared += 1
    assert compared > 1000


# What becomes of one price of the package.
def theirs(**prices: Any) -> ModelPrice:
    amounts = {kind: amount if isinstance(amount, TieredPrices) else Decimal(amount) for kind, amount in prices.items()}
    return ModelPrice(**{kind if "_k" in kind else f"{kind}_mtok": amount for kind, amount in amounts.items()})


def test_prices_by_length_become_lengths_of_the_row() -> None:
    tiers = [TheirTier(start=100, price=Decimal("2")), TheirTier(start=200, price=Decimal("3.50"))]
    price = theirs(input="1", cache_read=TieredPrices(base=Decimal("1"), tiers=tiers), output="4")
    assert charges_of(price) == {
        "input": "1",
        "cache_read": "1",
        "output": "4",
        "long": [
            {"over": 100, "input": "1", "cache_read": "2", "output": "4"},
            {"over": 200, "input": "1", "cache_read": "3.5", "output": "4"},
        ],
    }


def test_a_service_tier_costs_what_the_list_price_does_where_it_says_nothing() -> None:
    assert charges_of(theirs(input="1", cache_read="0.5", output="4"), theirs(output="2")) == {
        "input": "1",
        "cache_read": "0.5",
        "output": "2",
    }


def test_amounts_have_nine_decimals() -> None:
    assert charges_of(theirs(input="0.00000000149", output="1E+1")) == {"input": "0.000000001", "output": "10"}


@pytest.mark.parametrize(
    "price",
    [
        pytest.param(theirs(input="1"), id="without a price of output"),
        pytest.param(theirs(output="1"), id="without a price of input"),
        pytest.param(ModelPrice(), id="without any"),
        pytest.param(theirs(input="1", output="2", output_image="3"), id="an output of images"),
        pytest.param(theirs(input="1", output="1000000"), id="more than an amount can be"),
        pytest.param(theirs(input="1", output="1", requests_kcount="5"), id="requests"),
    ],
)
def test_a_price_that_a_row_cannot_tell_is_left_out(price: ModelPrice) -> None:
    with pytest.raises(Inexpressible):
        charges_of(price)


def test_what_a_text_call_does_not_pay_is_no_part_of_the_row() -> None:
    others = {"input_audio": "9", "input_image": "9", "cache_write_1h": "9", "web_searches_kcount": "10"}
    price = theirs(input="1", output="2", **others)
    assert charges_of(price) == {"input": "1", "output": "2"}


def test_of_prices_by_the_hour_the_dearest_counts() -> None:
    night, day = {"input": "1", "cache_read": "0.5", "output": "9"}, {"input": "2", "output": "10"}
    assert dearest([night, day]) == {"input": "2", "cache_read": "2", "output": "10"}
    with pytest.raises(Inexpressible):
        dearest([night, day | {"long": []}])


@pytest.mark.parametrize(
    "name", ["gpt-image-1", "openai/gpt-4o-audio-preview", "tts-1", "gemini-3.8-live", "a-embed:0"]
)
def test_a_model_of_another_output_is_known_by_its_name(name: str) -> None:
    assert not is_of_text(name)


@pytest.mark.parametrize("name", ["gpt-5", "imagery-1", "audiology-7b", "research-1", "alive-2"])
def test_a_model_of_text_is_not_taken_for_another(name: str) -> None:
    assert is_of_text(name)
