"""One request through every layer."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient


@pytest.mark.everywhere
def test_what_was_recorded_is_read_back(alice: APIClient) -> None:
    recorded = alice.post("/v1/interactions", {"prompt": "Hi", "response": "Hello"}, format="json")
    assert recorded.status_code == 201
    read = alice.get(recorded["Location"])
    assert read.json() == recorded.json()
    assert read["ETag"] == recorded["ETag"] == '"1"'
    listed = alice.get("/v1/interactions")
    assert listed.json() == {"next": None, "previous": None, "results": [recorded.json()]}
