"""`create_api_key` and `revoke_api_key`."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from rest_framework.test import APIClient

from interactions.accounts import get_accounts
from interactions.domain.fields import parse_instant
from tests.commands.running import Commands


def _status(key: str, method: str = "get") -> int:
    client = APIClient(headers={"Authorization": f"Bearer {key}"})
    answer = getattr(client, method)("/v1/interactions", {"prompt": "Hi"} if method == "post" else None, format="json")
    return int(answer.status_code)


def test_json_is_one_object_with_a_key_that_works(commands: Commands) -> None:
    made = json.loads(commands.run("create_api_key", "ana", "--json").out)
    assert made == {
        "key": made["key"],
        "key_id": made["key_id"],
        "user_id": "ana",
        "scopes": ["read", "write", "chat"],
        "expires_at": None,
    }
    principal = get_accounts().check_key(made["key"])
    assert (principal.user_id, principal.key_id) == ("ana", made["key_id"])
    assert principal.scopes == {"read", "write", "chat"}
    assert _status(made["key"], "post") == 201


def test_in_words_the_key_stands_on_a_line_of_its_own(commands: Commands) -> None:
    said = commands.run("create_api_key", "ana").out
    (key,) = re.findall(r"^ +(ik_\S+)$", said, re.MULTILINE)
    assert get_accounts().check_key(key).user_id == "ana"


def test_a_key_has_the_scopes_that_were_asked_for_each_once(commands: Commands) -> None:
    asked = ["--scope", "read", "--scope", "any", "--scope", "read"]
    made = json.loads(commands.run("create_api_key", "ana", *asked, "--json").out)
    assert made["scopes"] == ["read", "any"]
    assert _status(made["key"]) == 200
    assert _status(made["key"], "post") == 403


def test_a_key_may_expire(commands: Commands) -> None:
    made = json.loads(commands.run("create_api_key", "ana", "--expires-in-days", "3", "--json").out)
    expires_at = parse_instant(made["expires_at"])
    assert expires_at is not None
    assert timedelta(days=3) - timedelta(hours=1) < expires_at - datetime.now(UTC) <= timedelta(days=3)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["two words"], "USER"),
        (["ana", "--scope", "admin"], "--scope"),
        (["ana", "--expires-in-days", "0"], "--expires-in-days"),
        (["ana", "--expires-in-days", "-1"], "--expires-in-days"),
        (["ana", "--expires-in-days", "1.5"], "--expires-in-days"),
        (["ana", "--expires-in-days", "99999999999999999999"], "--expires-in-days"),
        ([], "USER"),
    ],
)
def test_a_wrong_argument_is_named(commands: Commands, arguments: list[str], named: str) -> None:
    assert named in commands.fail("create_api_key", *arguments).message


@pytest.mark.parametrize("by", ["key_id", "key"])
def test_a_revoked_key_is_refused_and_revoking_again_is_harmless(commands: Commands, by: str) -> None:
    made = json.loads(commands.run("create_api_key", "ana", "--json").out)
    other = json.loads(commands.run("create_api_key", "ana", "--json").out)
    for _ in range(2):
        said = commands.run("revoke_api_key", made[by]).out
        assert made["key_id"] in said
        assert made["key"] not in said
    assert _status(made["key"]) == 401
    assert _status(other["key"]) == 200


def test_an_unknown_key_id_is_an_error(commands: Commands) -> None:
    assert "no such API key" in commands.fail("revoke_api_key", "0123456789abcdef").message
