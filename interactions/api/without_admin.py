"""Imports DRF's views without Django's admin, of whose documentation DRF's generator of schemas imports one function.

Import this before anything else imports DRF's views. Whoever calls the function gets it, with all that it imports.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

POSTPONED = "django.contrib.admindocs.views"


def simplify_regex(pattern: str) -> str:
    from django.contrib.admindocs.views import simplify_regex

    return simplify_regex(pattern)


def _import_schemas() -> None:
    if POSTPONED in sys.modules:
        return
    stand_in = ModuleType(POSTPONED)
    stand_in.__dict__["simplify_regex"] = simplify_regex
    sys.modules[POSTPONED] = stand_in
    try:
        import_module("rest_framework.schemas")
    finally:
        del sys.modules[POSTPONED]


_import_schemas()
