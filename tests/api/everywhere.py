"""Marks single cases of a parametrised test, as `@pytest.mark.everywhere` marks a whole one.

@pytest.mark.parametrize("method", ["GET", everywhere("PATCH")])
"""

from __future__ import annotations

from typing import Any

import pytest


def everywhere(*values: Any) -> Any:
    return pytest.param(*values, marks=pytest.mark.everywhere)
