"""What CONTROLS asks of a deployment, must by must; each is a function that yields what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module

from infra.check.plan import Fault
from infra.check.subject import Subject

GROUPS = ("tables", "function", "gateway", "firewall", "keys", "roles", "watching", "project")

Check = Callable[[Subject], Iterator[str]]


@dataclass(frozen=True)
class Control:
    number: int
    statement: str
    check: Check

    def __str__(self) -> str:
        return f"{self.number:2} {self.statement}"

    def faults(self, subject: Subject) -> list[str]:
        try:
            return list(dict.fromkeys(self.check(subject)))
        except Fault as fault:
            return [str(fault)]
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            return [f"this cannot be checked, for what is there has another form: {error!r}"]


_REGISTERED: dict[int, Control] = {}


def control(number: int, statement: str) -> Callable[[Check], Check]:
    """Register a must by its number."""

    def register(check: Check) -> Check:
        assert number not in _REGISTERED, f"there are two controls {number}"
        _REGISTERED[number] = Control(number, statement, check)
        return check

    return register


def all_controls() -> list[Control]:
    for group in GROUPS:
        import_module(f"{__name__}.{group}")
    return [_REGISTERED[number] for number in sorted(_REGISTERED)]
