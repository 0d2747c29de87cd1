"""What Django's test cases do not ask of a session engine: expiry on read, what is written where, how often."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import pytest
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.core.management import call_command
from pytest_django import Settings

from interactions.domain.errors import TooLarge, Unavailable
from interactions.dynamodb.connection import get_connection
from interactions.dynamodb.tables import Tables, get_tables
from interactions.sessions import SessionStore
from tests.dynamodb_tables import ON_BOTH_WIRES, empty, forget, put, stored
from tests.faults.kinds import THROTTLED, UNKNOWN_OUTCOMES, Fault
from tests.faults.plans import always, in_turn
from tests.faults.proxy import FaultyDynamoDB
from tests.moving_clock import moving_clock

KEY = "0123456789abcdefghijklmnopqrstuv"


def saved(**data: Any) -> str:
    """The key of a new session with that data."""
    session = SessionStore()
    session.update(data)
    session.save()
    assert session.session_key is not None
    return session.session_key


def end(tables: Tables, key: str) -> None:
    """Let the session's time be up, as if that much had passed; DynamoDB has not deleted it yet."""
    item = stored(tables, "sessions", session_key=key)
    assert item is not None
    put(tables, "sessions", item | {"ttl": {"N": str(int(time.time()))}})


@ON_BOTH_WIRES
def test_a_session_is_stored_as_the_packages_store_it(tables: Tables) -> None:
    began = int(time.time())
    key = saved(user="alice")
    item = stored(tables, "sessions", session_key=key)
    assert item is not None
    assert item.keys() == {"session_key", "data", "created", "ttl"}
    assert SessionStore().decode(item["data"]["S"]) == {"user": "alice"}
    assert began <= int(item["created"]["N"]) <= time.time()
    assert began + 1209600 <= int(item["ttl"]["N"]) <= time.time() + 1209600


def test_saving_again_keeps_the_time_of_creation_and_moves_the_expiry(tables: Tables) -> None:
    key = saved(user="alice")
    item = stored(tables, "sessions", session_key=key)
    assert item is not None
    put(tables, "sessions", item | {"created": {"N": "1700000000"}})
    session = SessionStore(key)
    session.set_expiry(60)
    session.save()
    again = stored(tables, "sessions", session_key=key)
    assert again is not None
    assert again["created"] == {"N": "1700000000"}
    assert int(again["ttl"]["N"]) <= time.time() + 60
    assert SessionStore(key)["user"] == "alice"


def test_an_expired_session_is_empty_and_its_key_refused_before_dynamodb_deletes_it(tables: Tables) -> None:
    key = saved(user="alice")
    end(tables, key)
    stolen = SessionStore(key)
    assert dict(stolen.items()) == {}
    assert stolen.session_key is None
    assert stolen.is_empty()
    stolen["user"] = "mallory"
    stolen.save()
    assert stolen.session_key != key
    assert dict(SessionStore(key).items()) == {}


@pytest.mark.parametrize(("age", "alive"), [(60, True), (1209500, True), (1209700, False)])
def test_without_a_ttl_a_session_ends_by_its_time_of_creation(tables: Tables, age: int, alive: bool) -> None:
    data = SessionStore().encode({"user": "alice"})
    created = {"N": str(int(time.time()) - age)}
    put(tables, "sessions", {"session_key": {"S": KEY}, "data": {"S": data}, "created": created})
    assert ("user" in SessionStore(KEY)) is alive


def test_without_a_ttl_a_sessions_own_expiry_counts(tables: Tables) -> None:
    data = SessionStore().encode({"user": "alice", "_session_expiry": 600})
    created = {"N": str(int(time.time()) - 700)}
    put(tables, "sessions", {"session_key": {"S": KEY}, "data": {"S": data}, "created": created})
    assert "user" not in SessionStore(KEY)


def test_a_session_that_says_nothing_of_its_age_is_not_believed(tables: Tables) -> None:
    data = SessionStore().encode({"user": "alice"})
    put(tables, "sessions", {"session_key": {"S": KEY}, "data": {"S": data}})
    assert "user" not in SessionStore(KEY)


def test_a_session_signed_with_another_secret_is_empty(tables: Tables, settings: Settings) -> None:
    settings.SECRET_KEY = "the-one-before"
    key = saved(user="alice")
    settings.SECRET_KEY = "the-one-now"
    assert dict(SessionStore(key).items()) == {}


def test_sessions_expire_in_time_where_django_has_no_time_zones(tables: Tables, settings: Settings) -> None:
    settings.USE_TZ = False
    settings.TIME_ZONE = "America/Sao_Paulo"
    key = saved(user="alice")
    assert SessionStore(key)["user"] == "alice"
    item = stored(tables, "sessions", session_key=key)
    assert item is not None
    assert abs(int(item["ttl"]["N"]) - time.time() - 1209600) < 600
    put(tables, "sessions", {name: item[name] for name in ("session_key", "data", "created")})
    assert SessionStore(key)["user"] == "alice"


def test_a_session_that_does_not_fit_is_refused_clearly_and_what_was_stored_stays(tables: Tables) -> None:
    key = saved(user="alice")
    session = SessionStore(key)
    session["much"] = list(range(200_000))
    with pytest.raises(TooLarge, match=r"a session of \d+ bytes does not fit"):
        session.save()
    assert dict(SessionStore(key).items()) == {"user": "alice"}


def test_a_session_of_nearly_400_kb_fits(tables: Tables) -> None:
    much = b64encode(Random(1).randbytes(298_000)).decode()
    key = saved(much=much)
    item = stored(tables, "sessions", session_key=key)
    assert item is not None
    assert len(item["data"]["S"]) > 390 * 1024
    assert SessionStore(key)["much"] == much


def test_what_cannot_be_a_key_is_no_session_and_asks_dynamodb_nothing(
    wired_tables: Tables, wire: FaultyDynamoDB
) -> None:
    for cookie in ("short", "x" * 2049, "naïve-key-of-a-session", "\udce9" * 10, ""):
        session = SessionStore(cookie)
        assert "user" not in session
        assert session.session_key is None
        assert not session.exists(cookie)
        session.delete(cookie)
    assert wire.said() == []


def test_the_longest_key_that_dynamodb_takes_is_looked_for(tables: Tables) -> None:
    assert "user" not in SessionStore("x" * 2048)


def test_a_session_that_nobody_uses_is_not_read(wired_tables: Tables, wire: FaultyDynamoDB) -> None:
    key = saved(user="alice")
    wire.exchanges.clear()
    session = SessionStore(key)
    assert not session.accessed
    assert not session.is_empty()
    assert wire.said() == []


@ON_BOTH_WIRES
def test_a_session_is_read_once_and_written_once(wired_tables: Tables, wire: FaultyDynamoDB) -> None:
    key = saved(user="alice")
    assert [exchange.operation for exchange in wire.said()] == ["PutItem"]
    wire.exchanges.clear()
    session = SessionStore(key)
    session["seen"] = session["user"]
    session.save()
    assert [exchange.operation for exchange in wire.said()] == ["GetItem", "UpdateItem"]


@pytest.mark.parametrize("consistent", [True, False])
def test_reads_are_consistent_unless_the_settings_say_otherwise(
    wired_tables: Tables, wire: FaultyDynamoDB, settings: Settings, consistent: bool
) -> None:
    key = saved(user="alice")
    settings.DYNAMODB_SESSIONS_ALWAYS_CONSISTENT = consistent
    assert SessionStore(key)["user"] == "alice"
    (read,) = wire.said("GetItem")
    assert read.call.body["ConsistentRead"] is consistent


def test_of_those_who_create_one_session_at_once_one_does(tables: Tables) -> None:
    def create(number: int) -> bool:
        session = SessionStore(KEY)
        session._session_cache = {"number": number}  # type: ignore[attr-defined]  # what a request has put in
        try:
            session.save(must_create=True)
        except CreateError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        created = [*pool.map(create, range(24))]
    assert created.count(True) == 1
    assert SessionStore(KEY)["number"] == created.index(True)


@pytest.mark.parametrize("fault", UNKNOWN_OUTCOMES, ids=lambda fault: fault.name)
def test_a_session_whose_creation_was_not_answered_is_created_once(
    wired_tables: Tables, wire: FaultyDynamoDB, fault: Fault
) -> None:
    wire.plan = in_turn([fault], "PutItem")
    key = saved(user="alice")
    assert [exchange.operation for exchange in wire.said()] == ["PutItem", "PutItem", "GetItem"]
    assert dict(SessionStore(key).items()) == {"user": "alice"}
    assert len([*wired_tables.sessions.scan()]) == 1


def test_a_key_that_somebody_else_has_taken_meanwhile_is_not_taken_for_ones_own(
    wired_tables: Tables, wire: FaultyDynamoDB
) -> None:
    other = SessionStore(KEY)
    other.save(must_create=True)
    session = SessionStore(KEY)
    session._session_cache = {"user": "alice"}  # type: ignore[attr-defined]  # what a request has put in
    wire.plan = in_turn([UNKNOWN_OUTCOMES[0]], "PutItem")
    with pytest.raises(CreateError):
        session.save(must_create=True)
    assert dict(SessionStore(KEY).items()) == {}


def test_a_session_that_is_gone_stays_gone_though_its_saving_was_not_answered(
    wired_tables: Tables, wire: FaultyDynamoDB
) -> None:
    session = SessionStore(saved(user="alice"))
    session["seen"] = True
    SessionStore(session.session_key).delete()
    wire.plan = in_turn([UNKNOWN_OUTCOMES[0]], "UpdateItem")
    with pytest.raises(UpdateError):
        session.save()
    assert not session.exists(session.session_key)


def test_a_store_that_does_not_answer_is_said_to_be_unavailable(wired_tables: Tables, wire: FaultyDynamoDB) -> None:
    session = SessionStore(saved(user="alice"))
    wire.plan = always(THROTTLED)
    with moving_clock():
        with pytest.raises(Unavailable):
            session.load()
        with pytest.raises(Unavailable):
            SessionStore().save()
    assert len(wire.said("GetItem")) > 5


def test_clearsessions_leaves_it_to_dynamodb_and_reads_nothing(
    wired_tables: Tables, wire: FaultyDynamoDB, settings: Settings
) -> None:
    settings.SESSION_ENGINE = "interactions.sessions"
    end(wired_tables, saved(user="alice"))
    wire.exchanges.clear()
    call_command("clearsessions")
    assert wire.said() == []


@pytest.fixture
def elsewhere(tables: Tables, settings: Settings) -> Iterator[Tables]:
    """Tables of a deployment that has taken over a table of sessions, of another name, key and region."""
    settings.INTERACTIONS_TABLE_PREFIX = "prod-"
    settings.DYNAMODB_SESSIONS_TABLE_NAME = "legacy-sessions"
    settings.DYNAMODB_SESSIONS_TABLE_HASH_ATTRIB_NAME = "sid"
    settings.DYNAMODB_SESSIONS_AWS_REGION_NAME = "sa-east-1"
    forget()
    there = get_tables()
    there.create()
    yield there
    empty(there.sessions)
    get_connection("sa-east-1").wire.disconnect()


def items_of(table: str, region: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = get_connection(region).wire.call("Scan", {"TableName": table})["Items"]
    return items


def test_the_settings_name_table_key_and_region(elsewhere: Tables) -> None:
    session = SessionStore(saved(user="alice"))
    session["seen"] = True
    session.save()
    (item,) = items_of("legacy-sessions", "sa-east-1")
    assert item["sid"] == {"S": session.session_key}
    assert SessionStore(session.session_key)["seen"] is True
    session.flush()
    assert items_of("legacy-sessions", "sa-east-1") == []


def test_the_other_tables_stay_where_they_are(elsewhere: Tables) -> None:
    connections = {"us-east-1": get_connection(), "sa-east-1": get_connection("sa-east-1")}
    listed = {region: set(c.wire.call("ListTables", {})["TableNames"]) for region, c in connections.items()}
    assert listed["sa-east-1"] == {"legacy-sessions"}
    assert {"prod-interactions", "prod-cache"} <= listed["us-east-1"]
    assert "prod-sessions" not in listed["us-east-1"]
