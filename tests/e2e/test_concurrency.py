"""Many clients at once over the running service: nothing is lost, nothing is there twice, whatever happens."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from itertools import count, takewhile
from threading import Semaphore
from typing import Any

import pytest

from tests.e2e.client import Answer, Client
from tests.e2e.conftest import Filled
from tests.e2e.service import Service

CLIENTS = 8
ROUNDS = 20
# `E2E_SECONDS=20` writes for so long instead of so many rounds.
SECONDS = float(os.environ.get("E2E_SECONDS", "0"))
ACKNOWLEDGED_BEFORE_THE_END = 200


@pytest.fixture(scope="module")
def crowded(filled: Filled) -> Iterator[Service]:
    """A service of four workers, which each test asks as another user."""
    with Service(filled(), workers=4) as running:
        yield running


def at_once(work: Callable[[int], Any], workers: int = CLIENTS) -> list[Any]:
    """Run the work with the numbers from 0 in threads of their own; its failures fail the test."""
    with ThreadPoolExecutor(workers) as pool:
        return [*pool.map(work, range(workers))]


def rounds() -> Iterator[int]:
    if not SECONDS:
        yield from range(ROUNDS)
        return
    ends = time.monotonic() + SECONDS
    yield from takewhile(lambda _: time.monotonic() < ends, count())


def test_clients_that_write_at_once_lose_nothing_and_write_nothing_twice(crowded: Service) -> None:
    client = Client(crowded.url, crowded.key("writer"))
    started = time.monotonic()

    def write(number: int) -> tuple[list[str], list[Answer]]:
        expected, answers = [], []
        for n in rounds():
            prompts = [f"{number}/{n}/{i}" for i in range(6)]
            shared = {"prompt": f"shared/{n}", "conversation_id": "talk"}
            alone = {"prompt": prompts[0], "conversation_id": f"talk-{n % 7}"}
            answers += [
                client.ask("POST", "/v1/interactions", alone),
                client.ask("POST", "/v1/interactions", shared, Idempotency_Key=f"shared-{n}"),
                client.ask("POST", "/v1/interactions/bulk", [{"prompt": prompt} for prompt in prompts[1:]]),
            ]
            expected += prompts
            item = f"/v1/interactions/{answers[-3].body['interaction_id']}"
            answers.append(client.ask("PATCH", item, {"response": "done"}))
        return expected, answers

    done = at_once(write)
    lasted = time.monotonic() - started
    answers = [answer for _, of_one in done for answer in of_one]
    assert {answer.status for answer in answers} == {200, 201, 207}
    raced = [answer for answer in answers if answer.body.get("prompt", "").startswith("shared/")]
    keys = {answer.body["prompt"] for answer in raced}
    assert len({answer.body["interaction_id"] for answer in raced}) == len(keys), "one record a key"
    assert len([answer for answer in raced if "Idempotent-Replayed" not in answer.headers]) == len(keys)
    expected = Counter([*keys, *(prompt for prompts, _ in done for prompt in prompts)])
    stored = client.walk("/v1/interactions?limit=100")
    assert Counter(item["prompt"] for item in stored) == expected
    completed = {item["prompt"] for item in stored if item["status"] == "completed"}
    assert completed == {prompt for prompts, _ in done for prompt in prompts[::6]}
    assert client.ask("GET", "/v1/usage").body["total"]["count"] == expected.total()
    rate = len(answers) / lasted
    print(f"{len(answers)} requests, {expected.total()} interactions in {lasted:.1f} s: {rate:.0f} requests a second")


def test_clients_that_change_one_interaction_at_once_lose_no_change(crowded: Service) -> None:
    client = Client(crowded.url, crowded.key("walker"))
    item = f"/v1/interactions/{client.ask('POST', '/v1/interactions', {'prompt': 'Hi'}).body['interaction_id']}"

    def change(number: int) -> tuple[str | None, Counter[int]]:
        last, statuses = None, Counter[int]()
        for n in range(ROUNDS):
            answer = client.ask("PATCH", item, {"metadata": {f"k{number}": str(n)}})
            statuses[answer.status] += 1
            last = str(n) if answer.status == 200 else last
        return last, statuses

    done = at_once(change)
    statuses = sum((of_one for _, of_one in done), Counter[int]())
    assert statuses.keys() <= {200, 409}
    final = client.ask("GET", item).body
    assert final["metadata"] == {f"k{number}": last for number, (last, _) in enumerate(done) if last is not None}
    assert final["version"] == 1 + statuses[200], "each change that was answered is one version"


def test_every_answered_write_survives_a_kill_in_the_middle(crowded: Service) -> None:
    client = Client(crowded.url, crowded.key("alice"))
    answered = Semaphore(0)

    def write(number: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """What was answered, and what was in flight at the end, with its key."""
        documents: list[dict[str, Any]] = []
        for n in count():
            body = {"prompt": f"{number}/{n}", "response": "r" * 2000, "conversation_id": f"talk-{number}"}
            try:
                answer = client.ask("POST", "/v1/interactions", body, Idempotency_Key=f"{number}-{n}")
            except (OSError, HTTPException, ValueError):
                return documents, {"key": f"{number}-{n}", "body": body}
            assert answer.status == 201, answer
            documents.append(answer.body)
            answered.release()
        raise AssertionError("it never ends by itself")

    with ThreadPoolExecutor(CLIENTS) as pool:
        writers = [pool.submit(write, number) for number in range(CLIENTS)]
        for _ in range(ACKNOWLEDGED_BEFORE_THE_END):
            assert answered.acquire(timeout=60)
        crowded.end(signal.SIGKILL)
        done = [writer.result() for writer in writers]
    with sqlite3.connect(crowded.data_dir / "interactions.sqlite3") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()
    crowded.start()

    acknowledged = [document for documents, _ in done for document in documents]
    assert len(acknowledged) >= ACKNOWLEDGED_BEFORE_THE_END
    stored = {item["interaction_id"]: item for item in client.walk("/v1/interactions?limit=100")}
    for document in acknowledged:
        assert stored[document["interaction_id"]] == document
    assert len(stored) <= len(acknowledged) + CLIENTS
    for _, in_flight in done:
        answer = client.ask("POST", "/v1/interactions", in_flight["body"], Idempotency_Key=in_flight["key"])
        assert answer.status == 201
    prompts = Counter(item["prompt"] for item in client.walk("/v1/interactions?limit=100"))
    assert prompts == Counter([d["prompt"] for d in acknowledged] + [f["body"]["prompt"] for _, f in done])
