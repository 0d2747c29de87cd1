"""Run by itself, as Lambda runs the service: hands the events of stdin to the handler and prints what it answers.

Its stderr is the log. With `--verbose` all loggers are at DEBUG; with `--plain` all their messages are written, too.
"""

from __future__ import annotations

import json
import logging
import os
import sys

from tests.events.invocation import Context


class Messages(logging.Formatter):
    """Their texts alone: those of exceptions are for the service's own formatter to leave out."""

    def format(self, record: logging.LogRecord) -> str:
        return record.getMessage()


def main() -> None:
    from project.lambda_handler import handler

    if "--verbose" in sys.argv:
        _say_everything()
    if "--plain" in sys.argv:
        heard = logging.StreamHandler()
        heard.setFormatter(Messages())
        logging.getLogger().addHandler(heard)
    answers = []
    for asked in json.load(sys.stdin):
        os.environ["_X_AMZN_TRACE_ID"] = asked["trace"]
        context = Context(asked["seconds"], aws_request_id=asked["invocation"])
        answer = handler(asked["event"], context)
        answers.append({"answer": answer, "left": context.get_remaining_time_in_millis()})
    print(json.dumps(answers))


def _say_everything() -> None:
    for name in [None, *logging.root.manager.loggerDict]:
        logging.getLogger(name).setLevel(logging.DEBUG)


if __name__ == "__main__":
    main()
