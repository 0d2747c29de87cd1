"""One environment of a function: `python worker.py HANDLER EVENTS STEP…`, where a step is `<event's name>=<count>`.

It imports the handler (`module.function`), sends it the events in turn, and prints as JSON what each step took in
milliseconds of CPU and wall, how many modules were imported, and how much memory is resident. Nothing but the standard
library may be imported here, and little of that: what is measured should be the handler's.
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module


class Context:
    """What Lambda hands over with an event."""

    function_name = "interactions"
    function_version = "1"
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:interactions"
    memory_limit_in_mb = "1024"
    aws_request_id = "8f7a2c1e-0000-4000-8000-000000000000"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 28_000


def main() -> None:
    before = len(sys.modules)
    name, _, function = sys.argv[1].rpartition(".")
    with open(sys.argv[2]) as file:
        events = json.load(file)
    steps = {}
    clock = time.process_time(), time.perf_counter()
    handler = getattr(import_module(name), function)
    steps["import"], clock = _took(clock)
    for step in sys.argv[3:]:
        event, _, count = step.rpartition("=")
        expected = events[event]["status"]
        for _ in range(int(count)):
            answer = handler(events[event]["event"], Context)
            assert answer["statusCode"] == expected, (event, answer)
        steps[event], clock = _took(clock)
    found = {"modules": len(sys.modules) - before, "resident_kb": _resident(), "steps": steps}
    print(json.dumps(found))


def _took(since: tuple[float, float]) -> tuple[tuple[float, float], tuple[float, float]]:
    now = time.process_time(), time.perf_counter()
    return ((now[0] - since[0]) * 1000, (now[1] - since[1]) * 1000), now


def _resident() -> int:
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


if __name__ == "__main__":
    main()
