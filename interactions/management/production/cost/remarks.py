"""What has to be said beside a bill: what is not in it, what was taken for granted, what will change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from interactions.management.production.cost.bill import Bill
from interactions.management.production.cost.consumption import Measured
from interactions.management.production.cost.plan import Plan
from interactions.management.production.cost.prices import ALWAYS, Prices
from interactions.management.production.cost.watching import MOST_FREE_METRICS

ROTATIONS_BILLED = 2


def remarks(plan: Plan, measured: Measured, prices: Prices, bills: Sequence[Bill]) -> Iterator[str]:
    yield "Calls to models are not in it, nor taxes, support, discounts, and what people look up in the console."
    yield (
        "The free tier is what every account has for ever, if nothing else in the account uses it. "
        f"Not taken off: {_not_always(prices)}."
    )
    yield (
        f"Requests are those of the mix, spread evenly over a month of 730 hours, as measured on {measured.measured}. "
        "Each pays as the first of its user's window and without its key in memory; answers go out uncompressed."
    )
    yield "Nothing is reckoned for what fails: retries, dead letters, the gateway's log of errors."
    yield "What is stored is what a month's requests add, kept for a month; with no retention set, months add up."
    yield from _rotations(plan, prices)
    yield from _of_the_plan(plan)
    used = {line.price.id: line.price for bill in bills for line in bill.lines}
    if unconfirmed := [price.id for price in used.values() if price.seen is None]:
        yield f"Prices that could not be confirmed: {', '.join(unconfirmed)}."


def _not_always(prices: Prices) -> str:
    others = [f"{name} ({each.kind})" for name, each in prices.free_tier.items() if each.kind != ALWAYS]
    return ", ".join(others) or "nothing"


def _rotations(plan: Plan, prices: Prices) -> Iterator[str]:
    turning = [each for each in plan.of("aws_kms_key") if each.get("enable_key_rotation")]
    if turning:
        more = prices.of("kms.rotations").tiers[0].price * len(turning)
        yield (
            f"Keys that rotate, {len(turning)} of them: {more} more a month from the second year on, "
            f"{ROTATIONS_BILLED * more} from the third, and then no more."
        )


def _of_the_plan(plan: Plan) -> Iterator[str]:
    for region, some in sorted(plan.elsewhere.items()):
        yield f"In {region}, but reckoned at the prices of {plan.region}: {', '.join(some)}."
    replicas = [each for table in plan.of("aws_dynamodb_table") for each in table.blocks("replica")]
    for region in sorted({str(each.get("region_name")) for each in replicas}):
        yield f"Replicas in {region} are reckoned at the prices of {plan.region}."
    for each in plan.of("aws_cloudwatch_dashboard"):
        if not each.is_known("dashboard_body"):
            yield f"{each.address}: taken to show at most {MOST_FREE_METRICS} metrics, for only the apply will know."
    for each in plan.of("aws_cloudwatch_log_group"):
        if not each.get("retention_in_days", 0):
            yield f"{each.address} keeps logs for ever: reckoned as after the first year."
    if any(each.blocks("snap_start") for each in plan.of("aws_lambda_function")):
        yield "SnapStart: two versions are taken to be kept; each further one that is published costs as much as one."
    if plan.of("aws_kms_key"):
        yield "Of what AWS's services ask of the key, that is counted which tables, secrets and the function need."
    if plan.of("aws_wafv2_web_acl"):
        yield "The web ACL is taken to need no more than the 1,500 capacity units that are in its price."
