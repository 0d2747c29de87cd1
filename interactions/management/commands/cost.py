"""`cost`: what a month of the deployment costs."""

from __future__ import annotations

import json
import re
from argparse import ArgumentTypeError
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from interactions.management import base
from interactions.management.production.cost import consumption, prices
from interactions.management.production.cost.bill import bill_of
from interactions.management.production.cost.document import document
from interactions.management.production.cost.plan import HOW, read_plan
from interactions.management.production.cost.printing import origins, printed
from interactions.management.production.cost.refusal import Refused
from interactions.management.production.cost.remarks import remarks

ROOT = Path(__file__).resolve().parents[3]
PLAN = Path("infra", "terraform", "plan.json")
REQUESTS = ("100k", "10M", "1B")
MOST_REQUESTS = 10**12
SUFFIXES = {"": 1, "k": 10**3, "M": 10**6, "B": 10**9}
NUMBER = re.compile(r"(\d{1,3}(?:[_,]?\d{3})*|\d+)(\.\d+)?([kMB]?)")


class Command(base.ServiceCommand):
    help = (
        "Reckon what a month of the deployment costs: of the resources in Terraform's plan, of what requests were "
        "measured to take, and of AWS's prices. Calls to models are not in it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--requests",
            metavar="N",
            action="append",
            type=_requests,
            help=f"Requests a month, as 100k, 10M or 1B; may be given several times ({', '.join(REQUESTS)}).",
        )
        parser.add_argument("--plan", metavar="FILE", type=Path, help=f"`terraform show -json` of a plan ({PLAN}).")
        parser.add_argument(
            "--measured",
            metavar="FILE",
            type=Path,
            default=consumption.FILE,
            help="What requests take (the package's).",
        )
        parser.add_argument(
            "--prices", metavar="FILE", type=Path, default=prices.FILE, help="What units cost (the package's)."
        )
        parser.add_argument("--mix", metavar="FILE", type=Path, help="A JSON object of shares by route that make 1.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object and nothing else.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._reckon(options)
        except Refused as refused:
            raise CommandError(f"{str(refused).rstrip('.')}.") from refused

    def _reckon(self, options: dict[str, Any]) -> None:
        plan = read_plan(_plan(options["plan"]))
        measured = consumption.read_measured(options["measured"], options["mix"])
        known = prices.read_prices(options["prices"])
        volumes = options["requests"] or map(_requests, REQUESTS)
        bills = [bill_of(plan, measured, known, requests) for requests in volumes]
        said = [*remarks(plan, measured, known, bills)]
        if options["json"]:
            self.stdout.write(json.dumps(document(plan, bills, measured, known, said)))
            return
        self.stdout.write(
            f"A plan of {plan.made or 'unknown date'}, at AWS's prices in {known.region} as read on {known.read}."
        )
        for bill in bills:
            self.stdout.write("\n".join(["", *printed(bill), ""]))
        self.stdout.write("\n".join([*origins(bills), "", "To bear in mind", *said]))


def _plan(given: Path | None) -> Path:
    path = given or ROOT / PLAN
    if given is None and not path.exists():
        raise Refused(f"There is no {PLAN} yet. Make it: cd {PLAN.parent} && {HOW}; or name another by --plan")
    return path


def _requests(text: str) -> Decimal:
    match = NUMBER.fullmatch(text)
    number = Decimal(re.sub("[_,]", "", match[1]) + (match[2] or "")) * SUFFIXES[match[3]] if match else Decimal("-1")
    if not 0 <= number <= MOST_REQUESTS or number != number.to_integral_value():
        raise ArgumentTypeError(f"give a whole number up to {MOST_REQUESTS:,}, as 100k, 10M or 1B")
    return number.to_integral_value()
