"""What is live, read and changed in AWS: the alias, which decides, and the parameter, by which Terraform agrees."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.core.management.base import CommandError

from interactions.management.production.command import aws_says, code_of
from interactions.management.production.deployment import ALIAS, Deployment
from interactions.management.production.release.live import (
    Live,
    Traffic,
    Version,
    traffic_of_alias,
    traffic_of_parameter,
    version_of,
)


class Releases:
    """The releases of one deployment."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._lambda = deployment.client("lambda")
        self._ssm = deployment.client("ssm")

    def look(self) -> Live:
        """
        Raises:
            CommandError: there is no such deployment, or it is none that these commands understand.
        """
        alias = self._alias()
        try:
            traffic = traffic_of_alias(alias)
        except ValueError:
            raise CommandError(
                f"The alias {ALIAS} leads to {alias['FunctionVersion']}, which is no published version: "
                "`terraform apply` puts that right."
            ) from None
        release, tables = self._deployment.release_parameter, self._deployment.tables_parameter
        values = self._parameters(release, tables)
        if release not in values:
            raise CommandError(f"There is no parameter {release}: `terraform apply` makes it.")
        return Live(
            alias=traffic,
            revision=alias["RevisionId"],
            recorded=traffic_of_parameter(values[release]),
            table_prefix=values.get(tables),
            versions={version.number: version for version in self._versions()},
        )

    def move(self, live: Live, target: Traffic) -> None:
        """Make the alias lead there, and the parameter say so. What is so already is not asked for again.

        Raises:
            CommandError: somebody else has changed the alias since it was looked at, or the parameter was not written.
        """
        if live.alias != target:
            self._update_alias(live.revision, target)
        recorded = target.recorded(live.newest)
        if live.recorded == recorded:
            return
        name = self._deployment.release_parameter
        try:
            self._ssm.put_parameter(Name=name, Value=json.dumps(recorded.document()), Type="String", Overwrite=True)
        except (BotoCoreError, ClientError) as error:
            raise CommandError(
                f"The alias is moved: {target}. But the parameter {name} is not written, so that Terraform would undo "
                f"it: {aws_says(error)} Run the same command again to finish."
            ) from error

    def _update_alias(self, revision: str, target: Traffic) -> None:
        weights = {str(target.canary): target.weight} if target.weight else {}
        try:
            self._lambda.update_alias(
                FunctionName=self._deployment.name,
                Name=ALIAS,
                FunctionVersion=str(target.stable),
                RoutingConfig={"AdditionalVersionWeights": weights},
                RevisionId=revision,
            )
        except ClientError as error:
            if code_of(error) != "PreconditionFailedException":
                raise
            raise CommandError(
                "Somebody else has changed the alias meanwhile, and this changed nothing: look at "
                "`manage.py release status`, and ask again if it is still right."
            ) from error

    def _alias(self) -> dict[str, Any]:
        name, region = self._deployment.name, self._deployment.region
        try:
            found: dict[str, Any] = self._lambda.get_alias(FunctionName=name, Name=ALIAS)
        except ClientError as error:
            if code_of(error) != "ResourceNotFoundException":
                raise
            raise CommandError(
                f"There is no function {name} with an alias {ALIAS} in {region}: look at --environment and --region; "
                "`terraform apply` makes one."
            ) from error
        return found

    def _parameters(self, *names: str) -> dict[str, str]:
        found = self._ssm.get_parameters(Names=[*names])["Parameters"]
        return {parameter["Name"]: parameter["Value"] for parameter in found}

    def _versions(self) -> list[Version]:
        pages = self._lambda.get_paginator("list_versions_by_function").paginate(FunctionName=self._deployment.name)
        listed = [each for page in pages for each in page["Versions"]]
        return [version_of(each) for each in listed if each["Version"] != "$LATEST"]
