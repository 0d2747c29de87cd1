"""Secrets out of SSM Parameter Store, all in one call. Settings are read once a process, and so are these."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from interactions.aws.credentials import NoCredentials
from interactions.aws.endpoints import NotSupported
from interactions.aws.service import Answer, JsonService, LostAnswer, NotConnected

# GetParameters takes no more.
MAX_NAMES = 10
# A start of Lambda may take 10 s in all. Many that start at once share 40 calls a second: those refused try again.
CONNECT_SECONDS, READ_SECONDS, ATTEMPTS, WAIT_SECONDS = 1.0, 2.0, 3, 0.3
THROTTLED = "ThrottlingException"

Ask = Callable[[Sequence[str]], Mapping[str, Any]]


class Refused(Exception):
    """Parameter Store answered with an error, whose code this is."""


class Unreachable(Exception):
    """It did not answer; the text names what happened."""


def read_parameters(
    prefix: str, *, region: str, required: Sequence[str], optional: Sequence[str] = (), wire: str = "lean"
) -> Mapping[str, str]:
    """The values of the parameters `<prefix>/<name>`, by name; optional ones that are not there are left out.

    `wire` is "lean" or "botocore", as that to DynamoDB.

    Raises:
        ImproperlyConfigured: a required one is missing, or Parameter Store does not answer.
    """
    if not prefix.startswith("/") or not prefix.strip("/"):
        raise ImproperlyConfigured(f"SSM_PREFIX is {prefix!r}: give a path that begins with /, as /interactions/prod")
    paths = {f"{prefix.rstrip('/')}/{name}": name for name in (*required, *optional)}
    found = {paths[path]: value for path, value in _read([*paths], region, wire).items()}
    missing = [path for path, name in paths.items() if name in required and not found.get(name)]
    if missing:
        raise ImproperlyConfigured(
            f"SSM Parameter Store of {region} has no value for {', '.join(missing)}: "
            "put each there as a SecureString (aws ssm put-parameter --type SecureString), or leave SSM_PREFIX out"
        )
    return found


def _read(paths: Sequence[str], region: str, wire: str) -> dict[str, str]:
    found: dict[str, str] = {}
    try:
        ask = _over_botocore(region) if wire == "botocore" else _over_lean_wire(region)
        for start in range(0, len(paths), MAX_NAMES):
            answer = ask(paths[start : start + MAX_NAMES])
            found |= {parameter["Name"]: parameter["Value"] for parameter in answer["Parameters"]}
    except Refused as error:
        raise ImproperlyConfigured(
            f"SSM Parameter Store of {region} answered {error} for {', '.join(paths)}: "
            "the role needs ssm:GetParameters on them and kms:Decrypt with their key; "
            "when it was throttled, start again"
        ) from error
    except NotSupported as error:
        raise ImproperlyConfigured(f"SSM Parameter Store of {region} cannot be asked: {error}") from error
    except Unreachable as error:
        raise ImproperlyConfigured(
            f"SSM Parameter Store of {region} cannot be asked for {', '.join(paths)} ({error}): "
            "look at the network, the region and the credentials"
        ) from error
    return found


def _over_lean_wire(region: str) -> Ask:
    service = JsonService("ssm", target="AmazonSSM", version="1.1", region=region)

    def ask(names: Sequence[str]) -> Mapping[str, Any]:
        body = json.dumps({"Names": names, "WithDecryption": True}).encode()
        failure: Exception = Unreachable()
        for attempt in range(ATTEMPTS):
            time.sleep(attempt * WAIT_SECONDS)
            try:
                answer = service.call("GetParameters", body, CONNECT_SECONDS, READ_SECONDS)
            except NoCredentials as error:
                raise Unreachable(str(error)) from error
            except (NotConnected, LostAnswer) as error:
                failure = Unreachable(str(error))
                continue
            finally:
                service.disconnect()
            document = _document(answer)
            if answer.status == 200 and "Parameters" in document:
                return document
            code = str(document.get("__type", answer.status)).rpartition("#")[2]
            failure = Refused(code)
            if answer.status < 500 and code != THROTTLED:
                break
        raise failure

    return ask


def _document(answer: Answer) -> dict[str, Any]:
    """Empty where it is none: a load balancer answers in HTML."""
    try:
        document = json.loads(answer.body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _over_botocore(region: str) -> Ask:
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.session import get_session

    # At DEBUG, which a process can be told to log at before anything of ours runs, botocore writes whole answers.
    logging.getLogger("botocore").setLevel(logging.WARNING)
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )

    def ask(names: Sequence[str]) -> Mapping[str, Any]:
        try:
            with closing(get_session().create_client("ssm", region_name=region, config=config)) as client:
                answer: Mapping[str, Any] = client.get_parameters(Names=names, WithDecryption=True)
        except ClientError as error:
            raise Refused(error.response.get("Error", {}).get("Code", "an error")) from error
        except BotoCoreError as error:
            raise Unreachable(type(error).__name__) from error
        return answer

    return ask
