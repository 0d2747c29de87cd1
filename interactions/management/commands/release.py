"""`release`: which versions of the function get requests, seen and changed."""

from __future__ import annotations

import json
import re
import time
from argparse import ArgumentTypeError
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.core.management.base import CommandError, CommandParser

from interactions.management import base
from interactions.management.production.command import DeploymentCommand
from interactions.management.production.deployment import Deployment
from interactions.management.production.release import transitions
from interactions.management.production.release.counting import counts
from interactions.management.production.release.judgement import Evidence, Verdict, judged
from interactions.management.production.release.live import Live, Traffic, Version
from interactions.management.production.release.releases import Releases
from interactions.management.production.release.status import status_document, status_lines
from interactions.management.production.release.trial import cannot_serve, tried, try_out
from interactions.management.production.release.watching import Alarms

INTERRUPTED = 130
# How far `promote` looks back: over the pipeline's canary of 10 minutes, and the delay of its metrics.
JUDGED = timedelta(minutes=15)


class Watch(NamedTuple):
    """What is watched: the traffic with the canary, the alarms, those that do not count yet, and since when."""

    target: Traffic
    alarms: Alarms
    excused: set[str]
    began: datetime


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
        promote = actions.add_parser("promote", help="Try the canary once more, and give it every request.")
        promote.add_argument(
            "--untried", action="store_true", help="Neither try it nor look at its alarms and failures."
        )
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
                self._promote(deployment, releases, live, options)
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
        version, watches = live.versions[target.canary], options["minutes"] is not None
        alarms = Alarms(deployment)
        excused = self._excused(alarms, target, live) if watches else set()
        if options["dry_run"] and live.alias != target:
            try_out(deployment, version)
            self.stdout.write(f"Version {version.number} answers /health and /ready.")
        if not self._is_agreed(live, target, options):
            return
        watch = Watch(target, alarms, excused, datetime.now(UTC))
        if live.alias != target or watches:
            trial = self._try(deployment, releases, live, version)
            self._do_move(releases, live, target)
            if watches:
                self._watch(deployment, releases, watch, trial, options)
        else:
            self._do_move(releases, live, target)

    def _try(self, deployment: Deployment, releases: Releases, live: Live, version: Version) -> Evidence:
        """Try the version before it gets requests; a running canary that fails its trial is rolled back.

        Raises:
            CommandError: the version has failed a request of the trial.
        """
        runs = live.alias.canary == version.number
        try:
            trial = tried(deployment, live, version)
        except Exception:  # whatever it is, a canary that nobody watches must end; then it is raised again
            if runs:
                self._roll_back(releases, live.alias, "The canary cannot be tried, and is not left unwatched")
            raise
        evidence = Evidence(tried=trial.requests, failed=trial.failed)
        verdict = judged(evidence)
        if verdict.keeps:
            self.stdout.write(f"Version {version.number} answered {trial.requests} requests of the trial rightly.")
            return evidence
        fault = f"{'; '.join(trial.faults)} ({verdict.basis})"
        if runs:
            self._roll_back(releases, live.alias, fault)
            raise CommandError(f"The canary was rolled back, because of {fault}.")
        raise CommandError(cannot_serve(version, fault))

    def _promote(self, deployment: Deployment, releases: Releases, live: Live, options: dict[str, Any]) -> None:
        target = transitions.promoted(live)
        if not self._is_agreed(live, target, options):
            return
        if live.alias != target and not options["untried"]:
            verdict = self._judge(deployment, live, live.versions[target.stable])
            if not verdict.keeps:
                raise CommandError(
                    f"Version {target.stable} was not promoted, because of {verdict.basis}. "
                    "`manage.py release rollback` ends the canary; --untried promotes it all the same."
                )
            self.stdout.write(f"Version {target.stable} is {verdict.basis}.")
        self._do_move(releases, live, target)

    def _judge(self, deployment: Deployment, live: Live, version: Version) -> Verdict:
        """Judge a canary by its own alarms, the last minutes' requests, and another trial."""
        alarms = Alarms(deployment)
        trial = tried(deployment, live, version)
        evidence = Evidence(tried=trial.requests, failed=trial.failed)
        if trial.failed:
            verdict = judged(evidence)
            return verdict._replace(basis=f"{'; '.join(trial.faults)} ({verdict.basis})")
        evidence = replace(evidence, ringing=tuple(sorted(alarms.of_the_canary.intersection(alarms.ringing()))))
        return judged(self._counted(deployment, version.number, datetime.now(UTC) - JUDGED, evidence))

    def _rollback(self, releases: Releases, live: Live, options: dict[str, Any]) -> None:
        target = transitions.rolled_back(live, options["version"])
        earlier = transitions.before(live)
        self._move(releases, live, target, options)
        if target == live.alias and earlier is not None:
            self.stdout.write(f"To go further back: manage.py release rollback --version {earlier}")

    def _move(self, releases: Releases, live: Live, target: Traffic, options: dict[str, Any]) -> None:
        if self._is_agreed(live, target, options):
            self._do_move(releases, live, target)

    def _is_agreed(self, live: Live, target: Traffic, options: dict[str, Any]) -> bool:
        """Say what is about to be changed, and whether it may be. Where all is so already, nothing is asked."""
        if self._is_so(live, target):
            self.stdout.write(f"Nothing is to be done: {target}.")
            return not options["dry_run"]
        what = "alias and parameter" if live.alias != target else "the parameter alone; the alias is so already"
        return self.may(f"Now {live.alias}. To be changed ({what}): {target}.", options)

    @staticmethod
    def _is_so(live: Live, target: Traffic) -> bool:
        return live.alias == target and live.recorded == target.recorded(live.newest)

    def _do_move(self, releases: Releases, live: Live, target: Traffic) -> None:
        if self._is_so(live, target):
            return
        began = time.monotonic()
        releases.move(live, target)
        self.stdout.write(f"Done in {time.monotonic() - began:.1f} s: {target}.")

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
        self, deployment: Deployment, releases: Releases, watch: Watch, trial: Evidence, options: dict[str, Any]
    ) -> None:
        minutes, target = options["minutes"], watch.target
        self.stdout.write(f"Watching the alarms for {minutes:g} minutes.")
        try:
            rang = watch.alarms.watch(minutes * 60, options["interval"], watch.excused)
            silent = [] if rang else watch.alarms.silent()
        except KeyboardInterrupt:
            raise CommandError(
                f"Interrupted, and the canary goes on: {target}. `manage.py release rollback` ends it.",
                returncode=INTERRUPTED,
            ) from None
        except Exception:  # as above
            self._roll_back(releases, target, "The alarms cannot be looked at, and the canary is not left unwatched")
            raise
        evidence = replace(trial, ringing=tuple(rang), silent=tuple(silent))
        if not rang:
            assert target.canary is not None
            evidence = self._counted(deployment, target.canary, watch.began, evidence)
        verdict = judged(evidence)
        if not verdict.keeps:
            self._roll_back(releases, target, f"In ALARM: {verdict.basis}" if rang else f"Because of {verdict.basis}")
            raise CommandError(f"The canary was rolled back, because of {verdict.basis}.")
        self.stdout.write(f"No alarm in {minutes:g} minutes; {verdict.basis}. To keep it: manage.py release promote")

    def _counted(self, deployment: Deployment, version: int, since: datetime, evidence: Evidence) -> Evidence:
        """The evidence with what CloudWatch has counted of the canary since then."""
        seen = counts(deployment, version, since)
        if seen.refusal:
            self.stdout.write(f"How many requests it got is not known. {seen.refusal}")
        return replace(evidence, requests=seen.requests, failures=seen.failures)

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
