"""What the commands that work on a deployment share: which one, whether they may, and AWS's refusals in words."""

from __future__ import annotations

import sys
from argparse import ArgumentTypeError
from typing import Any

from botocore.exceptions import ClientError
from django.core.management.base import CommandError, CommandParser

from interactions.dynamodb.read_only import configured_region
from interactions.management import base
from interactions.management.production.deployment import ENVIRONMENT_PATTERN, Deployment


class DeploymentCommand(base.ServiceCommand):
    """A command on a deployment in AWS, with the caller's own credentials."""

    def add_arguments(self, parser: CommandParser) -> None:
        self.add_deployment_arguments(parser)

    @staticmethod
    def add_deployment_arguments(parser: CommandParser) -> None:
        parser.add_argument(
            "--environment", metavar="NAME", type=_environment, default="prod", help="Terraform's `environment` (prod)."
        )
        parser.add_argument("--region", metavar="REGION", help="Of the deployment (AWS_REGION, or your AWS profile's).")

    @staticmethod
    def add_change_arguments(parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="Do not ask before production is changed.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be changed, and change nothing.")

    def aws_says(self, error: Exception) -> str:
        return aws_says(error)

    def deployment(self, options: dict[str, Any]) -> Deployment:
        region = options["region"] or configured_region()
        if not region:
            raise CommandError("In which region is the deployment? Give --region or AWS_REGION.")
        return Deployment(options["environment"], region)

    def may(self, change: str, options: dict[str, Any]) -> bool:
        """Say what is about to be changed, and whether it may: false for --dry-run.

        Raises:
            CommandError: the person said no, or there is nobody to ask and no --yes.
        """
        self.stdout.write(change)
        if options["dry_run"]:
            self.stdout.write("Nothing was changed: this was --dry-run.")
            return False
        if options["yes"]:
            return True
        if not sys.stdin.isatty():
            raise CommandError("There is no terminal to ask on: give --yes to go ahead. Nothing was changed.")
        if _answered("Go ahead? [y/N] ").strip().lower() not in {"y", "yes"}:
            raise CommandError("Nothing was changed.")
        return True


def _answered(question: str) -> str:
    """Nothing, when the question is left by Ctrl+C or Ctrl+D."""
    try:
        return input(question)
    except (EOFError, KeyboardInterrupt):
        return ""


def aws_says(error: Exception) -> str:
    if not isinstance(error, ClientError):
        return f"AWS cannot be asked: {str(error).rstrip('.')}."
    said = error.response.get("Error", {})
    text = str(said.get("Message", "")).rstrip(".")
    return f"AWS refused {error.operation_name}: {code_of(error)}: {text}."


def code_of(error: ClientError) -> str:
    """AWS's word for what is wrong, as ResourceNotFoundException."""
    return str(error.response.get("Error", {}).get("Code"))


def _environment(text: str) -> str:
    if not ENVIRONMENT_PATTERN.match(text):
        raise ArgumentTypeError("an environment is named by a small letter and up to 15 small letters or digits more")
    return text
