"""What a Lambda function is configured with, and the environment variables that its processes find."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lambda_local.runtimes import Runtime

REGION = "us-east-1"
ACCOUNT = "000000000000"
# What its managed runtime has, but for the folders: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
PATH = "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin"
NO_HOME = "/home/sbx_user1051"


@dataclass(frozen=True, slots=True)
class Configuration:
    """A function's configuration; `variables` are its own, and may replace Lambda's, as a region or a credential."""

    name: str
    handler: str
    runtime: Runtime
    variables: Mapping[str, str]
    memory_mb: int
    timeout_seconds: float
    init_seconds: float
    concurrency: int

    @property
    def region(self) -> str:
        return self.variables.get("AWS_REGION", REGION)

    def arn(self, qualifier: str) -> str:
        return f"arn:aws:lambda:{self.region}:{ACCOUNT}:function:{self.name}:{qualifier}"

    def environment(self, version: str, code: Path, runtime_api: str) -> dict[str, str]:
        """All that a process gets: nothing comes from whoever has started this program."""
        stream = f"{datetime.now(UTC):%Y/%m/%d}/[{version}]{secrets.token_hex(16)}"
        credentials = {
            "AWS_ACCESS_KEY_ID": "ASIALOCALFUNCTION000",
            "AWS_SECRET_ACCESS_KEY": secrets.token_urlsafe(30),
            "AWS_SESSION_TOKEN": secrets.token_urlsafe(200),
        }
        lambdas = {
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.memory_mb),
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_VERSION": version,
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{self.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": stream,
            "AWS_LAMBDA_RUNTIME_API": runtime_api,
            "AWS_REGION": self.region,
            "HOME": NO_HOME,
            "LAMBDA_RUNTIME_DIR": str(self.runtime.folder),
            "LAMBDA_TASK_ROOT": str(code),
            "LANG": "en_US.UTF-8",
            "PATH": PATH,
            "PYTHONPATH": str(self.runtime.folder),
            "TZ": ":UTC",
            "_HANDLER": self.handler,
        }
        return lambdas | credentials | dict(self.variables)
