"""The description that is served: valid, without a warning, the committed one, and complete."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from rest_framework.test import APIClient

COMMITTED = Path(__file__).resolve().parents[2] / "openapi.yaml"


def document_of(description: str | bytes) -> Any:
    """What the YAML says; libyaml reads it ten times as fast as `safe_load`."""
    return yaml.load(description, yaml.CSafeLoader)


def test_the_committed_description_is_the_generated_one() -> None:
    generated = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=generated)
    assert COMMITTED.read_text() == generated.getvalue(), "run `make openapi` and commit openapi.yaml"


@pytest.mark.everywhere
def test_the_served_description_is_the_committed_one_and_needs_no_credential() -> None:
    served = APIClient().get("/v1/schema")
    assert served.status_code == 200
    document = document_of(served.content)
    assert document == document_of(COMMITTED.read_text())
    assert document["openapi"].startswith("3.1.")


def test_every_operation_documents_its_answers_and_bodies_have_examples() -> None:
    document = document_of(COMMITTED.read_text())
    for path, item in document["paths"].items():
        for method, operation in item.items():
            where = f"{method} {path}"
            assert operation["summary"], where
            assert any(status.startswith("2") for status in operation["responses"]), where
            assert {"400", "406", "500"} <= operation["responses"].keys(), where
            for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
                if media_type == "application/json" and method == "post":
                    assert content.get("examples") or "Login" in str(content["schema"]), where


def test_the_documentation_page_takes_nothing_from_elsewhere() -> None:
    page = APIClient().get("/v1/docs").content.decode()
    assert "swagger-ui" in page
    assert "//cdn" not in page
    assert 'src="http' not in page


def test_the_address_alone_leads_to_the_documentation() -> None:
    answer = APIClient().get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/v1/docs")
