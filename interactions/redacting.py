"""Personal data in all the texts of an interaction: masked or refused once, before anything is stored, logged or sent.

Identifiers are no texts: users, conversations and models stay as they are named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from interactions.conf import conf
from interactions.domain.errors import FieldError, Invalid
from interactions.domain.interaction import CallError, Feedback, Interaction
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

    def __init__(self) -> None:
        self._policy = conf.redaction
        self._errors: list[FieldError] = []
        self.counts: Counter[str] = Counter()

    def text(self, text: str | None, pointer: str) -> str | None:
        if text is None or not self._policy:
            return text
        redacted = redact(text, self._policy)
        for kind in redacted.counts:
            if self._policy[kind] == "refuse":
                self._refuse(pointer, f"has {NAMES[kind]}, which is not taken here: leave it out")
        self.counts.update(redacted.counts)
        return redacted.text

    def metadata(self, pairs: Mapping[str, str]) -> dict[str, str]:
        # Two names could be one once they are masked.
        if any(redact(name, self._policy).counts for name in pairs):
            self._refuse("#/metadata", "has personal data in a name: give it another")
        return {name: self.text(value, "#/metadata") or "" for name, value in pairs.items()}

    def error(self, error: CallError | None) -> CallError | None:
        return error and replace(error, message=self.text(error.message, "#/error/message") or "")

    def feedback(self, given: Feedback | None, pointer: str = "#") -> Feedback | None:
        return given and replace(
            given,
            label=self.text(given.label, f"{pointer}/label"),
            comment=self.text(given.comment, f"{pointer}/comment"),
        )

    def check(self) -> None:
        if self._errors:
            raise Invalid(self._errors)

    def _refuse(self, pointer: str, detail: str) -> None:
        self._errors.append(FieldError(pointer, "personal-data", detail))


def redacted_fields(fields: Mapping[str, Any]) -> tuple[dict[str, Any], Mapping[str, int]]:
    """The fields of an interaction with their texts redacted, those that are there; and how much was masked.

    Raises:
        Invalid: with every field whose personal data are not taken.
    """
    texts = _Texts()
    given = dict(fields)
    for name in ("prompt", "response"):
        if given.get(name) is not None:
            given[name] = texts.text(given[name], f"#/{name}")
    if given.get("error") is not None:
        given["error"] = texts.error(given["error"])
    if given.get("metadata"):
        given["metadata"] = texts.metadata(given["metadata"])
    texts.check()
    return given, texts.counts


def redacted_feedback(feedback: Feedback | None) -> tuple[Feedback | None, Mapping[str, int]]:
    """A verdict as it may be kept. Raises as `redacted_fields`."""
    texts = _Texts()
    redacted = texts.feedback(feedback)
    texts.check()
    return redacted, texts.counts


def redacted_title(title: str | None) -> str | None:
    """A conversation's title as it may be kept. Raises as `redacted_fields`."""
    texts = _Texts()
    redacted = texts.text(title, "#/title")
    texts.check()
    return redacted


def redacted_whole(interaction: Interaction) -> Interaction:
    """An interaction that was recorded elsewhere, with its verdict. Raises as `redacted_fields`."""
    names = ("prompt", "response", "error", "metadata")
    fields, counts = redacted_fields({name: getattr(interaction, name) for name in names})
    texts = _Texts()
    feedback = texts.feedback(interaction.feedback, "#/feedback")
    texts.check()
    return counted(replace(interaction, **fields, feedback=feedback), {**texts.counts}, counts)


def counted(interaction: Interaction, *more: Mapping[str, int]) -> Interaction:
    """The interaction with what else was masked in it."""
    counts = Counter(interaction.redaction)
    for each in more:
        counts.update(each)
    return interaction if counts == Counter(interaction.redaction) else replace(interaction, redaction=dict(counts))
