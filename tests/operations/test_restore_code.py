"""Which code a `restore` puts over the tables: the stable version's, with the stable version's settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.running import Commands
from tests.operations.deployed import DEPLOYMENT, ENVIRONMENT, OK, Deployed
from tests.operations.restoring_deployment import POINT, RESTORED, Recoverable, at, recoverable


@pytest.fixture
def there(deployed: Deployed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recoverable]:
    with recoverable(deployed, tmp_path, monkeypatch) as found:
        deployed.answers(OK, OK)
        yield found


def test_after_a_canary_that_was_rolled_back_it_is_the_stable_versions(
    there: Recoverable, deployed: Deployed, commands: Commands
) -> None:
    assert there.code.sha256_of(2) != there.code.sha256_of("$LATEST") == there.code.sha256_of(3)
    said = commands.run("restore", "--to", at(POINT), "--yes").out
    assert deployed.alias == (4, {})
    assert there.code.of(4) == there.code.of(2)
    (update,), (publication,) = deployed.asked("UpdateFunctionCode"), deployed.asked("PublishVersion")
    stable = deployed.lambda_.get_function_configuration(FunctionName=DEPLOYMENT.name, Qualifier="2")
    assert update.document["Architectures"] == stable["Architectures"]
    assert publication.document["CodeSha256"] == stable["CodeSha256"]
    assert "$LATEST has the code of version 2" in said
    assert "terraform apply" in said


def test_settings_that_the_canary_brought_do_not_come_along(
    there: Recoverable, deployed: Deployed, commands: Commands
) -> None:
    deployed.publish("the fourth", NEW_SETTING="on", BACKUP_RETENTION_DAYS="7")
    deployed.lambda_.update_function_configuration(FunctionName=DEPLOYMENT.name, Timeout=29, Handler="new.handler")
    commands.run("restore", "--to", at(POINT), "--yes")
    assert deployed.environment(5) == ENVIRONMENT | {"TABLE_PREFIX": RESTORED}
    there_now = deployed.lambda_.get_function_configuration(FunctionName=DEPLOYMENT.name, Qualifier="5")
    before = deployed.lambda_.get_function_configuration(FunctionName=DEPLOYMENT.name, Qualifier="2")
    for setting in ("Handler", "Runtime", "MemorySize", "Timeout"):
        assert there_now[setting] == before[setting]


def test_where_the_newest_version_is_stable_no_code_is_fetched(
    there: Recoverable, deployed: Deployed, commands: Commands
) -> None:
    deployed.point(3)
    deployed.set_release(3, None, 0)
    commands.run("restore", "--to", at(POINT), "--yes")
    assert not deployed.asked("UpdateFunctionCode")
    assert there.code.of(4) == there.code.of(3)
    assert deployed.environment(4) == ENVIRONMENT | {"TABLE_PREFIX": RESTORED}


def test_a_canary_that_runs_ends(there: Recoverable, deployed: Deployed, commands: Commands) -> None:
    deployed.point(2, {3: 0.1})
    deployed.set_release(2, 3, 0.1)
    said = commands.run("restore", "--to", at(POINT), "--yes").out
    assert "The canary, version 3, ends." in said
    assert deployed.alias == (4, {})
    assert there.code.of(4) == there.code.of(2)
    assert deployed.release == {"stable_version": "4", "canary_version": None, "canary_weight": 0}


@pytest.mark.parametrize(
    ("damage", "scheme", "said"),
    [
        (b"more", "https", "is not the code of the stable version"),
        (b"", "http", "not https"),
        (b"", "https", "cannot be downloaded"),
    ],
)
def test_code_that_is_not_the_stable_versions_is_not_taken(
    there: Recoverable,
    deployed: Deployed,
    commands: Commands,
    monkeypatch: pytest.MonkeyPatch,
    damage: bytes,
    scheme: str,
    said: str,
) -> None:
    there.code.damage, there.code.scheme = damage, scheme
    if said == "cannot be downloaded":
        monkeypatch.delenv("SSL_CERT_FILE")  # nobody vouches for the server
    failure = commands.fail("restore", "--to", at(POINT), "--yes")
    assert said in failure.message
    assert "127.0.0.1" not in failure.message, "who has the address has the code"
    assert not deployed.asked("UpdateFunctionCode")
    assert deployed.alias == (2, {})
