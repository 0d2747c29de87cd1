"""`release`: which versions of the function get requests, seen and changed."""

from __future__ import annotations

import json
import re
import time
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import CommandError, CommandParser

from interactions.management import base
from interactions.management.production.command import DeploymentCommand
from interactions.management.production.deployment import Deployment
from interactions.management.production.release import transitions
from interactions.management.production.release.live import Live, Traffic
from interactions.management.production.release.releases import Releases
from interactions.management.production.release.status import status_document, status_lines
from interactions.management.production.release.trial import try_out
from interactions.management.production.release.watching import Alarms

INTERRUPTED = 130


class Command(DeploymentCommand):
    help = "See which versions of the function are live, try the newest one, keep it, or go back."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        status = actions.add_parser("status", help="What is live, and which alarms ring.")
        status.add_argument("--json", action="store_true", help="Print one JSON object and nothing else.")
        canary = actions.add_parser("canary", help="Give the newest version a share of the requests.")
        canary.add_argument("--version", metavar="N", type=_version, help="Only if that is the newest one.")
        canary.add_argument("--weight", metavar="W", type=_weight, default=0.1, help="Its share (0.1).")
        canary.add_argument(
            "--minutes",
            metavar="M",
            type=_number,
            help="Watch the alarms so long, and roll back when one rings; 0 looks once. One that has rung before the "
            "canary does not count until it has been OK.",
        )
        canary.add_argument(
            "--interval", metavar="S", type=_number, default=15.0, help="Seconds between two looks (15)."
        )
        promote = actions.add_parser("promote", help="Give the canary every request.")
        rollback = actions.add_parser("rollback", help="End the canary or, with none, go back to the version before.")
        rollback.add_argument("--version", metavar="N", type=_version, help="Go back to this one.")
        for action in (status, canary, promote, rollback):
            self.add_deployment_arguments(action)
        for change in (canary, promote, rollback):
            self.add_change_arguments(change)

    def handle(self, *args: Any, **options: Any) -> None:
        deployment = self.deployment(options)
        releases = Releases(deployment)
        live = releases.look()
        match options["action"]:
            case "status":
                self._say_status(deployment, live, options)
            case "canary":
                self._canary(deployment, releases, live, options)
            case "promote":
                self._move(releases, live, transitions.promoted(live), options)
            case "rollback":
                self._rollback(releases, live, options)

    def _say_status(self, deployment: Deployment, live: Live, options: dict[str, Any]) -> None:
        ringing = Alarms(deployment).ringing()
        if options["json"]:
            self.stdout.write(json.dumps(status_document(deployment, live, ringing)))
            return
        for line in status_lines(deployment, live, ringing):
            self.stdout.write(line)

    def _canary(self, deployment: Deployment, releases: Releases, live: Live, options: dict[str, Any]) -> None:
        target = transitions.canary(live, options["version"], options["weight"])
        assert target.canary is not None
        watches = options["minutes"] is not None
        alarms = Alarms(deployment)
        excused = self._excused(alarms, target, live) if watches else set()
        if live.alias != target:
            try_out(deployment, live.versions[target.canary])
            self.stdout.write(f"Version {target.canary} answers /health and /ready.")
        if self._move(releases, live, target, options) and watches:
            self._watch(releases, alarms, target, excused, options)

    def _rollback(self, releases: Releases, live: Live, options: dict[str, Any]) -> None:
        target = transitions.rolled_back(live, options["version"])
        earlier = transitions.before(live)
        self._move(releases, live, target, options)
        if target == live.alias and earlier is not None:
            self.stdout.write(f"To go further back: manage.py release rollback --version {earlier}")

    def _move(self, releases: Releases, live: Live, target: Traffic, options: dict[str, Any]) -> bool:
        """Whether it is so now."""
        if live.alias == target and live.recorded == target.recorded(live.newest):
            self.stdout.write(f"Nothing is to be done: {target}.")
            return not options["dry_run"]
        what = "alias and parameter" if live.alias != target else "the parameter alone; the alias is so already"
        if not self.may(f"Now {live.alias}. To be changed ({what}): {target}.", options):
            return False
        began = time.monotonic()
        releases.move(live, target)
        self.stdout.write(f"Done in {time.monotonic() - began:.1f} s: {target}.")
        return True

    def _excused(self, alarms: Alarms, target: Traffic, live: Live) -> set[str]:
        """The alarms that rang before there was a canary to set them off.

        Raises:
            CommandError: the canary's own is among them, and could not tell a bad one from a good one.
        """
        if live.alias.canary == target.canary:
            return set()
        ringing = alarms.watched_and_ringing()
        if own := sorted(ringing & alarms.of_the_canary):
            raise CommandError(
                f"In ALARM already: {', '.join(own)}. It would tell nothing of this canary: wait until it is OK. "
                "Nothing was changed."
            )
        if ringing:
            self.stdout.write(
                f"In ALARM before the canary, and not counted until OK again: {', '.join(sorted(ringing))}."
            )
        return ringing

    def _watch(
        self, releases: Releases, alarms: Alarms, target: Traffic, excused: set[str], options: dict[str, Any]
    ) -> None:
        minutes = options["minutes"]
        self.stdout.write(f"Watching the alarms for {minutes:g} minutes.")
        try:
            rang = alarms.watch(minutes * 60, options["interval"], excused)
        except KeyboardInterrupt:
            raise CommandError(
                f"Interrupted, and the canary goes on: {target}. `manage.py release rollback` ends it.",
                returncode=INTERRUPTED,
            ) from None
        except Exception:
            self._roll_back(releases, target, "The alarms cannot be looked at, and the canary is not left unwatched")
            raise
        if rang:
            self._roll_back(releases, target, f"In ALARM: {', '.join(rang)}")
            raise CommandError(f"The canary was rolled back, because of {', '.join(rang)}.")
        self.stdout.write(f"No alarm in {minutes:g} minutes. To keep it: manage.py release promote")

    def _roll_back(self, releases: Releases, target: Traffic, why: str) -> None:
        """What this command has begun it ends, unless somebody else has done so, or something else."""
        self.stdout.write(f"{why}: rolling back.")
        began = time.monotonic()
        live = releases.look()
        if live.alias != target:
            raise CommandError(
                f"{why}. Somebody else has changed the alias meanwhile: {live.alias}. It was left as it is."
            )
        back = transitions.rolled_back(live, None)
        releases.move(live, back)
        self.stdout.write(f"Rolled back in {time.monotonic() - began:.1f} s: {back}.")


def _version(text: str) -> int:
    return base.whole(1, 10**9)(text)


def _number(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text):
        raise ArgumentTypeError("give a number, as 10 or 0.5")
    return float(text)


def _weight(text: str) -> float:
    weight = _number(text)
    if not 0 < weight < 1:
        raise ArgumentTypeError("give a weight between 0 and 1, as 0.1: `release promote` gives every request")
    return weight
