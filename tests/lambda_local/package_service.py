"""The package over DynamoDB Local, and secrets in all places, none of which may ever be logged."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.dynamodb_local import DynamoDBLocal
from tests.lambda_local.serving import Answer, Gateway, serving
from tests.production.database import Database, new_database
from tests.production.process import ENVIRONMENT

# Each says where it was. Those of AWS and of Django are what signs.
PASSWORD = "marker-password-1c0e9f"
SECRETS = {
    "DJANGO_SECRET_KEY": "marker-django-key-0123456789abcdefghijklmnopqrstuvwxyz-ABCDEF",
    "AWS_SECRET_ACCESS_KEY": "marker-aws-secret-7d41",
    "AWS_SESSION_TOKEN": "marker-session-token-2b9a",
}


@dataclass
class Service:
    """A gateway before the package, and the environment of processes that work on the same tables."""

    gateway: Gateway
    environment: Mapping[str, str]
    database: Database
    keys: list[str] = field(default_factory=list)

    def create_key(self, user_id: str) -> str:
        """An API key, to be sent as it is returned."""
        key = self.database.create_key(user_id)
        self.keys.append(key)
        return f"Bearer {key}"

    def ask(self, method: str, target: str, body: Any = None, **headers: str) -> Answer:
        """The answer at a path as the API documents it, or at a whole address."""
        if body is not None:
            headers.setdefault("Content_Type", "application/json")
        sent = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        whole = target if target.startswith("https:") else f"{self.gateway.url}{target}"
        return self.gateway.ask(method, whole, sent, **headers)

    def leaked(self) -> list[str]:
        """What has been logged and must not be: each secret, key, and text that calls itself a marker."""
        log = self.gateway.log.read_text()
        assert '"interactions.requests"' in log
        known = [*self.keys, *(key.split("_", 2)[2] for key in self.keys), *SECRETS.values(), PASSWORD]
        known += [b64encode(each.encode()).decode() for each in known]
        return [each for each in known if each in log] + [line for line in log.splitlines() if "marker" in line.lower()]


@contextmanager
def package_served(
    package: Path, runtime: Path, dynamodb_local: DynamoDBLocal, *options: str, **environment: str
) -> Iterator[Service]:
    """Serve it over tables of its own, where nothing is yet."""
    database = new_database(dynamodb_local)
    own = {name: value for name, value in ENVIRONMENT.items() if name != "PATH"}
    own |= SECRETS | {"ALLOWED_HOSTS": "127.0.0.1"} | database.variables | environment
    with serving(package, *options, environment=own, runtime=runtime) as gateway:
        yield Service(gateway, own, database)
