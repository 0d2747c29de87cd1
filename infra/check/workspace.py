"""A copy of the Terraform code to plan and apply in: nobody's lock file, backend or state gets in or out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from infra.check import account

ROOT = Path(__file__).resolve().parents[2]
# What Terraform leaves behind, and what only a real deployment has.
LEFT_OUT = shutil.ignore_patterns(
    ".terraform", ".terraform.lock.hcl", "*.tfstate*", "*.tfplan", "*.tfvars*", "backend.tf", "plan.*", "terraform.d"
)
# What Terraform says of providers that it cannot get.
UNREACHABLE = ("Failed to query available provider packages", "Failed to install provider")
# Variables that would change what is planned.
UNWANTED = ("TF_VAR_", "TF_CLI_ARGS", "TF_WORKSPACE", "TF_DATA_DIR", "AWS_")


class Absent(Exception):
    """Terraform, or its providers, cannot be had here; the text says what to install."""


class Failed(Exception):
    """Terraform refused; the text is what it said."""


class Workspace:
    """A copy of `infra/<module>` in a folder of its own, beside a package that deploys nothing."""

    def __init__(self, folder: Path, module: str = "terraform", *, source: Path = ROOT) -> None:
        self.root = folder
        self.path = folder / "infra" / module
        shutil.copytree(source / "infra" / module, self.path, ignore=LEFT_OUT)
        package = folder / "dist" / "lambda.zip"
        package.parent.mkdir(exist_ok=True)
        package.write_bytes(b"a package")

    @classmethod
    def at(cls, folder: Path, module: str = "terraform") -> Workspace:
        """The one that is in that folder already."""
        found = cls.__new__(cls)
        found.root, found.path = folder, folder / "infra" / module
        return found

    def init(self) -> Workspace:
        """Fetch the providers.

        Raises:
            Absent: there is no Terraform, or it cannot get its providers.
        """
        if shutil.which("terraform") is None:
            raise Absent("Terraform is not installed (https://developer.hashicorp.com/terraform/install)")
        try:
            self.run("init", "-backend=false", "-input=false")
        except Failed as error:
            if any(text in str(error) for text in UNREACHABLE):
                raise Absent(
                    "Terraform cannot get its providers: their registry is out of reach,"
                    " and TF_CLI_CONFIG_FILE names no mirror of it"
                ) from error
            raise
        return self

    def plan(self, *, name: str = "plan", **variables: object) -> dict[str, Any]:
        """The plan with these variables, as `terraform show -json` has it."""
        self.run("plan", "-input=false", "-lock=false", f"-out={name}.bin", *_options(variables))
        return self.show(f"{name}.bin")

    def show(self, plan: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.run("show", "-json", plan))
        return document

    def changes(self, command: str = "plan", *options: str, **variables: object) -> list[str]:
        """The addresses that the plan changes, or the apply has changed, outputs included as `output.<name>`."""
        told = self.run(command, "-json", "-input=false", "-lock=false", *options, *_options(variables)).splitlines()
        messages = [json.loads(line) for line in told]
        resources = [each["change"]["resource"]["addr"] for each in messages if each["type"] == "planned_change"]
        outputs = [each["outputs"] for each in messages if each["type"] == "outputs"]
        changed = [name for each in outputs for name, output in each.items() if output.get("action", "noop") != "noop"]
        return resources + [f"output.{name}" for name in changed]

    def state(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.path / "terraform.tfstate").read_text())
        return document

    def run(self, *arguments: str) -> str:
        """What Terraform writes to standard output.

        Raises:
            Failed: it exits with an error.
        """
        environment = {name: value for name, value in os.environ.items() if not name.startswith(UNWANTED)}
        environment |= {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_STANDIN_QUIET": "1"}
        environment["GOGC"] = "400"  # the provider's schema is large: a fifth of the time goes into collecting it again
        command = ["terraform", *arguments]
        if arguments[0] in {"apply", "init", "plan", "test", "validate"}:
            command.append("-no-color")
        # The provider asks who it is, and what the account may do; it must find no credentials of anybody's.
        with account.answering() as variables:
            environment |= variables
            done = subprocess.run(command, cwd=self.path, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failed(f"terraform {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout


def _options(variables: dict[str, object]) -> list[str]:
    return [
        f"-var={name}={value if isinstance(value, str) else json.dumps(value)}" for name, value in variables.items()
    ]
