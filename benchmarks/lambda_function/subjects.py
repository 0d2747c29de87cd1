"""The three functions side by side: ours out of its package, and two yardsticks over the same distributions."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import botocore

from benchmarks.lambda_function.exchanges import HOST
from lambda_package.bytecode import find_python
from lambda_package.distributions import install
from lambda_package.target import ARCHITECTURES

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
WORKER = HERE / "worker.py"
# As long as those that Lambda gives to a role, which are signed and sent with every call.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "A" * 20, "AWS_SECRET_ACCESS_KEY": "s" * 40, "AWS_SESSION_TOKEN": "t" * 800}


@dataclass(frozen=True, slots=True)
class Subject:
    name: str
    handler: str
    path: tuple[Path, ...]
    authorities: Path  # that it trusts
    variables: Mapping[str, str]

    def command(self, python: str, events: Path, *steps: str) -> list[str]:
        return [python, "-S", str(WORKER), self.handler, str(events), *steps]

    def environment(self, endpoint: str) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(map(str, self.path)),
            "PYTHONHASHSEED": "0",  # the same instructions each time
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
            "AWS_CA_BUNDLE": str(self.authorities),
            **CREDENTIALS,
            **self.variables,
        }


@dataclass(frozen=True, slots=True)
class Prepared:
    """`python` is the interpreter that runs them, `package` the zip."""

    python: str
    package: Path
    subjects: tuple[Subject, Subject, Subject]


@contextmanager
def prepared(certificate: str) -> Iterator[Prepared]:
    """The functions as Lambda would find them, byte code included; each trusts the certificate besides its own."""
    python, _ = find_python()
    with tempfile.TemporaryDirectory(prefix="lambda-bench-") as temporary:
        folder = Path(temporary)
        builder = [sys.executable, str(ROOT / "infra" / "lambda" / "build.py"), "--output", temporary]
        subprocess.run(builder, check=True, stdout=subprocess.DEVNULL)
        task, site, yardsticks = folder / "task", folder / "site", folder / "yardsticks"
        zipfile.ZipFile(folder / "lambda.zip").extractall(task)
        install(ROOT / "requirements-local.txt", ARCHITECTURES["x86_64"], site)
        for source in (HERE / "yardsticks").rglob("*.py"):
            copy = yardsticks / source.relative_to(HERE / "yardsticks")
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(source.read_bytes())
        compiling = [python, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
        subprocess.run([*compiling, str(site), str(yardsticks)], check=True)
        everybody = folder / "all.pem"
        everybody.write_text(Path(botocore.__file__).with_name("cacert.pem").read_text() + certificate)
        amazon = folder / "amazon.pem"
        amazon.write_text((task / "interactions/aws/amazon-roots.pem").read_text() + certificate)
        ours = Subject(
            "this service",
            "project.lambda_handler.handler",
            (task,),
            amazon,
            {"ALLOWED_HOSTS": HOST, "DJANGO_SECRET_KEY": "0123456789" * 6},
        )
        typical = Subject("typical Django", "typical.handler.handler", (yardsticks, site), everybody, {})
        bare = Subject("bare boto3", "bare_boto3.handler", (yardsticks, site), everybody, {})
        yield Prepared(python, folder / "lambda.zip", (ours, typical, bare))
