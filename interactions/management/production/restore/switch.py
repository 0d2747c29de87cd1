"""Pointing the function at other tables: a version of the stable code that names them, tried before it is live."""

from __future__ import annotations

import hashlib
import urllib.request
from base64 import b64encode
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any, NamedTuple

from botocore.exceptions import ClientError
from django.core.management.base import CommandError

from interactions.management.production.command import code_of
from interactions.management.production.deployment import Deployment
from interactions.management.production.release.live import Traffic
from interactions.management.production.release.releases import Releases
from interactions.management.production.release.trial import try_out
from interactions.management.production.restore.restoring import (
    LIVE_SINCE,
    TABLES,
    describe,
    is_restored_prefix,
    said,
    tags_of,
)
from interactions.management.production.restore.steps import Steps

VARIABLE = "TABLE_PREFIX"
# What the stable code was published with, and goes with it.
KEPT = ("Handler", "Runtime", "MemorySize", "Timeout")
DOWNLOAD_SECONDS = 60

Configuration = dict[str, Any]


class InUse(NamedTuple):
    """The tables that are live, by the word of the parameter and by that of the version that gets the requests."""

    recorded: str
    actual: str
    traffic: Traffic

    @property
    def agrees(self) -> bool:
        return self.recorded == self.actual

    def before(self, prefix: str) -> str:
        """The tables from which a switch to that prefix leads, or, if it was cut off, has led already."""
        return self.recorded if self.actual == prefix else self.actual


def tables_in_use(deployment: Deployment) -> InUse:
    """Raises CommandError when that cannot be told, or the environment of the function could not be kept."""
    live = Releases(deployment).look()
    if live.table_prefix is None:
        raise CommandError(f"There is no parameter {deployment.tables_parameter}: `terraform apply` makes it.")
    actual = live.versions[live.alias.stable].table_prefix
    if actual is None:
        raise _unreadable(live.alias.stable)
    return InUse(live.table_prefix, actual, live.alias)


def refuse_prefix(deployment: Deployment, prefix: str) -> None:
    """Raise CommandError unless there are all tables of that prefix, and the function may use them."""
    if prefix != deployment.table_prefix and not is_restored_prefix(deployment, prefix):
        raise CommandError(
            f"The function may use the tables {deployment.table_prefix}* and restored ones, whose names begin with "
            f"{deployment.name}-restored-<14 digits>-; no others."
        )
    dynamodb = deployment.client("dynamodb")
    for table in TABLES:
        found = describe(dynamodb, prefix + table)
        if found is None or found["TableStatus"] not in {"ACTIVE", "UPDATING"}:
            state = "is not there" if found is None else f"is {found['TableStatus']}"
            raise CommandError(f"The table {prefix}{table} {state}. Nothing was changed.")


def switch(deployment: Deployment, prefix: str, steps: Steps) -> None:
    """Make the tables of that prefix the live ones. What an earlier attempt has done is not done again."""
    releases = Releases(deployment)
    live = releases.look()
    target = live.alias
    if live.versions[live.alias.stable].table_prefix != prefix:
        number = _Publication(deployment, live.alias.stable, prefix, steps).number
        revision, live, target = live.revision, releases.look(), Traffic(number)
        if live.revision != revision:
            raise CommandError("Somebody else has changed the alias meanwhile, and it is left as it is: ask again.")
        try_out(deployment, live.versions[number])
        steps.say(f"Version {number} serves over the tables {prefix}*.")
    releases.move(live, target)
    steps.say(f"Live: {target}, over the tables {prefix}*.")
    if is_restored_prefix(deployment, prefix):
        _mark_live(deployment.client("dynamodb"), prefix)
    name = deployment.tables_parameter
    deployment.client("ssm").put_parameter(Name=name, Value=prefix, Type="String", Overwrite=True)
    steps.say(f"The parameters {deployment.release_parameter} and {name} say so.")


def _mark_live(client: Any, prefix: str) -> None:
    now = said(datetime.now(UTC))
    for table in TABLES:
        arn = client.describe_table(TableName=prefix + table)["Table"]["TableArn"]
        if LIVE_SINCE not in tags_of(client, arn):
            client.tag_resource(ResourceArn=arn, Tags=[{"Key": LIVE_SINCE, "Value": now}])


class _Publication:
    """A version of the stable one's code and settings over other tables: `number`."""

    def __init__(self, deployment: Deployment, stable: int, prefix: str, steps: Steps) -> None:
        self._name = deployment.name
        self._prefix = prefix
        self._steps = steps
        self._lambda = deployment.client("lambda")
        self._stable = self._lambda.get_function_configuration(FunctionName=self._name, Qualifier=str(stable))
        self._bring_code()
        self._configure()
        self.number = self._publish()

    def _bring_code(self) -> None:
        """$LATEST may have another: that of a canary that was rolled back, say."""
        latest, stable = self._latest(), self._stable
        if latest["CodeSha256"] == stable["CodeSha256"]:
            return
        code = self._lambda.get_function(FunctionName=self._name, Qualifier=stable["Version"])["Code"]
        self._lambda.update_function_code(
            FunctionName=self._name,
            ZipFile=_downloaded(code["Location"], stable["CodeSha256"]),
            Architectures=stable["Architectures"],
            RevisionId=latest["RevisionId"],
        )
        self._settle()
        self._steps.say(
            f"$LATEST has the code of version {stable['Version']}, which is stable. The next `terraform "
            "apply` publishes the newer code again, as it does any new version."
        )

    def _configure(self) -> None:
        latest, stable = self._latest(), self._stable
        wanted = {key: stable[key] for key in KEPT}
        variables = {**_variables(stable), VARIABLE: self._prefix}
        has = latest.get("Environment", {}).get("Variables")
        if has == variables and all(latest[key] == value for key, value in wanted.items()):
            return
        try:
            self._lambda.update_function_configuration(
                FunctionName=self._name,
                Environment={"Variables": variables},
                RevisionId=latest["RevisionId"],
                **wanted,
            )
        except ClientError as error:  # whose text may repeat the environment
            raise CommandError(
                f"AWS refused UpdateFunctionConfiguration: {code_of(error)}. The function is as it was."
            ) from None
        self._settle()

    def _publish(self) -> int:
        published = self._lambda.publish_version(
            FunctionName=self._name,
            CodeSha256=self._stable["CodeSha256"],
            RevisionId=self._latest()["RevisionId"],
            Description=f"Version {self._stable['Version']} over the tables {self._prefix}*",
        )["Version"]
        self._lambda.get_waiter("published_version_active").wait(FunctionName=self._name, Qualifier=published)
        self._steps.say(f"Version {published} is published: version {self._stable['Version']} over other tables.")
        return int(published)

    def _latest(self) -> Configuration:
        found: Configuration = self._lambda.get_function_configuration(FunctionName=self._name)
        return found

    def _settle(self) -> None:
        self._lambda.get_waiter("function_updated_v2").wait(FunctionName=self._name)


def _variables(configuration: Configuration) -> dict[str, str]:
    environment = configuration.get("Environment", {})
    if "Error" in environment or VARIABLE not in environment.get("Variables", {}):
        raise _unreadable(configuration["Version"])
    variables: dict[str, str] = environment["Variables"]
    return variables


def _unreadable(version: object) -> CommandError:
    return CommandError(
        f"The environment of version {version} cannot be read, and so not kept in another one: you need kms:Decrypt "
        "with the function's key."
    )


def _downloaded(location: str, sha256: str) -> bytes:
    """The code's zip, which Lambda hands out under an address that is good for ten minutes."""
    if not location.startswith("https://"):
        raise CommandError("Lambda gives an address of the code that is not https: it is not taken from there.")
    try:
        with urllib.request.urlopen(location, timeout=DOWNLOAD_SECONDS) as answer:  # noqa: S310  it is https
            code: bytes = answer.read()
    except (OSError, HTTPException) as error:  # without the address, which lets anybody in
        raise CommandError(f"The code of the stable version cannot be downloaded: {type(error).__name__}.") from None
    if b64encode(hashlib.sha256(code).digest()).decode() != sha256:
        raise CommandError("What was downloaded is not the code of the stable version. Nothing is switched.")
    return code
