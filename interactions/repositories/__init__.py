"""Stores of interactions: one port, an adapter for each store."""

from __future__ import annotations

from functools import cache

from django.utils.module_loading import import_string

from interactions.conf import conf
from interactions.repositories.base import InteractionRepository


@cache
def get_repository() -> InteractionRepository:
    """The store that the settings name, made once a process."""
    repository: InteractionRepository = import_string(conf.repository)()
    return repository
