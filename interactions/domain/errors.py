"""What can go wrong, in the words of the domain. The API turns each into a problem document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class DomainError(Exception):
    """The root of every error that a caller can act on. Its text never holds a prompt or a response."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with the input.

    `pointer` is a JSON Pointer as URI fragment into the body (RFC 6901 §6, `#/usage/input_tokens`), `?name` for a
    query parameter, or the name of a header; `code` is stable, for programs; `detail` says what to do, for people.
    """

    pointer: str
    code: str
    detail: str


class Invalid(DomainError):
    """The input breaks a rule; `errors` names each field."""

    def __init__(self, errors: Iterable[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(f"{e.pointer}: {e.detail}" for e in self.errors))

    @classmethod
    def field(cls, pointer: str, code: str, detail: str) -> Invalid:
        return cls([FieldError(pointer, code, detail)])


class UnboundedQuery(Invalid):
    """A question about all users without a time range, which no store could answer without reading everything."""


class StreamingNotSupported(Invalid):
    """A question that asks for its answer piece by piece."""


class TooLarge(DomainError):
    """The interaction fits no store: even compressed it is over the limit that all of them share."""


class NotFound(DomainError):
    """No such thing, or it has expired, or it is somebody else's: deliberately the same."""


class Gone(DomainError):
    """It was deleted, or its user erased, while a model was answering; nothing was recorded of the answer."""


class Ambiguous(DomainError):
    """Several owners have an interaction of this id; the caller has to name one."""


class AlreadyExists(DomainError):
    """The owner has an interaction of this id already."""


class IdempotencyConflict(DomainError):
    """The idempotency key was used for other content."""


class InFlight(DomainError):
    """The first request of this idempotency key has not ended yet."""


class NoProvider(DomainError):
    """No provider of models is configured, or each misses a setting, such as its key."""


class VersionConflict(DomainError):
    """The record has moved on from the version the caller expected; `current` is the version it has now."""

    def __init__(self, current: int) -> None:
        self.current = current
        super().__init__(f"the current version is {current}")


class ForbiddenTransition(DomainError):
    """A state rule says no: completed and failed are final."""


class Unavailable(DomainError):
    """The store cannot be reached or is too busy; the same call may work in a moment."""


class DeadlineExceeded(Unavailable):
    """The request's time was over before the store had answered: a write may have been carried out, or not."""


class SpendingLimitExceeded(DomainError):
    """The day's limit does not cover the reservation. Amounts are 10⁻⁹ USD."""

    def __init__(self, *, limit: int, spent: int) -> None:
        self.limit = limit
        self.spent = spent
        super().__init__(f"{spent} of {limit} nano-USD are spent or reserved")
