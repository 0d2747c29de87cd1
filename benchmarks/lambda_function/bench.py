"""Cold starts and warm requests of this service's package, of a typical Django project, and of a bare boto3 handler.

All three get the same events, over the same distributions, and ask the same stand-in for DynamoDB over TLS.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from benchmarks.lambda_function import exchanges
from benchmarks.lambda_function.counting import CALLGRIND, Counter, counter
from benchmarks.lambda_function.counting import run as run_process
from benchmarks.lambda_function.routes import print_routes
from benchmarks.lambda_function.subjects import HERE, Prepared, Subject, prepared
from benchmarks.printing import print_table
from infra.certificate import write_certificate
from lambda_package.failure import NoLambdaPython

COLD_STARTS = 15
WARM_REQUESTS, ROUNDS = 2_000, 4
COUNTED = 20  # warm requests, where counting slows them down
ROUTES = ("post", "get", "list")
MEGA = 1_000_000

# What may not be exceeded, of the typical project's figure; and of the bare handler's.
MOST_COLD, MOST_COLD_OF_BARE = 0.50, 1.0
MOST_WARM = {"post": 0.60, "get": 0.50, "list": 0.40}
# With every kind of provider configured, of what it is with none.
MOST_WITH_PROVIDERS = 1.03
PROVIDERS = [
    {"kind": "openai", "model": "gpt-4.1-mini"},
    {"kind": "bedrock", "model": "amazon.nova-lite-v1:0"},
    {"kind": "echo"},
]
MOST_FIRST = 30 * MEGA  # instructions
MOST_ZIP, MOST_UNPACKED, MOST_MODULES, MOST_RESIDENT_KB = 6_000_000, 25_000_000, 700, 64_000

ABOUT = f"""
Functions of AWS Lambda, each in a fresh process: cold is to import the handler and to answer the first health check and
the first read of an item. {COLD_STARTS} cold starts each, in turn, and {WARM_REQUESTS:,} warm requests a route."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run of the bench happens."""

    prepared: Prepared
    endpoint: str
    events: Path

    def run(self, subject: Subject, *steps: str, by: Counter | None = None) -> tuple[Ran, int]:
        """What the worker says of its steps, and its instructions."""
        command = subject.command(self.prepared.python, self.events, *steps)
        done = run_process(command, subject.environment(self.endpoint), by)
        found = json.loads(done.said)
        return Ran(found["modules"], found["resident_kb"], found["steps"]), done.instructions


@dataclass(frozen=True, slots=True)
class Ran:
    """`steps` are milliseconds of CPU and wall."""

    modules: int
    resident_kb: int
    steps: Mapping[str, tuple[float, float]]

    @property
    def cpu(self) -> float:
        return sum(cpu for cpu, _ in self.steps.values())

    @property
    def wall(self) -> float:
        return sum(wall for _, wall in self.steps.values())


def run() -> list[str]:
    """Print the tables; the promises that are not kept."""
    print(ABOUT)
    try:
        with _place() as place:
            by = counter()
            print(f"Instructions are counted by {by.name}." if by else "CPU time is all that can be measured here.")
            return [
                *_cold(place, by),
                *_providers(place, by),
                *_warm(place, by),
                *_size(place),
                *print_routes(place.prepared),
            ]
    except NoLambdaPython as absent:
        sys.exit(str(absent))


def _cold(place: Place, by: Counter | None) -> Iterator[str]:
    subjects = place.prepared.subjects
    ran: dict[str, list[Ran]] = {subject.name: [] for subject in subjects}
    counts: dict[str, list[int]] = {subject.name: [] for subject in subjects}
    for _ in range(COLD_STARTS):
        for subject in subjects:
            found, count = place.run(subject, "health=1", "get=1", by=by if by and by.slowdown == 1 else None)
            ran[subject.name].append(found)
            counts[subject.name].append(count)
    imported: dict[str, int] = {}
    if by:
        for subject in subjects:
            imported[subject.name] = place.run(subject, by=by)[1]
            if by.slowdown > 1:
                counts[subject.name] = [place.run(subject, "health=1", "get=1", by=by)[1]]
    figures = {name: median(counts[name]) if by else median(each.cpu for each in ran[name]) for name in ran}
    ours, typical, bare = (figures[subject.name] for subject in subjects)
    rows = [
        [
            name,
            f"{median(each.cpu for each in runs):.0f}",
            f"{median(each.wall for each in runs):.0f}",
            f"{figures[name] / MEGA:,.0f}" if by else "–",
            f"{figures[name] / typical:.2f}",
            f"{(figures[name] - imported[name]) / MEGA:.1f}" if by else "–",
            str(runs[0].modules),
        ]
        for name, runs in ran.items()
    ]
    header = ("", "CPU ms", "wall ms", "10⁶ instructions", "of typical", "of them after init", "modules")
    print_table("Cold", header, rows)
    if ours > MOST_COLD * typical:
        yield f"cold: {ours / typical:.2f} of the typical project's"
    if ours >= MOST_COLD_OF_BARE * bare:
        yield f"cold: {ours / bare:.2f} of the bare handler's"
    if by and figures[subjects[0].name] - imported[subjects[0].name] > MOST_FIRST:
        yield "cold: the first two requests take too many instructions"
    if ran[subjects[0].name][0].modules > MOST_MODULES:
        yield f"cold: {ran[subjects[0].name][0].modules} modules"


def _providers(place: Place, by: Counter | None) -> Iterator[str]:
    """The cold start of the health route, of which asking models is to take nothing."""
    without = place.prepared.subjects[0]
    configured = {"PROVIDERS": json.dumps(PROVIDERS), "OPENAI_API_KEY": "sk-0123456789"}
    subjects = [without, replace(without, variables={**without.variables, **configured})]
    found: list[list[float]] = [[], []]
    for _ in range(1 if by and by.slowdown > 1 else COLD_STARTS):
        for figures, subject in zip(found, subjects, strict=True):
            ran, count = place.run(subject, "health=1", by=by)
            figures.append(count / MEGA if by else ran.cpu)
    none, every = map(median, found)
    unit = "10⁶ instructions" if by else "CPU ms"
    rows = [["none", f"{none:,.1f}", "1.000"], ["each kind", f"{every:,.1f}", f"{every / none:.3f}"]]
    print_table("Cold, the health route, by providers that are configured", ("", unit, "of none"), rows)
    if every > MOST_WITH_PROVIDERS * none:
        yield f"cold: with providers {every / none:.3f} of what it is without"


def _warm(place: Place, by: Counter | None) -> Iterator[str]:
    subjects = place.prepared.subjects
    chunk = WARM_REQUESTS // ROUNDS
    times: dict[str, dict[str, list[tuple[float, float]]]] = {s.name: {route: [] for route in ROUTES} for s in subjects}
    for number in range(ROUNDS):
        for subject in subjects if number % 2 else subjects[::-1]:
            steps = (f"{route}={chunk}" for route in ROUTES)
            found, _ = place.run(subject, "health=1", "get=20", *steps)
            for route in ROUTES:
                cpu, wall = found.steps[route]
                times[subject.name][route].append((cpu / chunk, wall / chunk))
    rows = []
    for route in ROUTES:
        counts = {s.name: _counted(place, s, route, by) for s in subjects} if by else {}
        cpus = {s.name: median(cpu for cpu, _ in times[s.name][route]) for s in subjects}
        figures: Mapping[str, float] = counts or cpus
        typical = figures[subjects[1].name]
        for subject in subjects:
            wall = median(wall for _, wall in times[subject.name][route])
            count = f"{counts[subject.name] / MEGA:.2f}" if counts else "–"
            ratio = figures[subject.name] / typical
            rows.append([f"{route}: {subject.name}", f"{cpus[subject.name]:.2f}", f"{wall:.2f}", count, f"{ratio:.2f}"])
        if figures[subjects[0].name] > MOST_WARM[route] * typical:
            yield f"warm {route}: {figures[subjects[0].name] / typical:.2f} of the typical project's"
    print_table("Warm, a request", ("", "CPU ms", "wall ms", "10⁶ instructions", "of typical"), rows)


def _counted(place: Place, subject: Subject, route: str, by: Counter) -> float:
    """Instructions of a warm request: those of twice as many less those of as many."""
    count = COUNTED if by == CALLGRIND else WARM_REQUESTS
    once, twice = (place.run(subject, "health=1", "get=1", f"{route}={n}", by=by)[1] for n in (count, 2 * count))
    return (twice - once) / count


def _size(place: Place) -> Iterator[str]:
    ours = place.prepared.subjects[0]
    thousand, _ = place.run(ours, "health=1", "post=333", "get=334", "list=333")
    zipped = place.prepared.package.stat().st_size
    unpacked = sum(path.stat().st_size for path in ours.path[0].rglob("*") if path.is_file())
    rows = [
        ["zip, bytes", f"{zipped:,}", f"{MOST_ZIP:,}"],
        ["unpacked, bytes", f"{unpacked:,}", f"{MOST_UNPACKED:,}"],
        ["resident after 1,000 requests, KB", f"{thousand.resident_kb:,}", f"{MOST_RESIDENT_KB:,}"],
        ["modules by then", f"{thousand.modules:,}", f"{MOST_MODULES:,}"],
    ]
    print_table("Size of this service", ("", "is", "at most"), rows)
    for what, size, most in (
        ("zip", zipped, MOST_ZIP),
        ("unpacked", unpacked, MOST_UNPACKED),
        ("resident", thousand.resident_kb, MOST_RESIDENT_KB),
        ("modules", thousand.modules, MOST_MODULES),
    ):
        if size > most:
            yield f"size: {what} is {size:,}"


@contextmanager
def _place() -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="lambda-bench-") as temporary:
        folder = Path(temporary)
        certificate = write_certificate(folder / "certificate.pem")
        public = certificate.read_text()
        events, items = folder / "events.json", folder / "items.json"
        events.write_text(json.dumps(exchanges.events()))
        items.write_text(json.dumps(exchanges.tables(), default=lambda value: b64encode(value).decode()))
        with (
            prepared(public[public.index("-----BEGIN CERTIFICATE") :]) as functions,
            subprocess.Popen(
                [sys.executable, str(HERE / "standin.py"), str(certificate), str(items)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            ) as standin,
        ):
            assert standin.stdin is not None
            assert standin.stdout is not None
            yield Place(functions, standin.stdout.readline().strip(), events)
            standin.stdin.close()
