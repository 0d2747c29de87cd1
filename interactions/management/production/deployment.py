"""The names that a deployment's parts have in AWS, as `infra/terraform/` gives them."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import boto3
from botocore.config import Config

SERVICE = "interactions"
ALIAS = "live"
ENVIRONMENT_PATTERN = re.compile(r"[a-z][a-z0-9]{0,15}\Z")


class Deployment(NamedTuple):
    """One deployment of the service: Terraform's variable `environment`, in one region."""

    environment: str
    region: str

    @property
    def name(self) -> str:
        """Of the function, the API, the dashboard, and what all other names begin with."""
        return f"{SERVICE}-{self.environment}"

    @property
    def release_parameter(self) -> str:
        """The SSM parameter that says which versions of the function are live."""
        return f"/{SERVICE}/{self.environment}/live/release"

    @property
    def tables_parameter(self) -> str:
        """The SSM parameter that says what the names of the tables in use begin with."""
        return f"/{SERVICE}/{self.environment}/live/table-prefix"

    @property
    def table_prefix(self) -> str:
        """What the names of Terraform's own tables begin with, in use or not."""
        return f"{self.name}-"

    @property
    def log_group(self) -> str:
        return f"/aws/lambda/{self.name}"

    def client(self, service: str) -> Any:
        """A boto3 client that gives up, and says so, rather than wait for minutes."""
        retries = {"mode": "standard", "total_max_attempts": 5}
        config = Config(region_name=self.region, connect_timeout=5, read_timeout=60, retries=retries)
        return boto3.client(service, config=config)
