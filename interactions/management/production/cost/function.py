"""What the function takes: invocations, gigabyte-seconds, and what it asks of DynamoDB."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from interactions.management.production.cost.charge import SECONDS, Charge
from interactions.management.production.cost.consumption import Measured
from interactions.management.production.cost.plan import Plan, Resource, addresses
from interactions.management.production.cost.refusal import Refused
from interactions.management.production.cost.standing import architecture, started_tasks

LIMITS = {"RATE_LIMIT_USER", "RATE_LIMIT_KEY"}
FREE_STORAGE_MB = 512


@dataclass(frozen=True, slots=True)
class Function:
    """The plan's one function, with what a request of the mix and a task of the schedule take in it."""

    resource: Resource
    plan: Plan
    measured: Measured

    @property
    def memory_mb(self) -> int:
        return int(self.resource.get("memory_size", 128))

    @property
    def gb(self) -> Decimal:
        return Decimal(self.memory_mb) / 1024

    @property
    def limits(self) -> int:
        """How many rate limits it counts a request by."""
        return sum(len(block.keys("variables") & LIMITS) for block in self.resource.blocks("environment"))

    @property
    def seconds(self) -> Decimal:
        """Billed for a warm request."""
        return self.measured.mean(lambda work: self.measured.billed_ms(work, self.memory_mb), self.limits) / 1000

    @property
    def start_seconds(self) -> Decimal:
        """Billed for an init; one that restores a snapshot instead has a price of its own."""
        if self.snapshots:
            return Decimal(0)
        return Decimal(math.ceil(self.measured.numbers["start.init_ms"] * self.measured.slower(self.memory_mb))) / 1000

    @property
    def snapshots(self) -> bool:
        return bool(self.resource.blocks("snap_start"))

    def starts(self, invocations: Decimal) -> Decimal:
        """Cold ones among so many invocations."""
        return invocations * self.measured.numbers["start.share"]

    def environments(self, requests: Decimal) -> Decimal:
        """At work at a time, were a month's requests spread evenly; one at least."""
        return max(Decimal(1), (requests / SECONDS * self.seconds).to_integral_value(rounding="ROUND_CEILING"))

    def invoked(
        self, invocations: Decimal, seconds: Decimal, whose: str, by: tuple[str, ...] = (), *, fixed: bool
    ) -> Iterator[Charge]:
        where = (self.resource.address, *by)
        kind = "lambda.provisioned" if self.plan.of("aws_lambda_provisioned_concurrency_config") else "lambda"
        price = f"{kind}.duration.{architecture(self.resource.usual('architectures', []))}"
        cold = self.starts(invocations)
        yield Charge("Lambda", f"invocations by {whose}", invocations, f"{kind}.requests", where, fixed)
        used = (invocations * seconds + cold * self.start_seconds) * self.gb
        yield Charge("Lambda", f"seconds of {whose}, cold starts too", used, price, where, fixed)
        if self.snapshots:
            yield Charge("Lambda", f"restores for {whose}", cold * self.gb, "lambda.snapstart.restore", where, fixed)

    def asked(
        self, invocations: Decimal, reads: Decimal, writes: Decimal, whose: str, *, fixed: bool
    ) -> Iterator[Charge]:
        tables = self.plan.of("aws_dynamodb_table")
        if tables:
            reads += self.measured.numbers["start.read_units"] * self.measured.numbers["start.share"]
            where = addresses(tables)
            yield Charge("DynamoDB", f"reads of {whose}", invocations * reads, "dynamodb.reads", where, fixed)
            yield Charge("DynamoDB", f"writes of {whose}", invocations * writes, "dynamodb.writes", where, fixed)


def function_of(plan: Plan, measured: Measured) -> Function:
    """Raises Refused unless there is exactly one, with no more than is priced."""
    functions = plan.of("aws_lambda_function")
    if len(functions) != 1:
        raise Refused(f"The plan has {len(functions)} functions: what was measured are the requests to one")
    if int(functions[0].block("ephemeral_storage").usual("size", FREE_STORAGE_MB)) > FREE_STORAGE_MB:
        raise Refused(f"There is no price for {functions[0].address}: ephemeral storage beyond 512 MB")
    return Function(functions[0], plan, measured)


def tasks(function: Function) -> Iterator[Charge]:
    """What the schedule starts."""
    times, schedules = started_tasks(function.plan)
    if times:
        task = function.measured.task
        seconds = function.measured.billed_ms(task, function.memory_mb) / 1000
        yield from function.invoked(times, seconds, "the schedule", schedules, fixed=True)
        yield from function.asked(times, task.read_units, task.write_units, "the schedule", fixed=True)


def requests_of(function: Function, requests: Decimal) -> Iterator[Charge]:
    measured, limits = function.measured, function.limits
    reads = measured.mean(lambda work: work.read_units, limits)
    writes = measured.mean(lambda work: work.write_units, limits)
    yield from function.invoked(requests, function.seconds, "requests", fixed=False)
    yield from function.asked(requests, reads, writes, "requests", fixed=False)
