"""The settings of production, read anew in this process under an environment of their own."""

from __future__ import annotations

import os
import sys
import traceback
from importlib import import_module
from typing import Any
from unittest import mock

import pytest
from django.core.exceptions import ImproperlyConfigured

import project.settings
from tests.moving_clock import moving_clock
from tests.production.process import ENVIRONMENT

MODULES = ("base", "production")


def settings_of(**environment: str | None) -> Any:
    """Import the settings under these variables, without those that are None. Sleeping takes no time."""
    changed = {name: value for name, value in (ENVIRONMENT | environment).items() if value is not None}
    names = {name: f"project.settings.{name}" for name in MODULES}
    before = {name: sys.modules.pop(name, None) for name in names.values()}
    try:
        with mock.patch.dict(os.environ, changed, clear=True), moving_clock():
            return import_module(names["production"])
    finally:
        for name, path in names.items():
            sys.modules.pop(path, None)
            if (module := before[path]) is not None:
                sys.modules[path] = module
                setattr(project.settings, name, module)


def refused(**environment: str | None) -> str:
    """The traceback of settings that refuse an environment."""
    with pytest.raises(ImproperlyConfigured) as error:
        settings_of(**environment)
    return "".join(traceback.format_exception(error.value))
