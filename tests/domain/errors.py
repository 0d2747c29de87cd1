"""What was found wrong, in a form that tests can compare."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from interactions.domain.errors import Invalid


def wrong(call: Callable[[], object]) -> dict[str, str]:
    """The codes of the errors by pointer; the call has to raise `Invalid`."""
    with pytest.raises(Invalid) as refused:
        call()
    return {error.pointer: error.code for error in refused.value.errors}
