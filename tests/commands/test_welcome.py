"""`welcome`, and the curl lines it prints."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any
from urllib.request import Request, urlopen

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from interactions.accounts import get_accounts
from tests.commands.running import Commands


def curl(line: str) -> Any:
    """What a curl line of the simple kind would be answered."""
    _, silent, url, *rest = shlex.split(line)
    assert silent == "-s"
    options = [*zip(rest[::2], rest[1::2], strict=True)]
    headers = dict(value.split(": ") for option, value in options if option == "-H")
    data = [value.encode() for option, value in options if option == "-d"]
    assert {option for option, _ in options} <= {"-H", "-d"}
    with urlopen(Request(url, data[0] if data else None, headers)) as answer:  # noqa: S310
        return json.load(answer)


@pytest.mark.django_db(transaction=True)
def test_the_printed_lines_record_and_read_back(commands: Commands, live_server: LiveServer) -> None:
    said = commands.run("welcome", "--port", live_server.url.rpartition(":")[2]).out
    said = re.sub(r"http://127\.0\.0\.1:\d+", live_server.url, said)  # the test's server listens on localhost
    record, read = [line for line in said.splitlines() if line.startswith("curl ")]
    recorded = curl(record)
    assert recorded["response"] == "Lisbon."
    assert curl(read)["results"] == [recorded]


def test_the_printed_password_opens_the_printed_admin_and_the_documentation_is_there(commands: Commands) -> None:
    said = commands.run("welcome", "--port", "8123").out
    username, password = (re.search(rf"{name} +(\S+)", said) for name in ("username", "password"))
    assert username
    assert password
    assert get_accounts().check_password(username[1], password[1]).staff
    client = Client()
    documentation, admin = (
        re.search(rf"{name} +http://127\.0\.0\.1:8123(\S+)", said) for name in ("documentation", "admin")
    )
    assert documentation
    assert client.get(documentation[1]).status_code == 200
    assert admin
    login = client.get(admin[1], follow=True)
    client.post(login.request["PATH_INFO"], {"username": username[1], "password": password[1], "next": admin[1]})
    assert client.get(admin[1]).status_code == 200


def test_the_second_time_it_makes_nothing_and_says_how_to(commands: Commands) -> None:
    first = commands.run("welcome").out
    (key,) = set(re.findall(r"ik_\S+?(?=['\s])", first))
    second = commands.run("welcome").out
    assert "http://127.0.0.1:8000/admin/" in second
    assert "create_api_key" in second
    assert key not in second
    assert "ik_" not in second
    assert get_accounts().check_key(key).scopes == {"read", "write", "chat"}


def test_somebody_elses_account_counts_too(commands: Commands) -> None:
    commands.run("create_account", "ana", "--password-stdin", stdin=b"correct-horse-battery")
    assert "ik_" not in commands.run("welcome").out
    assert get_accounts().get_account("admin") is None


@pytest.mark.parametrize("port", ["0", "65536", "http", ""])
def test_a_port_has_to_be_one(commands: Commands, port: str) -> None:
    assert "--port" in commands.fail("welcome", "--port", port).message
