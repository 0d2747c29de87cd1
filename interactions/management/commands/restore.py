"""`restore`: all tables as they were at an instant, under new names, and the function pointed at them.

The tables that were live are left as they are: `restore --switch-to PREFIX` goes back to them.
"""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from datetime import datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser

from interactions.domain.fields import parse_instant
from interactions.management.production.command import DeploymentCommand
from interactions.management.production.deployment import Deployment
from interactions.management.production.restore import restoring
from interactions.management.production.restore.comparison import COUNTS, compared, refuse_other_keys
from interactions.management.production.restore.settings import apply_settings
from interactions.management.production.restore.steps import Steps
from interactions.management.production.restore.switch import InUse, refuse_prefix, switch, tables_in_use

LATEST = "latest"
INTERRUPTED = 130
AFTERWARDS = (
    "What was done after the point is undone: repeat deletions and erasures, revocations of keys, changes of passwords "
    "and accounts."
)


class Command(DeploymentCommand):
    help = (
        "Recover from a loss of data: restore all tables to a point in time under new names, compare them with those "
        "that are live, and point the function at them. It asks before it begins, says each step with the minutes "
        "since the beginning, and goes on where it was when the same is asked again. Nothing is deleted: --switch-to "
        "goes back to the tables of before."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "--to", metavar="TIME", type=_point, help="An RFC 3339 time, or latest, which is some 5 minutes ago."
        )
        what.add_argument(
            "--switch-to", metavar="PREFIX", help="Restore nothing: point the function at the tables so called."
        )
        parser.add_argument("--from-prefix", metavar="PREFIX", help="Of the tables to restore (those that are live).")
        parser.add_argument("--no-switch", action="store_true", help="Restore and compare, and switch nothing.")
        parser.add_argument(
            "--count",
            choices=COUNTS,
            default="auto",
            help="Items, exactly (by scans: half a read unit for each 4 KB of both tables), approximately (DynamoDB's "
            "own count, up to six hours old), or none; auto is exact up to 5 GB a table.",
        )
        parser.add_argument(
            "--interval",
            metavar="SECONDS",
            type=_seconds,
            default=10.0,
            help="Between two questions whether the tables are there (10).",
        )
        self.add_deployment_arguments(parser)
        self.add_change_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        deployment, steps = self.deployment(options), Steps(self.stdout)
        try:
            if options["switch_to"] is None:
                self._restore(deployment, steps, options)
            else:
                self._switch_to(deployment, steps, options)
        except KeyboardInterrupt:
            raise CommandError("Interrupted.", returncode=INTERRUPTED) from None

    def _restore(self, deployment: Deployment, steps: Steps, options: dict[str, Any]) -> None:
        used = self._look(deployment)
        source: str = options["from_prefix"] or used.recorded
        to = None if options["to"] == LATEST else options["to"]
        target = None if to is None else restoring.restored_prefix(deployment, to)
        if used.agrees and target == source:
            self.stdout.write(f"The tables {source}* are live already. Nothing was changed.")
            return
        if not used.agrees and used.actual != target and not options["from_prefix"]:
            raise CommandError(_unsettled(used))
        dynamodb = deployment.client("dynamodb")
        plan = restoring.plan(deployment, dynamodb, source, to)
        if used.actual != plan.target_prefix:
            restoring.refuse_those_once_live(dynamodb, plan)
        if not self.may(_change(plan, used, options), options):
            return
        try:
            self._carry_out(deployment, plan, used, steps, options)
        except BaseException:
            time = restoring.said(plan.point)
            self.stderr.write(f"This was cut off: the same command, with --to {time}, goes on where it was.")
            raise

    def _carry_out(
        self, deployment: Deployment, plan: restoring.Restore, used: InUse, steps: Steps, options: dict[str, Any]
    ) -> None:
        dynamodb, interval = deployment.client("dynamodb"), options["interval"]
        restoring.start(dynamodb, plan, steps)
        restoring.wait(dynamodb, plan.targets, interval, steps.say)
        apply_settings(dynamodb, plan, interval, steps)
        restored = refuse_other_keys(dynamodb, plan)
        if options["count"] == "none":
            steps.say("The restored tables have the keys and indexes of their sources.")
        else:
            counts = compared(dynamodb, plan, restored, options["count"])
            steps.say(f"The restored tables have the keys and indexes of their sources. Items:\n{counts}")
        if options["no_switch"]:
            self.stdout.write(f"Nothing is switched: `manage.py restore --switch-to {plan.target_prefix}` does.")
        else:
            switch(deployment, plan.target_prefix, steps)
            self._tell_the_rest(used.before(plan.target_prefix))
            self.stdout.write(AFTERWARDS)
        steps.measure()
        steps.measure_loss(plan.point)

    def _switch_to(self, deployment: Deployment, steps: Steps, options: dict[str, Any]) -> None:
        prefix = options["switch_to"]
        used = self._look(deployment)
        refuse_prefix(deployment, prefix)
        if used.agrees and prefix == used.actual:
            self.stdout.write(f"The tables {prefix}* are live already. Nothing was changed.")
            return
        change = f"The function goes from the tables {used.actual}* to {prefix}*.{_end_of_canary(used)}"
        if self.may(change, options):
            switch(deployment, prefix, steps)
            self._tell_the_rest(used.before(prefix))
            steps.measure()

    def _look(self, deployment: Deployment) -> InUse:
        used = tables_in_use(deployment)
        self.stdout.write(f"Live: {used.traffic}, over the tables {used.actual}*.")
        return used

    def _tell_the_rest(self, before: str) -> None:
        self.stdout.write(
            f"The tables {before}* are left as they are: `manage.py restore --switch-to {before}` goes back to them. "
            "`terraform apply` makes alarms, dashboard and permissions follow."
        )


def _change(plan: restoring.Restore, used: InUse, options: dict[str, Any]) -> str:
    if options["no_switch"]:
        return f"{plan.words}\nNothing is switched."
    return f"{plan.words}\nThen the function is pointed at the new ones.{_end_of_canary(used)}"


def _end_of_canary(used: InUse) -> str:
    return f" The canary, version {used.traffic.canary}, ends." if used.traffic.weight else ""


def _unsettled(used: InUse) -> str:
    return (
        f"The function works on the tables {used.actual}*, but {used.recorded}* are recorded as live: an earlier "
        f"switch was cut off. `manage.py restore --switch-to {used.actual}` ends it."
    )


def _point(text: str) -> datetime | str:
    if text == LATEST:
        return LATEST
    value = parse_instant(text)
    if value is None:
        raise ArgumentTypeError("give an RFC 3339 date-time with its offset, as 2026-01-31T12:00:00Z, or latest")
    return value


def _seconds(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,3})?", text) or not float(text):
        raise ArgumentTypeError("give a number of seconds greater than 0")
    return float(text)
