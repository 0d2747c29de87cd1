"""Walking all pages of a long list while others add to it and delete from it."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from tests.e2e.client import Client
from tests.e2e.service import Service

ITEMS = 3_000
PAGE = 20
OTHERS = 200
FIRST_MILLISECOND = 1_700_000_000_000


def id_at(millisecond: int, number: int) -> str:
    return f"{millisecond >> 16:08x}-{millisecond & 0xFFFF:04x}-7000-8000-{number:012x}"


def come_and_go(client: Client, walks: Event) -> int:
    """Add others in the midst of the list and delete them, until the walks are over, and at least 200; how many."""
    places = random.Random(7)
    others = 0
    while others < OTHERS or not walks.is_set():
        other = id_at(FIRST_MILLISECOND + places.randrange(ITEMS // 3), ITEMS + others)
        assert client.ask("POST", "/v1/interactions", {"prompt": "other", "interaction_id": other}).status == 201
        if others % 10:  # one in ten stays
            assert client.ask("DELETE", f"/v1/interactions/{other}").status == 204
        others += 1
    return others


def test_walking_visits_each_once_whatever_comes_and_goes(service: Service) -> None:
    client = Client(service.url, service.key("walker"))
    ids = [id_at(FIRST_MILLISECOND + n // 3, n) for n in range(ITEMS)]  # several of one millisecond

    def fill(start: int) -> None:
        batch = [{"prompt": "Hi", "interaction_id": interaction_id} for interaction_id in ids[start : start + 100]]
        answer = client.ask("POST", "/v1/interactions/bulk", batch)
        assert {result["status"] for result in answer.body["results"]} == {201}

    with ThreadPoolExecutor(2) as pool:
        [*pool.map(fill, range(0, ITEMS, 100))]

    walks = Event()
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(come_and_go, client, walks)
        try:
            for order in ("desc", "asc"):
                path = f"/v1/interactions?limit={PAGE}&view=summary&order={order}"
                found = [item["interaction_id"] for item in client.walk(path)]
                visits = Counter(found)
                assert {interaction_id: visits[interaction_id] for interaction_id in ids} == dict.fromkeys(ids, 1)
                assert set(visits.values()) == {1}
                assert found == sorted(found, reverse=order == "desc")
        finally:
            walks.set()
    assert coming.result() >= OTHERS
