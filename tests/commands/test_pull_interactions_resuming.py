"""`pull_interactions`, cut off: what is there is whole, and the same again goes on where it was."""

from __future__ import annotations

import re
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from interactions.domain.interaction import Interaction
from interactions.models import PullRow
from tests.commands.pulling import PULL, Production, contents, local_contents
from tests.commands.running import CommandLine, Commands
from tests.conformance.builders import DAY, an_interaction
from tests.faults.kinds import ALL, Fault, refusal
from tests.faults.plans import at_random
from tests.faults.wire import Answer, Call, Forward

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAYS = 2
ALONE = ("--workers", "1")
DENIED = refusal("AccessDeniedException", "User: ana is not authorized to perform: dynamodb:Query")

Plan = Callable[[Call], Fault | None]


def several_days() -> list[Interaction]:
    """So many that a shard of a day takes more than one read."""
    return [
        an_interaction(n, user_id=user, at=NOON + day * DAY, conversation_id="c")
        for day in range(DAYS)
        for n in range(100)
        for user in ("ana", "bob")
    ]


def nth_batch(number: int, fault: Fault | Callable[[], None]) -> Plan:
    """The fault befalls that BatchGetItem and all later ones; or something is done once, before it is passed on."""
    calls = Counter[str]()

    def plan(call: Call) -> Fault | None:
        calls[call.operation] += 1
        if call.operation != "BatchGetItem" or calls["BatchGetItem"] < number:
            return None
        if isinstance(fault, Fault):
            return fault
        if calls["BatchGetItem"] == number:
            fault()
        return None

    return plan


def test_a_pull_that_failed_goes_on_and_reads_nothing_twice(commands: Commands, production: Production) -> None:
    production.add_again(several_days)
    production.wire.plan = nth_batch(20, DENIED)
    failure = commands.fail(*PULL, *ALONE)
    assert "not authorized" in failure.message
    assert failure.err == "The pull was cut off: ask the same again to go on where it was.\n"
    some = [*local_contents()[0]]
    assert 0 < len(some) < len(several_days())
    first = production.shards_asked()
    production.empty_record()
    said = commands.run(*PULL, *ALONE).out
    assert "Going on with the pull that began at" in said
    # The part in which it failed is read again.
    assert {*production.shards_asked()} & {*first} == {first[-1]}
    assert len({*production.shards_asked()} | {*first}) == DAYS * 8
    assert local_contents() == contents(production.store)
    production.empty_record()
    assert "Going on" not in commands.run(*PULL, *ALONE).out
    assert len({*production.shards_asked()}) == DAYS * 8


@pytest.mark.parametrize("arguments", [["--restart"], ["--since", "2026-01-01"], ["--user", "ana"]])
def test_another_pull_begins_anew(commands: Commands, production: Production, arguments: list[str]) -> None:
    production.add_again(several_days)
    production.wire.plan = nth_batch(20, DENIED)
    commands.fail(*PULL, *ALONE)
    production.empty_record()
    assert "Going on" not in commands.run(*PULL, *ALONE, *arguments).out
    assert len(production.wire.said("Query")) >= DAYS


def test_one_that_was_cut_off_long_ago_begins_anew(commands: Commands, production: Production) -> None:
    production.add_again(several_days)
    production.wire.plan = nth_batch(20, DENIED)
    commands.fail(*PULL, *ALONE)
    PullRow.objects.update(began_at=datetime.now(UTC) - timedelta(hours=25))
    production.empty_record()
    production.store.erase_user("ana")
    assert "Going on" not in commands.run(*PULL, *ALONE).out
    assert local_contents() == contents(production.store)


@pytest.mark.system
@pytest.mark.parametrize(("how", "code"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)])
def test_a_process_that_is_killed_leaves_whole_interactions_and_the_next_goes_on(
    command_line: Callable[..., CommandLine], production: Production, how: signal.Signals, code: int
) -> None:
    production.add_again(several_days)
    line = command_line(**production.environment)
    process: list[subprocess.Popen[bytes]] = []
    production.wire.plan = nth_batch(20, lambda: process[0].send_signal(how))
    process.append(line.pipe("pull_interactions", "--workers", "2"))
    said, errors = process[0].communicate()
    assert process[0].returncode == code, (said, errors)
    assert b"Traceback" not in errors
    if how == signal.SIGINT:
        assert b"ask the same again to go on where it was.\nCommandError: Interrupted." in errors
    first = production.shards_asked()
    some = line.run("export_interactions").stdout.splitlines()
    assert 0 < len(some) < len(several_days())
    production.empty_record()
    done = line.run("pull_interactions", "--workers", "2")
    assert done.returncode == 0, done.stderr
    assert b"Going on" in done.stdout
    # What each thread was reading, and what it had read and the other end had not written, is read again.
    assert len({*production.shards_asked()} & {*first}) <= 4
    assert len({*production.shards_asked()} | {*first}) == DAYS * 8
    whole = line.run("export_interactions").stdout.splitlines()
    assert {*some} < {*whole}
    assert len(whole) == len(several_days())
    again = line.run("pull_interactions").stdout.decode()
    assert f"interactions: 0 new, 0 updated, {len(whole)} unchanged, 0 removed" in again


def test_a_wire_that_fails_at_random_changes_nothing_of_the_outcome(commands: Commands, production: Production) -> None:
    production.add_again(several_days)
    production.wire.plan = at_random(seed=7, share=0.5, faults=ALL)
    commands.run(*PULL)
    assert len(production.wire.faults()) > 20
    assert local_contents() == contents(production.store)


def test_nothing_is_removed_when_a_read_fails(commands: Commands, production: Production) -> None:
    """Neither where the index says so and the table does not answer, nor anywhere behind."""
    production.add_again(several_days)
    commands.run(*PULL)
    production.store.erase_user("ana")
    production.wire.plan = lambda call: DENIED if call.operation == "BatchGetItem" else None
    commands.fail(*PULL)
    assert len(local_contents()[0]) == len(several_days())
    production.wire.plan = lambda call: None
    commands.run(*PULL)
    assert {i.user_id for i in local_contents()[0]} == {"bob"}


def test_as_many_read_at_once_as_there_are_workers(commands: Commands, production: Production) -> None:
    production.add_again(several_days)
    met = Barrier(4)

    def wait(call: Call, forward: Forward) -> Answer:
        met.wait(timeout=60)
        return forward(call.body)

    four = iter([Fault("wait", wait)] * 4)
    production.wire.plan = lambda call: next(four, None) if call.index == "day-index" else None
    commands.run(*PULL, "--workers", "4")
    assert not met.broken
    assert len(local_contents()[0]) == len(several_days())


@pytest.mark.system
def test_a_person_sees_how_far_it_is(command_line: Callable[..., CommandLine], production: Production) -> None:
    production.add_again(several_days)
    code, seen = command_line(**production.environment).in_terminal("pull_interactions")
    assert code == 0, seen
    assert re.search(rf"100%.* {DAYS * 8}/{DAYS * 8} .*{len(several_days())} interactions", seen)
