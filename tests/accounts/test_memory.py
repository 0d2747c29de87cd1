"""What a process remembers of accounts and keys: for 5 s, never of a password, and what it ended itself not at all."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from interactions.accounts.base import Accounts, CredentialRefused
from interactions.accounts.memory import MAX_ENTRIES, Memory
from tests.accounts.stores import SECRET, Seconds, Store
from tests.conftest import PASSWORD
from tests.faults.proxy import FaultyDynamoDB


def accepts(accounts: Accounts, key: str) -> bool:
    try:
        accounts.check_key(key)
    except CredentialRefused:
        return False
    return True


def is_active(accounts: Accounts) -> bool:
    account = accounts.get_account("ana")
    return account is not None and account.active


Ending = Callable[[Accounts, str], object]


@pytest.mark.parametrize(
    "end",
    [
        lambda accounts, key_id: accounts.revoke_key(key_id),
        lambda accounts, key_id: accounts.erase_credentials("ana"),
        lambda accounts, key_id: accounts.delete_account("ana"),
    ],
    ids=["revoking", "erasing", "deleting"],
)
def test_the_end_of_a_key_holds_here_at_once_and_elsewhere_within_5_seconds(
    store: Store, seconds: Seconds, end: Ending
) -> None:
    here, elsewhere = store.start(), store.start()
    key, made = here.create_key("ana", ("read",))
    assert accepts(here, key)
    assert accepts(elsewhere, key)
    end(here, made.key_id)
    assert not accepts(here, key)
    seconds.now += 5.0
    assert not accepts(elsewhere, key)


@pytest.mark.parametrize(
    "end",
    [lambda accounts: accounts.change_account("ana", active=False), lambda accounts: accounts.delete_account("ana")],
    ids=["disabling", "deleting"],
)
def test_the_end_of_an_account_holds_here_at_once_and_elsewhere_within_5_seconds(
    store: Store, seconds: Seconds, end: Callable[[Accounts], object]
) -> None:
    here, elsewhere = store.start(), store.start()
    here.create_account("ana", PASSWORD)
    assert is_active(here)
    assert is_active(elsewhere)
    end(here)
    assert not is_active(here)
    with pytest.raises(CredentialRefused):
        elsewhere.check_password("ana", PASSWORD)  # a password is checked by what is stored now
    seconds.now += 5.0
    assert not is_active(elsewhere)


def test_a_change_elsewhere_is_seen_within_5_seconds(store: Store, seconds: Seconds) -> None:
    here, elsewhere = store.start(), store.start()
    before = here.create_account("ana", PASSWORD)
    assert elsewhere.get_account("ana") == before
    after = here.change_account("ana", password="staple-battery-horse", staff=True)
    assert here.get_account("ana") == after
    seconds.now += 5.0
    assert elsewhere.get_account("ana") == after


def test_what_is_made_works_at_once_though_it_was_asked_for_before(store: Store) -> None:
    here, elsewhere = store.start(), store.start()
    assert here.get_account("ana") is elsewhere.get_account("ana") is None
    made = here.create_account("ana", PASSWORD)
    assert here.get_account("ana") == elsewhere.get_account("ana") == made


def test_what_is_used_within_5_seconds_is_read_once(wired_store: Store, wire: FaultyDynamoDB, seconds: Seconds) -> None:
    accounts = wired_store.start()
    key, _ = accounts.create_key("ana", ("read",))
    accounts.create_account("ana", PASSWORD)
    for reads in (1, 2):
        for _ in range(3):
            accounts.check_key(key)
            accounts.get_account("ana")
        tables = sorted(exchange.call.body["TableName"] for exchange in wire.said("GetItem"))
        assert tables == ["accounts"] * reads + ["api_keys"] * reads
        seconds.now += 5.0


def test_every_password_is_read_for(wired_store: Store, wire: FaultyDynamoDB) -> None:
    accounts = wired_store.start()
    accounts.create_account("ana", PASSWORD)
    for _ in range(3):
        accounts.check_password("ana", PASSWORD)
    assert len(wire.said("GetItem")) == 3


def test_no_secret_is_remembered(dynamodb_store: Store) -> None:
    accounts = dynamodb_store.start()
    key, _ = accounts.create_key("ana", ("read",))
    accounts.check_key(key)
    assert key[SECRET:] not in everything_in(accounts)


def everything_in(thing: object, depth: int = 8) -> str:
    """The representations of whatever hangs on an object."""
    inside = [*thing.values()] if isinstance(thing, dict) else [*thing] if isinstance(thing, list | tuple | set) else []
    inside += [*vars(thing).values()] if hasattr(thing, "__dict__") and not isinstance(thing, type) else []
    return repr(thing) + "".join(everything_in(each, depth - 1) for each in inside if depth)


def test_an_entry_lives_5_seconds_from_when_its_reading_began() -> None:
    seconds = Seconds()
    memory: Memory[int] = Memory(seconds)

    def slow() -> int:
        seconds.now += 2.0
        return 1

    memory.recall("a", slow)
    seconds.now += 2.9
    assert memory.recall("a", lambda: 2) == 1
    seconds.now += 0.1
    assert memory.recall("a", lambda: 2) == 2


def test_what_was_being_read_when_something_was_forgotten_is_not_remembered() -> None:
    memory: Memory[str] = Memory(Seconds())
    reading, forgotten = Event(), Event()

    def read() -> str:
        reading.set()
        assert forgotten.wait(timeout=60)
        return "before"

    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(memory.recall, "a", read)
        assert reading.wait(timeout=60)
        memory.forget("a")
        forgotten.set()
        assert answer.result() == "before"
    assert memory.recall("a", lambda: "after") == "after"


def test_it_never_holds_more_than_it_may() -> None:
    seconds = Seconds()
    memory: Memory[str] = Memory(seconds)
    read: list[str] = []

    def reading(name: str) -> Callable[[], str]:
        return lambda: read.append(name) or name  # type: ignore[func-returns-value]

    names = [str(number) for number in range(MAX_ENTRIES + 1)]
    for name in names:
        memory.recall(name, reading(name))
    read.clear()
    for name in names[1:]:
        memory.recall(name, reading(name))
    assert read == [], "the newest are all there"
    memory.recall(names[0], reading(names[0]))
    assert read == [names[0]], "the oldest has made room"
