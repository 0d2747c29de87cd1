"""Secrets out of SSM Parameter Store, all in one call. Settings are read once a process, and so are these."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import closing

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session
from django.core.exceptions import ImproperlyConfigured

# GetParameters takes no more.
MAX_NAMES = 10
# A start of Lambda may take 10 s in all. Many that start at once share 40 calls a second: those refused try again.
CONFIG = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 3})


def read_parameters(
    prefix: str, *, region: str, required: Sequence[str], optional: Sequence[str] = ()
) -> Mapping[str, str]:
    """The values of the parameters `<prefix>/<name>`, by name; optional ones that are not there are left out.

    Raises:
        ImproperlyConfigured: a required one is missing, or Parameter Store does not answer.
    """
    if not prefix.startswith("/") or not prefix.strip("/"):
        raise ImproperlyConfigured(f"SSM_PREFIX is {prefix!r}: give a path that begins with /, as /interactions/prod")
    paths = {f"{prefix.rstrip('/')}/{name}": name for name in (*required, *optional)}
    found = {paths[path]: value for path, value in _read([*paths], region).items()}
    missing = [path for path, name in paths.items() if name in required and not found.get(name)]
    if missing:
        raise ImproperlyConfigured(
            f"SSM Parameter Store of {region} has no value for {', '.join(missing)}: "
            "put each there as a SecureString (aws ssm put-parameter --type SecureString), or leave SSM_PREFIX out"
        )
    return found


def _read(paths: Sequence[str], region: str) -> dict[str, str]:
    # At DEBUG, which Lambda can be told to log at before anything of ours runs, botocore writes whole answers.
    logging.getLogger("botocore").setLevel(logging.WARNING)
    found: dict[str, str] = {}
    try:
        with closing(get_session().create_client("ssm", region_name=region, config=CONFIG)) as client:
            for start in range(0, len(paths), MAX_NAMES):
                answer = client.get_parameters(Names=paths[start : start + MAX_NAMES], WithDecryption=True)
                found |= {parameter["Name"]: parameter["Value"] for parameter in answer["Parameters"]}
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "an error")
        raise ImproperlyConfigured(
            f"SSM Parameter Store of {region} answered {code} for {', '.join(paths)}: "
            "the role needs ssm:GetParameters on them and kms:Decrypt with their key; "
            "when it was throttled, start again"
        ) from error
    except BotoCoreError as error:
        raise ImproperlyConfigured(
            f"SSM Parameter Store of {region} cannot be asked for {', '.join(paths)} ({type(error).__name__}): "
            "look at the network, the region and the credentials"
        ) from error
    return found
