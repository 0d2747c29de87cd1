"""The files of prices: the repository's own, one that comes before it, and those that are refused."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from interactions.domain.price_file import price_table, read_prices
from interactions.domain.price_table import Charges, LongRates, Price, Rates
from interactions.domain.repository_prices import FILE
from tests.domain.prices import TODAY

ROW = {
    "id": "ours/mini",
    "provider": "openai",
    "model": "our-mini",
    "from": "2026-06-01",
    "input": "0.40",
    "output": "1.60",
    "seen": "https://example.com/contract",
    "read": "2026-05-30",
}
LONG = {"over": 1000, "input": "0.80", "output": "3.20"}


def written(folder: Path, *rows: Any, **more: Any) -> Path:
    path = folder / "ours.json"
    path.write_text(json.dumps({"prices": rows, **more}))
    return path


def test_a_row_is_read_as_it_stands(tmp_path: Path) -> None:
    whole = ROW | {
        "aliases": ["us.our-mini"],
        "cache_read": "0.035",
        "cache_creation": "0.50",
        "reasoning": "2",
        "long": LONG | {"cache_read": "0.07"},
        "note": "By contract.",
    }
    assert read_prices(written(tmp_path, whole, note=["Ours."])) == [
        Price(
            id="ours/mini",
            provider="openai",
            model="our-mini",
            aliases=("us.our-mini",),
            since=date(2026, 6, 1),
            charges=Charges(
                Rates(
                    input=400_000_000,
                    cache_read=35_000_000,
                    cache_creation=500_000_000,
                    output=1_600_000_000,
                    reasoning=2_000_000_000,
                ),
                (
                    LongRates(
                        1000,
                        Rates(
                            input=800_000_000,
                            cache_read=70_000_000,
                            cache_creation=800_000_000,
                            output=3_200_000_000,
                            reasoning=3_200_000_000,
                        ),
                    ),
                ),
            ),
        )
    ]


def of(input: int, output: int) -> Rates:
    return Rates(*[input * 10**9] * 3, *[output * 10**9] * 2)


def test_a_row_may_have_several_lengths_and_service_tiers(tmp_path: Path) -> None:
    long = [{"over": 10, "input": "3", "output": "4"}, {"over": 20, "input": "5", "output": "6"}]
    tiers = {"flex": {"input": "1", "output": "2"}, "batch": {"input": "1", "output": "1", "long": long[1]}}
    [row] = read_prices(written(tmp_path, ROW | {"input": "1", "output": "2", "long": long, "tiers": tiers}))
    assert row.charges == Charges(of(1, 2), (LongRates(10, of(3, 4)), LongRates(20, of(5, 6))))
    assert dict(row.tiers) == {"flex": Charges(of(1, 2)), "batch": Charges(of(1, 1), (LongRates(20, of(5, 6)),))}


def test_what_a_row_leaves_out_costs_what_the_whole_does(tmp_path: Path) -> None:
    [row] = read_prices(written(tmp_path, ROW))
    assert row.charges == Charges(Rates(*[400_000_000] * 3, *[1_600_000_000] * 2))
    assert row.tiers == ()


def test_what_costs_nothing_is_not_what_is_left_out(tmp_path: Path) -> None:
    [row] = read_prices(written(tmp_path, ROW | {"cache_read": "0", "reasoning": "0"}))
    assert (row.charges.rates.cache_read, row.charges.rates.reasoning) == (0, 0)


def found(own: Path | None, model: str, day: date = TODAY, provider: str = "openai") -> str | None:
    row = price_table(own).find(provider, model, day=day)
    return row and row.id


def test_ones_own_rows_hide_the_repositorys_of_the_model_from_their_day_on(tmp_path: Path) -> None:
    theirs = "openai/gpt-4.1-mini/2025-04-14"
    newest = "openai/gpt-4.1-mini/2026-10-14"
    own = written(tmp_path, ROW | {"model": "gpt-4.1-mini"})
    assert found(None, "gpt-4.1-mini") == newest
    assert found(own, "gpt-4.1-mini") == "ours/mini"
    assert found(own, "gpt-4.1-mini", date(2026, 6, 1)) == "ours/mini"
    assert found(own, "gpt-4.1-mini", date(2026, 5, 31)) == theirs
    assert found(own, "gpt-4.1-mini-2025-04-14") == "ours/mini", "the repository's aliases are names of the model"
    assert found(own, "gpt-4.1-nano") == "openai/gpt-4.1-nano/2026-10-14"
    assert found(own, "gpt-4.1-mini", provider="gemini") is None


def test_ones_own_row_is_older_and_counts_all_the_same(tmp_path: Path) -> None:
    own = written(tmp_path, ROW | {"model": "gpt-4.1-mini", "from": "2020-01-01"})
    assert found(own, "gpt-4.1-mini") == "ours/mini"


def test_ones_own_alias_goes_before_the_repositorys_name(tmp_path: Path) -> None:
    own = written(tmp_path, ROW | {"aliases": ["gpt-4.1-nano"]})
    assert found(own, "gpt-4.1-nano") == "ours/mini"
    assert found(own, "gpt-4.1-nano", date(2026, 5, 31)) == "openai/gpt-4.1-nano/2025-04-14"


def test_ones_own_rows_are_of_any_provider(tmp_path: Path) -> None:
    own = written(tmp_path, ROW | {"provider": "ollama", "input": "0", "output": "0"})
    assert found(own, "our-mini", provider="ollama") == "ours/mini"


def test_ones_own_rows_are_found_by_any_spelling_of_their_provider_and_model(tmp_path: Path) -> None:
    own = written(tmp_path, ROW | {"provider": "aws.bedrock", "model": "Our-Mini", "aliases": ["OUR"]})
    for provider in ("bedrock", "aws.bedrock", "AWS_Bedrock"):
        assert found(own, "our-mini", provider=provider) == "ours/mini"
        assert found(own, "Our", provider=provider) == "ours/mini"


def test_a_row_of_the_repositorys_may_be_there_too(tmp_path: Path) -> None:
    repositorys = json.loads(FILE.read_text())["prices"][0]
    assert found(written(tmp_path, repositorys), repositorys["model"]) == repositorys["id"]


WRITTEN = {"id": "openai/gpt-6-sol/2025-08-01", "model": "gpt-6-sol", "from": "2025-08-01"}


@pytest.mark.parametrize("row", [json.loads(FILE.read_text())["prices"][0], ROW | WRITTEN], ids=["read", "written"])
def test_an_id_tells_one_price(tmp_path: Path, row: dict[str, Any]) -> None:
    changed = row | {"input": "1.99"}
    with pytest.raises(
        ValueError, match="is the id of another row of the repository's: give this one its own"
    ) as refused:
        price_table(written(tmp_path, changed))
    assert changed["id"] in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        *(({name: None}, f"row 2 (ours/mini)/{name}: is required") for name in ROW if name != "id"),
        ({"id": None}, "row 2/id: is required"),
        ({"id": "x" * 129}, "/id: has 129 characters; 128 are allowed"),
        ({"provider": ""}, "row 2 (ours/mini)/provider: must not be empty"),
        ({"from": "2026-6-1"}, "row 2 (ours/mini)/from: must be a day, as 2026-01-31"),
        ({"from": "2026-02-30"}, "row 2 (ours/mini)/from: must be a day, as 2026-01-31"),
        ({"read": "yesterday"}, "row 2 (ours/mini)/read: must be a day, as 2026-01-31"),
        ({"input": 0.4}, "row 2 (ours/mini)/input: must be a string"),
        ({"input": "0,40"}, "row 2 (ours/mini)/input: must match"),
        ({"output": "-1"}, "row 2 (ours/mini)/output: must match"),
        ({"cache_read": "free"}, "row 2 (ours/mini)/cache_read: must match"),
        ({"cache_creation": "1e3"}, "row 2 (ours/mini)/cache_creation: must match"),
        ({"reasoning": "1000000"}, "row 2 (ours/mini)/reasoning: must match"),
        ({"aliases": "mini"}, "row 2 (ours/mini)/aliases: must be a list of at most 16 names of models"),
        ({"aliases": [1]}, "row 2 (ours/mini)/aliases: must be a list of at most 16 names of models"),
        ({"long": {**LONG, "over": None}}, "row 2 (ours/mini)/long/over: is required"),
        ({"long": {**LONG, "over": 0}}, "row 2 (ours/mini)/long/over: must be from 1 to"),
        ({"long": {**LONG, "output": None}}, "row 2 (ours/mini)/long/output: is required"),
        ({"long": {**LONG, "price": "1"}}, "row 2 (ours/mini)/long/price: is not a field of this object"),
        ({"long": [LONG, {**LONG, "output": None}]}, "row 2 (ours/mini)/long/1/output: is required"),
        ({"long": [LONG, LONG]}, "row 2 (ours/mini)/long: must be in ascending order of `over`"),
        ({"long": [{**LONG, "over": over} for over in range(9, 0, -1)]}, "/long: must be an object, or a list of at"),
        ({"long": [7]}, "row 2 (ours/mini)/long/0: must be a JSON object"),
        ({"tiers": []}, "row 2 (ours/mini)/tiers: must be a JSON object"),
        ({"tiers": {"flex": {"input": "1"}}}, "row 2 (ours/mini)/tiers/flex/output: is required"),
        ({"tiers": {"flex": LONG}}, "row 2 (ours/mini)/tiers/flex/over: is not a field of this object"),
        ({"tiers": {"default": {"input": "1", "output": "1"}}}, "/tiers/default: is not a service tier with a price"),
        ({"tiers": {"Flex": {"input": "1", "output": "1"}}}, "/tiers/Flex: is not a service tier with a price"),
        ({"tiers": {f"t{n}": {"input": "1", "output": "1"} for n in range(9)}}, "/tiers: must have at most 8"),
        ({"cached": "0.10"}, "row 2 (ours/mini)/cached: is not a field of this object"),
        ({"id": "ours/other"}, "two rows have the id ours/other"),
        ({"model": "other"}, "ours/mini is the second row of its model from 2026-06-01 on"),
        ({"aliases": ["other"]}, "ours/mini and another model's row both go by the name other"),
        ({"aliases": ["OTHER"]}, "ours/mini and another model's row both go by the name OTHER"),
        ({"provider": "open_ai", "model": "Other"}, "ours/mini is the second row of its model from 2026-06-01 on"),
        ({"model": "alias"}, "ours/mini and another model's row both go by the name alias"),
    ],
)
def test_a_row_that_is_wrong_is_named_and_nothing_is_used(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    first = ROW | {"id": "ours/other", "model": "other", "aliases": ["alias"]}
    own = written(tmp_path, first, ROW | changes)
    with pytest.raises(ValueError, match="cannot be used") as refused:
        price_table(own)
    assert said in str(refused.value)
    assert str(own) in str(refused.value)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be used") as refused:
        read_prices(written(tmp_path, ROW | {"input": "a"}, 5, ROW | {"from": "b"}, more=1))
    for said in ("row 1 (ours/mini)/input", "row 2: must be a JSON object", "row 3 (ours/mini)/from", "ours.json/more"):
        assert said in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ("[]", "must be a JSON object"),
        ("{}", "prices: is required"),
        ('{"prices": {}}', "prices: must be a list of rows"),
        ('{"prices": [NaN]}', "NaN, which is not JSON"),
    ],
)
def test_what_is_no_file_of_prices_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "ours.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=said):
        price_table(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"ours\.json cannot be used: .*No such file"):
        price_table(tmp_path / "ours.json")


def test_a_file_is_read_once(tmp_path: Path) -> None:
    own = written(tmp_path, ROW)
    table = price_table(own)
    own.unlink()
    assert price_table(own) is table
