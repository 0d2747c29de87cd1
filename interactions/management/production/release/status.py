"""What `release status` says: a table for a person, a document for a program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from interactions.management.base import printable
from interactions.management.production.deployment import Deployment
from interactions.management.production.release.live import Live, Version, share
from interactions.management.production.release.transitions import mend


def status_document(deployment: Deployment, live: Live, ringing: Sequence[str]) -> dict[str, Any]:
    newest = live.versions[live.newest]
    return {
        "environment": deployment.environment,
        "region": deployment.region,
        **live.alias.document(),
        "newest_version": {
            "version": str(newest.number),
            "published_at": newest.published,
            "description": newest.description,
            "code": newest.code,
        },
        "table_prefix": live.table_prefix,
        "alarms": [*ringing],
        "parameter": live.recorded.document() if live.recorded else None,
        "agrees": live.agrees,
        "mend": None if live.agrees else f"manage.py {mend(live)}",
    }


def status_lines(deployment: Deployment, live: Live, ringing: Sequence[str]) -> Iterator[str]:
    alias = live.alias
    yield f"{deployment.name} in {deployment.region}"
    yield f"  stable   version {alias.stable}, {share(1 - alias.weight)} of the requests"
    yield f"  canary   {f'version {alias.canary}, {share(alias.weight)}' if alias.canary else 'none'}"
    yield f"  newest   {_words(live.versions[live.newest])}"
    yield f"  tables   {live.table_prefix}*" if live.table_prefix else "  tables   the parameter is missing"
    yield f"  alarms   {', '.join(ringing) or 'none in ALARM'}"
    if not live.agrees:
        said = live.recorded.running if live.recorded else "nothing that can be understood"
        yield (
            f"The parameter {deployment.release_parameter} says otherwise: {said}. Until they agree, the next "
            f"`terraform apply` makes it so. To keep what the alias does: manage.py {mend(live)}"
        )
    stable = live.versions.get(alias.stable)
    if stable and stable.table_prefix and live.table_prefix and stable.table_prefix != live.table_prefix:
        yield (
            f"Version {alias.stable} works on the tables {stable.table_prefix}*, whatever the parameter "
            f"{deployment.tables_parameter} says: a restore was not finished."
        )


def _words(version: Version) -> str:
    described = f', "{printable(version.description)}"' if version.description else ""
    return f"version {version.number}, published {version.published}, code {version.code}{described}"
