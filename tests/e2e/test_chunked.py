"""A body in chunks, which only a real server meets."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from urllib.parse import urlsplit

from tests.e2e.service import Service


def test_a_body_without_its_length_is_refused_rather_than_taken_for_empty(service: Service) -> None:
    key = service.key("alice")
    connection = HTTPConnection(urlsplit(service.url).netloc, timeout=30)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    connection.request("POST", "/v1/interactions", iter([b'{"prompt": ', b'"Hi"}']), headers, encode_chunked=True)
    answer = connection.getresponse()
    problem = json.loads(answer.read())
    connection.close()
    assert (answer.status, problem["type"]) == (411, "/problems/length-required")
    assert [error["pointer"] for error in problem["errors"]] == ["Content-Length"]
