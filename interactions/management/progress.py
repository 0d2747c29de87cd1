"""A progress bar for a person at a terminal."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import Any


def progress_bar(**options: Any) -> Any:
    """tqdm's on a terminal; elsewhere a context without one."""
    if not sys.stderr.isatty():
        return nullcontext()
    try:
        from tqdm import tqdm
    except ImportError:  # it is installed for people, not in production
        return nullcontext()
    return tqdm(dynamic_ncols=True, **options)
