"""Rows of a source are added to those of a file: what is there stays, and what a person decides is added."""

from __future__ import annotations

from typing import Any

import pytest

from infra.prices.charges import Charges
from infra.prices.merging import Adoption, Merged, merge
from infra.prices.source import SourceModel


def charges(amount: int, **tiers: int) -> Charges:
    amounts = {"input": str(amount), "output": str(amount)}
    of_tiers = {name: {"input": str(tier), "output": str(tier)} for name, tier in tiers.items()}
    return amounts | ({"tiers": of_tiers} if tiers else {})


def row(model: str, since: str, amount: int, provider: str = "p", **more: Any) -> dict[str, Any]:
    return (
        {"id": f"{provider}/{model}/{since}", "provider": provider, "model": model, "from": since}
        | charges(amount)
        | more
    )


def merged(rows: list[dict[str, Any]], *models: SourceModel, adopt: tuple[str, ...] = ()) -> Merged:
    content = {"note": [], "source": "", "prices": rows, "models": {}, "names": {}}
    done = merge(content, models, [Adoption.parse(each) for each in adopt])
    assert done.content["prices"] == rows
    again = merge(done.content, models)
    assert (again.content, again.added) == (done.content, []), "a second time nothing is added"
    return done


def of(states: dict[str, Charges], *names: str, provider: str = "p") -> SourceModel:
    return SourceModel(provider, [*names] or ["m"], states)


def test_a_model_that_is_new_gets_all_its_rows_and_names() -> None:
    states = {"2025-08-01": charges(1), "2026-01-01": charges(2)}
    done = merged([], of(states, "m", "m-one", "m-2026-01-01"))
    assert done.content["models"] == {"p": {"m": [{"from": day, **each} for day, each in states.items()]}}
    assert done.content["names"] == {"p": {"m-one": "m"}}, "a date is dropped by a rule: the file need not name it"
    assert done.added == ["p/m/2025-08-01", "p/m/2026-01-01"]
    assert done.remarks == []


def test_a_row_of_a_person_stays_where_the_source_has_another_price() -> None:
    done = merged([row("m", "2026-01-01", 5)], of({"2025-08-01": charges(1)}, "m", "m-one"))
    assert (done.content["models"], done.content["names"], done.added) == ({}, {}, [])
    [disputed] = done.disputed
    assert disputed.startswith("p/m/2026-01-01 stays on 2026-01-01; the source has another price")


def test_a_price_that_the_source_dates_is_a_new_row() -> None:
    done = merged([row("m", "2026-01-01", 1)], of({"2025-08-01": charges(1), "2026-06-01": charges(2)}, "m", "m-one"))
    assert done.added == ["p/m/2026-06-01"]
    assert done.content["names"] == {"p": {"m-one": "m"}}
    assert done.remarks == []


def test_a_price_that_comes_again_is_a_new_row_too() -> None:
    states = {"2025-08-01": charges(1), "2026-06-01": charges(2), "2026-07-01": charges(1)}
    assert merged([row("m", "2026-01-01", 1)], of(states)).added == ["p/m/2026-06-01", "p/m/2026-07-01"]


def test_what_the_source_dates_before_the_first_row_is_left_out() -> None:
    done = merged([row("m", "2026-01-01", 1)], of({"2025-08-01": charges(9), "2025-10-01": charges(1)}))
    assert (done.added, done.disputed, done.remarks) == ([], [], [])


def test_service_tiers_that_the_source_dates_are_a_new_row() -> None:
    states = {"2025-08-01": charges(1), "2026-06-01": charges(1, flex=2)}
    assert merged([row("m", "2026-01-01", 1)], of(states)).added == ["p/m/2026-06-01"]
    assert merged([row("m", "2026-01-01", 5)], of(states)).added == [], "but not where the list price is another"


def test_a_person_may_adopt_the_price_of_the_source_from_a_day_on() -> None:
    rows, one = [row("m", "2026-01-01", 5)], of({"2025-08-01": charges(1), "2026-06-01": charges(1, flex=2)})
    done = merged(rows, one, adopt=("p/m=2026-05-01",))
    later = {"from": "2026-06-01", **charges(1, flex=2)}
    assert done.content["models"] == {"p": {"m": [{"from": "2026-05-01", **charges(1)}, later]}}
    with pytest.raises(ValueError, match="has a row from 2026-01-01 on, which stays"):
        merged(rows, one, adopt=("p/m=2026-01-01",))


def test_the_rows_of_a_person_may_go_by_another_name_of_the_model() -> None:
    done = merged([row("us.m", "2026-01-01", 1, aliases=["eu.m"])], of({"2025-08-01": charges(1)}, "m", "us.m", "eu.m"))
    assert (done.added, done.content["names"]) == ([], {"p": {"m": "us.m"}})


def test_a_name_that_moves_to_another_model_stays_where_records_have_found_it() -> None:
    first = merged([], of({"2025-08-01": charges(1)}, "old", "newest"))
    models = (of({"2025-08-01": charges(1)}, "old"), of({"2025-08-01": charges(2)}, "new", "newest"))
    done = merge(first.content, models)
    assert done.content["names"] == {"p": {"newest": "old"}}
    assert done.added == ["p/new/2025-08-01"]
    assert done.remarks == ["newest is a name of p/old and stays; the source: new."]


def test_a_model_between_two_of_the_file_is_left_out() -> None:
    rows = [row("a", "2026-01-01", 1), row("b", "2026-01-01", 2)]
    done = merged(rows, of({"2025-08-01": charges(1)}, "m", "a", "b"))
    assert (done.added, done.remarks) == ([], ["p/m has names of a and b: it is left out."])
