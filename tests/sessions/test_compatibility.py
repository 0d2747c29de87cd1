"""Tables of sessions that django-dynamodb-sessions and dj-dynamodb-sessions wrote go on working, and the reverse.

dj-dynamodb-sessions 0.8.3 is installed for these tests. django-dynamodb-sessions 0.6 needs boto 2, which no longer
imports: its items are written by hand.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.sessions.backends.base import SessionBase
from pytest_django import Settings

from interactions.dynamodb.tables import Tables, get_tables
from interactions.sessions import SessionStore
from tests.dynamodb_tables import empty, forget, put, stored

KEY = "0123456789abcdefghijklmnopqrstuv"
DATA = {"user": "alice", "cart": [1, 2, {"paid": None}], "name": "Ana Sofía", "long": "x" * 5000}


@pytest.fixture(params=[None, "legacy-sessions"])
def their_store(request: pytest.FixtureRequest, tables: Tables, settings: Settings) -> Iterator[type[SessionBase]]:
    """The package's class over the same table as ours, under its default name and another one.

    It reads its settings when it is imported, and keeps its connection from then on.
    """
    if request.param:
        settings.DYNAMODB_SESSIONS_TABLE_NAME = request.param
        forget()
        get_tables().create()
    module = importlib.import_module("dynamodb_sessions.backends.dynamodb")
    yield module.SessionStore
    module._DYNAMODB_CONN.meta.client.close()
    for name in [name for name in sys.modules if name.startswith("dynamodb_sessions")]:
        del sys.modules[name]
    empty(get_tables().sessions)


def written_by(store: type[SessionBase], **data: Any) -> str:
    session = store()
    session.update(data)
    session.save()
    assert session.session_key is not None
    return session.session_key


def test_ours_reads_what_theirs_wrote(their_store: type[SessionBase]) -> None:
    key = written_by(their_store, **DATA)
    assert SessionStore().exists(key)
    assert dict(SessionStore(key).items()) == DATA


def test_theirs_reads_what_ours_wrote(their_store: type[SessionBase]) -> None:
    key = written_by(SessionStore, **DATA)
    assert their_store().exists(key)
    assert dict(their_store(key).items()) == DATA


def test_each_goes_on_with_the_others_session(their_store: type[SessionBase]) -> None:
    key = written_by(their_store, user="alice")
    stores: list[type[SessionBase]] = [SessionStore, their_store, SessionStore]
    for number, store in enumerate(stores):
        session = store(key)
        session["turn"] = number
        session.save()
    assert dict(their_store(key).items()) == {"user": "alice", "turn": 2}


def test_both_write_the_same_attributes_of_the_same_types(their_store: type[SessionBase]) -> None:
    table = get_tables().sessions.Meta.table_name
    ours = stored(get_tables(), table, session_key=written_by(SessionStore, user="alice"))
    theirs = stored(get_tables(), table, session_key=written_by(their_store, user="alice"))
    assert ours is not None
    assert theirs is not None
    types = {name: [*value] for name, value in theirs.items()}
    assert {name: [*value] for name, value in ours.items()} == types
    assert types == {"session_key": ["S"], "data": ["S"], "created": ["N"], "ttl": ["N"]}
    for name in ("created", "ttl"):
        assert abs(int(ours[name]["N"]) - int(theirs[name]["N"])) < 60


def test_theirs_ends_by_its_ttl_for_us(their_store: type[SessionBase]) -> None:
    key = written_by(their_store, user="alice")
    table = get_tables().sessions.Meta.table_name
    item = stored(get_tables(), table, session_key=key)
    assert item is not None
    put(get_tables(), table, item | {"ttl": {"N": str(int(time.time()) - 1)}})
    assert dict(SessionStore(key).items()) == {}


def test_what_one_deletes_is_gone_for_the_other(their_store: type[SessionBase]) -> None:
    pairs: list[tuple[type[SessionBase], type[SessionBase]]]
    pairs = [(SessionStore, their_store), (their_store, SessionStore)]
    for writes, deletes in pairs:
        key = written_by(writes, user="alice")
        deletes(key).delete()
        assert dict(writes(key).items()) == {}


def test_a_session_of_the_first_package_is_read_and_gets_a_ttl_when_it_is_saved(tables: Tables) -> None:
    data = {"S": SessionStore().encode({"user": "alice"})}
    put(tables, "sessions", {"session_key": {"S": KEY}, "data": data, "created": {"N": str(int(time.time()))}})
    session = SessionStore(KEY)
    assert session["user"] == "alice"
    session["seen"] = True
    session.save()
    item = stored(tables, "sessions", session_key=KEY)
    assert item is not None
    assert int(item["ttl"]["N"]) > time.time()
