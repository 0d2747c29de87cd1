"""Lambda SnapStart: many processes are restored from one's memory, which may hold nothing secret, dated or connected.

https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-python.html
"""

from __future__ import annotations

from django.conf import settings

from interactions.conf import conf
from interactions.dynamodb.connection import get_connection
from interactions.providers.configuration import secrets_of
from project.settings import production
from project.settings.secrets import read_secrets


def register() -> None:
    """Let Lambda's runtime, which alone has the module, call the two at their time."""
    from snapshot_restore_py import register_after_restore, register_before_snapshot

    register_before_snapshot(forget)
    register_after_restore(renew)


def forget() -> None:
    """Before the snapshot is taken: close connections, let go of credentials and keys."""
    get_connection().wire.disconnect()
    if conf.sessions_region:
        get_connection(conf.sessions_region).wire.disconnect()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS, settings.INTERACTIONS_PROVIDER_KEYS = "", [], {}


def renew() -> None:
    """In each restored process: read them again. Raises as `read_secrets` does, which ends the process."""
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS, settings.INTERACTIONS_PROVIDER_KEYS = read_secrets(
        production.SSM_PREFIX,
        region=production.AWS_REGION,
        wire=production.INTERACTIONS_AWS_WIRE,
        providers=secrets_of(production.INTERACTIONS_PROVIDERS),
    )
