"""Why there is no package."""

from __future__ import annotations


class BuildFailed(Exception):
    """The package cannot be made; the text says what to do."""


class NoLambdaPython(BuildFailed):
    """There is no Python of the version that Lambda runs."""
