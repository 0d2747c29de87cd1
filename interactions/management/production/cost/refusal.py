"""What ends a reckoning rather than let it guess."""

from __future__ import annotations


class Refused(Exception):
    """There is something in the inputs that no bill can be made of; the text says what, to a person."""
