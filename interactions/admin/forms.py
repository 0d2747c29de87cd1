"""What staff may change of an interaction: the verdict and the retention, by the rules of the domain."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget

from interactions import services
from interactions.admin.presentation import SCORES, instant
from interactions.domain.errors import Invalid
from interactions.domain.interaction import MAX_FEEDBACK_COMMENT, MAX_FEEDBACK_LABEL, Feedback, Interaction
from interactions.domain.parsing import parse_feedback
from interactions.models import InteractionRow
from interactions.repositories.orm.codec import interaction_of

_FIELDS = {"#/score": "feedback_score", "#/label": "feedback_label", "#/comment": "feedback_comment"}
EDITABLE = ("feedback_score", "feedback_label", "feedback_comment", "content_expires_at", "expires_at")

if TYPE_CHECKING:  # Django's own class takes no parameter when it runs

    class _Form(forms.ModelForm[InteractionRow]): ...

else:
    _Form = forms.ModelForm


class InteractionForm(_Form):
    # Which version the person saw; a save on top of another one has to be meant.
    loaded_version = forms.CharField(required=False, widget=forms.HiddenInput)
    feedback_score = forms.TypedChoiceField(
        label="Score",
        choices=[("", "no feedback"), *SCORES.items()],
        coerce=int,
        empty_value=None,
        required=False,
    )
    feedback_label = forms.CharField(
        label="Label",
        required=False,
        strip=False,
        max_length=MAX_FEEDBACK_LABEL,
        widget=AdminTextInputWidget,
        help_text=f"At most {MAX_FEEDBACK_LABEL} characters.",
    )
    feedback_comment = forms.CharField(
        label="Comment",
        required=False,
        strip=False,
        widget=AdminTextareaWidget(attrs={"rows": 4}),
        help_text=f"At most {MAX_FEEDBACK_COMMENT:,} characters.",
    )

    class Meta:
        model = InteractionRow
        fields = EDITABLE
        labels: ClassVar = {"content_expires_at": "Texts until", "expires_at": "Record until"}
        help_texts: ClassVar = {
            "content_expires_at": "UTC. When the prompt and the response go; empty: together with the record.",
            "expires_at": "UTC. When the whole record goes; empty: never.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._now = datetime.now(UTC)
        interaction = interaction_of(self.instance)
        self._stored = interaction.seen_at(self._now) or interaction
        self._feedback = self._stored.feedback
        self.initial["loaded_version"] = str(self._stored.version)
        self.initial["feedback_comment"] = _lines(self.initial.get("feedback_comment"))

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.errors:
            self._check_feedback()
            self._check_retention()
            self._check_version()
        return dict(self.cleaned_data)

    def save_changes(self) -> None:
        """Write what has changed. Raises what the services raise."""
        stored = self._stored
        own = {"interaction_id": stored.interaction_id, "user_id": stored.user_id}
        if not _same_verdict(self._feedback, stored.feedback):
            stored = services.interaction_rate(**own, feedback=self._feedback, matches=_exactly(stored.etag))
        if self._retention() != (stored.content_expires_at, stored.expires_at):
            content_expires_at, expires_at = self._retention()
            services.interaction_retain(
                **own,
                content_expires_at=content_expires_at,
                expires_at=expires_at,
                matches=_exactly(stored.etag),
            )

    def _check_feedback(self) -> None:
        document = {
            "score": self.cleaned_data["feedback_score"],
            "label": self.cleaned_data["feedback_label"] or None,
            "comment": _lines(self.cleaned_data["feedback_comment"]) or None,
        }
        if not any(value is not None for value in document.values()):
            self._feedback = None
            return
        if document["score"] is None:
            self.add_error("feedback_score", "A label or a comment goes with a score.")
            return
        try:
            self._feedback = parse_feedback(document, at=self._now)
        except Invalid as invalid:
            self._complain(invalid)

    def _check_retention(self) -> None:
        try:
            self._stored.with_retention(*self._retention(), at=self._now)
        except Invalid as invalid:
            self._complain(invalid)

    def _check_version(self) -> None:
        if self.cleaned_data["loaded_version"] == str(self._stored.version) or self.errors:
            return
        # The next save is one on top of what this page tells.
        self.data = dict(self.data.items()) | {self.add_prefix("loaded_version"): str(self._stored.version)}
        self.add_error(
            None,
            "This interaction was changed while you had it open, and nothing of yours is stored yet. "
            f"It now has {_told(self._stored)}. Your own entries are below: save again to store them instead.",
        )

    def _retention(self) -> tuple[datetime | None, datetime | None]:
        """The two times; those that nobody touched with the microseconds that the form has no place for."""
        content_expires_at, expires_at = (
            self.cleaned_data[name] if name in self.changed_data else getattr(self._stored, name)
            for name in ("content_expires_at", "expires_at")
        )
        return content_expires_at, expires_at

    def _complain(self, invalid: Invalid) -> None:
        for error in invalid.errors:
            name = _FIELDS.get(error.pointer, error.pointer.removeprefix("#/"))
            detail = error.detail.replace("expires_at", "“Record until”")
            self.add_error(name, f"{detail[0].upper()}{detail[1:]}.")


def _lines(text: str | None) -> str:
    """With the line ends that the API stores, where browsers send others."""
    return (text or "").replace("\r\n", "\n")


def _same_verdict(one: Feedback | None, other: Feedback | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.score, one.label, _lines(one.comment)) == (other.score, other.label, _lines(other.comment))


def _exactly(etag: str) -> Any:
    return lambda current: current == etag


def _told(stored: Interaction) -> str:
    feedback = stored.feedback
    said = [feedback.label, feedback.comment] if feedback else []
    verdict = ", ".join([f"feedback {SCORES[feedback.score]}", *(f"“{s}”" for s in said if s)]) if feedback else ""
    texts, record = (instant(value, none="for ever") for value in (stored.content_expires_at, stored.expires_at))
    return f"{verdict or 'no feedback'}, its texts until {texts}, its record until {record}"
