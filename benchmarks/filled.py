"""A repository that holds a population, and what a bench needs to call it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from benchmarks.measuring import Spent
from benchmarks.population import Population
from interactions.domain.interaction import Interaction
from interactions.repositories.base import InteractionRepository


@dataclass(slots=True)
class Filled:
    """The subject of measurements: `benchmarks.measuring` says what `select` and `spent` are for."""

    repository: InteractionRepository
    population: Population
    select: Callable[[], None] = lambda: None
    spent: Callable[[], Spent] = Spent
    _added: int = 0

    def any(self, random: Random) -> Interaction:
        return self.population.interaction(random.randrange(self.population.size))

    def new(self) -> Interaction:
        """One that it does not hold yet, later than all others, in no conversation."""
        self._added += 1
        return self.population.interaction(self.population.size + self._added)
