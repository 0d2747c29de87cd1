"""What botocore knows of services takes ten times as long to read as the rest of a client takes to make."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from unittest import mock


@contextmanager
def read_once() -> Iterator[None]:
    """Sessions of botocore that are made inside share what one of them has read."""
    from botocore.loaders import create_loader

    with mock.patch("botocore.session.create_loader", cache(create_loader)):
        yield
