"""Which traffic follows on which: a canary, its promotion, the way back. Each is refused where it makes no sense."""

from __future__ import annotations

from django.core.management.base import CommandError

from interactions.management.production.release.live import Live, Traffic, Version


def canary(live: Live, number: int | None, weight: float) -> Traffic:
    """A share of the requests for the newest version.

    Another one than the newest is refused: Terraform has no word for it, and its next apply would undo it.
    """
    version = live.newest if number is None else number
    _known(live, version)
    if version == live.alias.stable:
        newest = "the newest, and " if version == live.newest else ""
        raise CommandError(f"There is nothing to go to: version {version} is {newest}live already.")
    if version != live.newest:
        raise CommandError(
            f"Version {version} is not the newest, which is {live.newest}: Terraform gives a canary to the newest "
            "alone, and its next apply would undo this."
        )
    _same_tables(live, version)
    return Traffic(live.alias.stable, version, weight)


def promoted(live: Live) -> Traffic:
    """Every request for the version that is the canary."""
    if live.alias.canary is not None:
        return Traffic(live.alias.canary)
    if _half_promoted(live):
        return live.alias
    raise CommandError(f"No canary runs: {live.alias}. `manage.py release canary` begins one.")


def rolled_back(live: Live, number: int | None) -> Traffic:
    """The way back: out of a canary to the stable version, else to an earlier one.

    Without a number it goes back once, however often it is asked: what an earlier call has begun is finished, and
    behind a newest version that was rolled back lies nothing but what is named.
    """
    back = _back(live) if number is None else number
    _known(live, back)
    if back > live.alias.stable:
        raise CommandError(
            f"Version {back} lies ahead of the live one, which is {live.alias.stable}: `manage.py release canary` and "
            "`manage.py release promote` lead there."
        )
    if back != live.alias.stable:
        _same_tables(live, back)
    return Traffic(back)


def mend(live: Live) -> str:
    """The command that makes the parameter say what the alias does."""
    if live.alias.canary is not None:
        return f"release canary --version {live.alias.canary} --weight {live.alias.weight:g}"
    return "release promote" if _half_promoted(live) else f"release rollback --version {live.alias.stable}"


def _back(live: Live) -> int:
    if live.alias.canary is not None:
        return live.alias.stable
    if live.recorded is not None and not live.agrees:
        # A promotion that was not finished is undone; of anything else the alias is where it was to get.
        return live.recorded.stable if _half_promoted(live) else live.alias.stable
    if live.recorded == Traffic(live.alias.stable, live.newest):
        return live.alias.stable
    back = before(live)
    if back is None:
        raise CommandError(f"There is nothing to go back to: version {live.alias.stable} is the first that is kept.")
    return back


def before(live: Live) -> int | None:
    """The version before the stable one."""
    return max((version for version in live.versions if version < live.alias.stable), default=None)


def _half_promoted(live: Live) -> bool:
    """The alias has been moved to the canary, and the parameter still calls it one."""
    said = live.recorded
    return said is not None and live.alias.canary is None and said.running.canary == live.alias.stable


def _known(live: Live, number: int) -> Version:
    if number not in live.versions:
        known = ", ".join(map(str, sorted(live.versions)[-5:]))
        raise CommandError(f"There is no version {number}: the latest are {known}.")
    return live.versions[number]


def _same_tables(live: Live, number: int) -> None:
    """A restore has put other tables in use than those that an earlier version works on."""
    prefix = live.versions[number].table_prefix
    if None not in (prefix, live.table_prefix) and prefix != live.table_prefix:
        raise CommandError(
            f"Version {number} works on the tables {prefix}*, and {live.table_prefix}* are in use: a restore has put "
            "them there. Nothing was changed."
        )
