"""What the running service writes to its log, gunicorn's own lines included."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from urllib.parse import urlsplit

from tests.e2e.client import Client
from tests.e2e.conftest import Filled
from tests.e2e.service import Service

MARK = "quasi-una-fantasia"


def test_every_line_is_json_and_nobodys_words_are_in_it(filled: Filled) -> None:
    service = Service(filled(), workers=1)
    with service:
        speak(service)
    lines = service.log.read_text().splitlines()
    documents = [json.loads(line) for line in lines]
    assert len([d for d in documents if d["logger"] == "interactions.requests" and d.get("user_id") == "writer"]) >= 3
    assert MARK not in "".join(lines)


def speak(service: Service) -> None:
    client = Client(service.url, service.key("writer"))
    assert client.ask("POST", "/v1/interactions", {"prompt": MARK, "response": MARK}).status == 201
    assert client.ask("POST", "/v1/interactions", {MARK: MARK}, Idempotency_Key=MARK).status == 400
    assert client.ask("GET", f"/v1/interactions?{MARK}={MARK}").status == 400
    assert client.ask("GET", f"/{MARK}", Host=f"{MARK}.example").status == 400
    broken = HTTPConnection(urlsplit(service.url).netloc, timeout=60)
    broken.putrequest("GET", f"/{MARK}", skip_host=True)
    broken.putheader("Content-Length", MARK)  # gunicorn refuses it before Django sees it
    broken.endheaders()
    assert broken.getresponse().status == 400
    broken.close()
