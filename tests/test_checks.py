"""`manage.py check` names each bad setting by its id."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

BAD = [
    ("INTERACTIONS_REPOSITORY", "interactions.repositories.Missing", "E001"),
    ("INTERACTIONS_ACCOUNTS", "no.such.module", "E002"),
    ("INTERACTIONS_CONTENT_RETENTION_DAYS", 0, "E003"),
    ("INTERACTIONS_CONTENT_RETENTION_DAYS", True, "E003"),
    ("INTERACTIONS_CONTENT_RETENTION_DAYS", "30", "E003"),
    ("INTERACTIONS_RECORD_RETENTION_DAYS", -1, "E004"),
    ("INTERACTIONS_RECORD_RETENTION_DAYS", 1.5, "E004"),
    ("INTERACTIONS_RATE_LIMIT_USER", "often", "E005"),
    ("INTERACTIONS_RATE_LIMIT_KEY", "0/minute", "E006"),
    ("INTERACTIONS_REDACTION", "cpf=hide", "E007"),
]


def found() -> list[tuple[str | None, str]]:
    return [(error.id, error.msg) for error in run_checks() if error.id and error.id.startswith("interactions.")]


def test_the_settings_as_they_are_have_no_fault() -> None:
    assert found() == []


@pytest.mark.parametrize(("name", "value", "number"), BAD)
def test_a_bad_setting_is_named(settings: Settings, name: str, value: Any, number: str) -> None:
    setattr(settings, name, value)
    ((error, message),) = found()
    assert error == f"interactions.{number}"
    assert message.startswith(name)


@pytest.mark.parametrize("name", ["INTERACTIONS_CONTENT_RETENTION_DAYS", "INTERACTIONS_RECORD_RETENTION_DAYS"])
@pytest.mark.parametrize("days", [1, None])
def test_one_day_is_enough_and_none_keeps_for_ever(settings: Settings, name: str, days: int | None) -> None:
    setattr(settings, name, days)
    assert found() == []
