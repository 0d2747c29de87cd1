"""Django's own test cases, which its wheel has not: `make django-cases` fetches them."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT / ".django-cases"


def django_cases(package: str) -> Any:
    """The module `tests` of the package, imported as Django's runner does: the folder on the path, the app installed.

    Where it has not been fetched the test module that asks is left out; under CI=true that is a failure.
    """
    if not (CASES / "stamp").exists():
        missing = "Django's own test cases have not been fetched: make django-cases"
        if os.environ.get("CI") == "true":
            raise FileNotFoundError(missing)
        pytest.skip(missing, allow_module_level=True)
    sys.path.insert(0, str(CASES))
    try:
        with override_settings(INSTALLED_APPS=["django.contrib.sessions", package]):
            return importlib.import_module(f"{package}.tests")
    finally:
        sys.path.remove(str(CASES))
