"""The rows of the source, added to those of the file. A row that is in the file stays: records name it by its id."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from infra.prices.charges import Charges
from infra.prices.source import SourceModel
from infra.prices.spelling import BEDROCK_VERSION
from interactions.domain.model_names import model_names
from interactions.domain.price_table import Price
from interactions.domain.repository_prices import RepositoryPrices, price_of

Content = dict[str, Any]


class Adoption(NamedTuple):
    """A person's decision that the source's price of a model holds from a day on."""

    provider: str
    model: str
    since: date

    @classmethod
    def parse(cls, text: str) -> Adoption:
        """An adoption as `openai/gpt-5=2026-12-01`.

        Raises:
            ValueError
        """
        name, _, day = text.rpartition("=")
        provider, _, model = name.partition("/")
        if not (provider and model):
            raise ValueError(f"{text} is not of the form PROVIDER/MODEL=DAY")
        return cls(provider, model, date.fromisoformat(day))


class Merged(NamedTuple):
    """The content to write, and what to tell: ids of new rows; other prices of the source, which it does not date."""

    content: Content
    added: list[str]
    disputed: list[str]
    remarks: list[str]


def merge(content: Content, source: Iterable[SourceModel], adoptions: Iterable[Adoption] = ()) -> Merged:
    """
    Raises:
        ValueError: an adoption is of a model that the source does not have, or of a day that has a row.
    """
    merging = _Merging(content)
    bound = merging.bind([*source])
    wanted = {(each.provider, each.model): each.since for each in adoptions}
    for one, model in bound:
        merging.add_rows(one, model, wanted.pop((one.provider, model), None))
    if wanted:
        raise ValueError(f"the source has no model {', '.join('/'.join(key) for key in wanted)}")
    merging.add_names(bound)
    return merging.done()


class _Merging:
    def __init__(self, content: Content) -> None:
        self._content = content
        self._models = {provider: dict(models) for provider, models in content["models"].items()}
        self._names = {provider: dict(names) for provider, names in content["names"].items()}
        self._file = RepositoryPrices(content)
        self._added: list[str] = []
        self._remarks: list[str] = []
        # The models whose list price is another in the file, each with a text. Their names are not added.
        self._disputed: dict[tuple[str, str], str] = {}

    def bind(self, models: list[SourceModel]) -> list[tuple[SourceModel, str]]:
        """Each model with its name in the file: its own, or that of the rows that have one of its other names."""
        taken = {(one.provider, one.model) for one in models if self._file.of_model(one.provider, one.model)}
        found: list[tuple[SourceModel, str]] = []
        for one in models:
            if (one.provider, one.model) in taken:
                found.append((one, one.model))
                continue
            spelled = [each for name in one.names for each in (name, f"{name}{BEDROCK_VERSION}")]
            known = {model for name in spelled if (model := self._file.model_of(one.provider, name)) is not None}
            free = sorted(name for name in known if (one.provider, name) not in taken)
            if len(free) > 1:
                self._remarks.append(f"{one.provider}/{one.model} has names of {' and '.join(free)}: it is left out.")
                continue
            model = free[0] if free else one.model
            taken.add((one.provider, model))
            found.append((one, model))
        return found

    def add_rows(self, one: SourceModel, model: str, adopted: date | None) -> None:
        rows = {row.since: row for row in self._file.of_model(one.provider, model)}
        is_new, new = not rows, dict[date, Charges]()

        def add(since: date, charges: Charges) -> None:
            rows[since], new[since] = _row(one, model, since, charges), charges

        if adopted in rows:
            raise ValueError(f"{one.provider}/{model} has a row from {adopted} on, which stays")
        if adopted is not None:
            since = max((day for day in one.states if day <= adopted.isoformat()), default=min(one.states))
            add(adopted, one.states[since])
        before = None
        for day, charges in one.states.items():
            row = _row(one, model, date.fromisoformat(day), charges)
            if is_new or (before is not None and self._is_news(row, before, rows)):
                add(row.since, charges)
            before = row
        if new:
            written = [{"from": since.isoformat(), **charges} for since, charges in new.items()]
            known = self._models.setdefault(one.provider, {}).get(model, [])
            self._models[one.provider][model] = sorted([*known, *written], key=lambda row: row["from"])
            self._added += [rows[since].id for since in new]
        self._compare(one, model, rows)

    def _is_news(self, row: Price, before: Price, rows: dict[date, Price]) -> bool:
        """Whether the source dates a change that the file does not have. Tiers are none of a disputed list price."""
        in_force = _in_force(rows, row.since)
        if in_force is None or row.since in rows or _is_same(row, in_force):
            return False
        return row.charges != before.charges or before.charges == in_force.charges

    def _compare(self, one: SourceModel, model: str, rows: dict[date, Price]) -> None:
        """Remark on the newest price of the model, if the file and the source disagree about it."""
        states = {date.fromisoformat(day): charges for day, charges in one.states.items()}
        day = max(*rows, *states)
        in_force, since = rows[max(rows)], max(states)
        theirs = _row(one, model, since, states[since])
        if _is_same(theirs, in_force):
            return
        if theirs.charges != in_force.charges:
            text = f"{in_force.id} stays on {day}; the source has another price: {states[since]}"
            self._disputed[one.provider, model] = text
        else:
            self._remarks.append(f"{in_force.id} stays on {day}; the source has other service tiers: {states[since]}")

    def add_names(self, bound: list[tuple[SourceModel, str]]) -> None:
        """Add the names that no rule for names leads to the model, but for those of another model in the file."""
        known = RepositoryPrices(self._content | {"models": self._models, "names": self._names})
        for one, model in bound:
            if (one.provider, model) in self._disputed:
                continue
            for name in one.names:
                owner = known.model_of(one.provider, name)
                if owner is not None and owner != model:
                    self._remarks.append(f"{name} is a name of {one.provider}/{owner} and stays; the source: {model}.")
                elif _found(known, one.provider, name) != model:
                    self._names.setdefault(one.provider, {})[name] = model

    def done(self) -> Merged:
        content = self._content | {
            "models": {provider: _in_order(models) for provider, models in _in_order(self._models).items()},
            "names": {provider: _in_order(names) for provider, names in _in_order(self._names).items()},
        }
        return Merged(content, sorted(self._added), [*self._disputed.values()], self._remarks)


def _row(one: SourceModel, model: str, since: date, charges: Charges) -> Price:
    return price_of(one.provider, model, {"from": since.isoformat(), **charges})


def _is_same(one: Price, other: Price) -> bool:
    return (one.charges, one.tiers) == (other.charges, other.tiers)


def _in_force(rows: dict[date, Price], day: date) -> Price | None:
    return rows.get(max((since for since in rows if since <= day), default=day))


def _found(known: RepositoryPrices, provider: str, name: str) -> str | None:
    names = model_names(provider, name)
    return next((model for each in names if (model := known.model_of(provider, each)) is not None), None)


def _in_order(members: dict[str, Any]) -> dict[str, Any]:
    return {name: members[name] for name in sorted(members)}
