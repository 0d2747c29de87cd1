"""`create_tables`: the tables of production, in an emulator."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from interactions.aws.endpoints import is_aws
from interactions.domain.errors import Unavailable
from interactions.dynamodb.tables import Tables, get_tables
from interactions.management import base


class Command(base.ServiceCommand):
    help = (
        "Make the DynamoDB tables that are not there yet, with their indexes and expiry, in an emulator: the one that "
        "AWS_ENDPOINT_URL_DYNAMODB names. In AWS they are Terraform's, and nothing is made without --force."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="In AWS too.")

    def handle(self, *args: Any, **options: Any) -> None:
        tables = _tables()
        endpoint = tables.connection.wire.endpoint
        if is_aws(endpoint) and not options["force"]:
            raise CommandError(
                f"{endpoint} is AWS, where Terraform makes the tables. For an emulator set AWS_ENDPOINT_URL_DYNAMODB; "
                "to make them there all the same, give --force."
            )
        try:
            made = tables.create()
        except Unavailable as error:
            raise CommandError(f"DynamoDB does not answer at {endpoint}: {error}.") from error
        present = [model.Meta.table_name for model in tables if model.Meta.table_name not in made]
        for said, names in (("Made", made), ("Already there", present)):
            if names:
                self.stdout.write(f"{said} at {endpoint}: {', '.join(names)}.")


def _tables() -> Tables:
    try:
        return get_tables()
    except ValueError as error:  # the address is none
        raise CommandError(f"AWS_ENDPOINT_URL_DYNAMODB: {error}.") from error
