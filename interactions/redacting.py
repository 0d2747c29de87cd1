"""Personal data in all the texts of an interaction: masked or refused once, before anything is stored, logged or sent.

Identifiers are not texts: the names of users, conversations and models stay as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from interactions.conf import conf
from interactions.domain.errors import FieldError, Invalid
from interactions.domain.interaction import (
    MAX_ERROR_MESSAGE,
    MAX_FEEDBACK_COMMENT,
    MAX_FEEDBACK_LABEL,
    MAX_METADATA_VALUE,
    MAX_TEXT,
    CallError,
    Feedback,
    Interaction,
)
from interactions.domain.query import MAX_TITLE
from interactions.domain.redaction import Kind, redact

NAMES: Mapping[Kind, str] = {
    "cpf": "a CPF",
    "cnpj": "a CNPJ",
    "phone": "a phone number",
    "email": "an e-mail address",
    "card": "a payment card's number",
    "ip": "an IP address",
}


class _Texts:
    """Redacts one text after the other, and collects counts and refusals."""

    def __init__(self, refuses: bool = True) -> None:
        self._policy = conf.redaction
        self._refuses = refuses
        self._errors: list[FieldError] = []
        self.counts: Counter[str] = Counter()

    def text(self, text: str | None, pointer: str, max_length: int) -> str | None:
        """The text with masks. A mask may be longer than what it hides, so the length is checked once more."""
        if text is None or not self._policy:
            return text
        redacted = redact(text, self._policy)
        for kind in redacted.counts:
            if self._refuses and self._policy[kind] == "refuse":
                self._refuse(pointer, "personal-data", f"has {NAMES[kind]}, which is not taken here: leave it out")
        if redacted.counts and len(redacted.text) > max_length:
            detail = f"has {len(redacted.text)} characters once personal data is masked; {max_length} are allowed"
            self._refuse(pointer, "too-long", detail)
        self.counts.update(redacted.counts)
        return redacted.text

    def metadata(self, pairs: Mapping[str, str]) -> dict[str, str]:
        # Two names could be one once they are masked.
        if any(redact(name, self._policy).counts for name in pairs):
            self._refuse("#/metadata", "personal-data", "has personal data in a name: give it another")
        return {name: self.text(value, "#/metadata", MAX_METADATA_VALUE) or "" for name, value in pairs.items()}

    def error(self, error: CallError) -> CallError:
        return replace(error, message=self.text(error.message, "#/error/message", MAX_ERROR_MESSAGE) or "")

    def feedback(self, given: Feedback, pointer: str) -> Feedback:
        return replace(
            given,
            label=self.text(given.label, f"{pointer}/label", MAX_FEEDBACK_LABEL),
            comment=self.text(given.comment, f"{pointer}/comment", MAX_FEEDBACK_COMMENT),
        )

    def check(self) -> None:
        if self._errors:
            raise Invalid(self._errors)

    def _refuse(self, pointer: str, code: str, detail: str) -> None:
        self._errors.append(FieldError(pointer, code, detail))


def redacted_fields(fields: Mapping[str, Any], *, refuses: bool = True) -> tuple[dict[str, Any], Mapping[str, int]]:
    """The fields of an interaction with their texts redacted, those that are there; and how much was masked.

    Without `refuses`, the kinds that are to be refused are masked.

    Raises:
        Invalid: with every field whose personal data are refused, or that masks have made too long.
    """
    texts = _Texts(refuses)
    given = dict(fields)
    for name in ("prompt", "response"):
        if given.get(name) is not None:
            given[name] = texts.text(given[name], f"#/{name}", MAX_TEXT)
    if given.get("error") is not None:
        given["error"] = texts.error(given["error"])
    if given.get("metadata"):
        given["metadata"] = texts.metadata(given["metadata"])
    if given.get("feedback") is not None:
        given["feedback"] = texts.feedback(given["feedback"], "#/feedback")
    texts.check()
    return given, texts.counts


def redacted_changes(
    fields: Mapping[str, Any], current: Interaction, *, refuses: bool = True
) -> tuple[dict[str, Any], Mapping[str, int]]:
    """The same of fields that are to change a stored interaction: what is stored already is not judged again.

    Raises:
        Invalid: as `redacted_fields`.
    """
    stored = current.metadata
    new = {name: value for name, value in fields.items() if value != getattr(current, name)}
    if "metadata" in new:
        new["metadata"] = {name: value for name, value in new["metadata"].items() if stored.get(name) != value}
    if new.get("error") is not None and current.error is not None and new["error"].message == current.error.message:
        del new["error"]
    redacted, counts = redacted_fields(new, refuses=refuses)
    if "metadata" in redacted:
        redacted["metadata"] = {**fields["metadata"], **redacted["metadata"]}
    return {**fields, **redacted}, counts


def redacted_feedback(feedback: Feedback | None) -> tuple[Feedback | None, Mapping[str, int]]:
    """A verdict as it may be kept. Raises as `redacted_fields`."""
    texts = _Texts()
    redacted = feedback and texts.feedback(feedback, "#")
    texts.check()
    return redacted, texts.counts


def redacted_title(title: str | None) -> str | None:
    """A conversation's title as it may be kept. Raises as `redacted_fields`."""
    texts = _Texts()
    redacted = texts.text(title, "#/title", MAX_TITLE)
    texts.check()
    return redacted


def counted(interaction: Interaction, counts: Mapping[str, int]) -> Interaction:
    """The interaction with what else was masked in it."""
    if not counts:
        return interaction
    total = Counter(interaction.redaction)
    total.update(counts)
    return replace(interaction, redaction=dict(total))
