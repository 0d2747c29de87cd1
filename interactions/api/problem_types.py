"""The kinds of problems, by the last part of their `type`, and whose fault a failure is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One kind of problem: its status, its title, and what its page says a caller should do."""

    slug: str
    status: int
    title: str
    advice: str


TYPES = {
    kind.slug: kind
    for kind in (
        ProblemType("invalid-request", 400, "The request is not valid", "Mend what `errors` names and send it again."),
        ProblemType("malformed-body", 400, "The body cannot be parsed", "Send UTF-8 JSON without NaN or Infinity."),
        ProblemType(
            "streaming-not-supported", 400, "Answers are not streamed", "Leave `stream` out: the answer comes whole."
        ),
        ProblemType("unbounded-query", 400, "The query has no bounds", "Give created_from and created_to."),
        ProblemType(
            "not-authenticated",
            401,
            "A credential is needed",
            "Send `Authorization: Bearer <api key>`, or log in at /v1/session and send its cookie.",
        ),
        ProblemType("csrf-failed", 403, "The CSRF token is missing or wrong", "Send the csrftoken as X-CSRFToken."),
        ProblemType("missing-scope", 403, "The credential does not cover this", "Use one that has the scope."),
        ProblemType("not-found", 404, "There is no such thing", "It never was, has expired, or is not yours."),
        ProblemType("method-not-allowed", 405, "The method is not allowed here", "Use one that `Allow` lists."),
        ProblemType("not-acceptable", 406, "No acceptable representation", "Accept application/json."),
        ProblemType("already-exists", 409, "The id is taken", "Read the existing one, or give another id."),
        ProblemType(
            "idempotency-key-in-flight", 409, "The first request of this key is still at work", "Repeat it in a moment."
        ),
        ProblemType(
            "idempotency-key-spent", 409, "What the key recorded has been deleted", "Give a new request a new key."
        ),
        ProblemType("ambiguous", 409, "Several users have this id", "Name the owner by ?user_id=."),
        ProblemType("forbidden-transition", 409, "The state does not allow this", "Completed and failed are final."),
        ProblemType("version-conflict", 409, "Others kept changing it", "Send the request again."),
        ProblemType(
            "gone",
            410,
            "It was deleted while a model was answering",
            "Nothing of the answer is kept. Ask again if you still want it.",
        ),
        ProblemType("length-required", 411, "The body has no length", "Send Content-Length, and the body whole."),
        ProblemType("precondition-failed", 412, "The precondition is stale", "Read it again and use its ETag."),
        ProblemType("content-too-large", 413, "The body is too large", "Send less at once."),
        ProblemType("interaction-too-large", 413, "The interaction is too large to store", "Shorten its texts."),
        ProblemType("unsupported-media-type", 415, "The content type is not supported", "Send application/json."),
        ProblemType(
            "idempotency-key-reused",
            422,
            "The idempotency key stands for other content",
            "Repeat a request unchanged, or give a new request a new key.",
        ),
        ProblemType("rate-limited", 429, "Too many requests", "Try again after Retry-After seconds."),
        ProblemType(
            "spending-limit-exceeded",
            429,
            "The day's money is used up",
            "Ask for a shorter answer if that fits what is `left`, or again when the limit `resets_at`.",
        ),
        ProblemType("internal-error", 500, "The service failed", "Try again; report the request_id if it stays."),
        ProblemType("answer-too-large", 500, "The answer is too large", "Ask for less at once: fewer days, or items."),
        ProblemType(
            "provider-failed",
            502,
            "No model answered",
            "The interaction `interaction_id` has recorded why. Ask again with another Idempotency-Key.",
        ),
        ProblemType("no-provider", 503, "Nobody is there to be asked", "Set PROVIDERS, and the keys it names."),
        ProblemType("unavailable", 503, "The store cannot be reached", "Try again after Retry-After seconds."),
        ProblemType(
            "provider-timeout",
            504,
            "No model answered in time",
            "The interaction `interaction_id` has recorded what was tried. Ask again with another Idempotency-Key, "
            "perhaps for fewer tokens.",
        ),
        ProblemType(
            "deadline-exceeded",
            504,
            "The request took too long",
            "Send it again; a write may have been carried out, which its Idempotency-Key or its id makes harmless.",
        ),
    )
}

SERVICE, PROVIDER = "service", "provider"
# Failures of a model's provider, or of its settings. They say nothing about the version of the service that answers.
OF_PROVIDERS = frozenset({"no-provider", "provider-failed", "provider-timeout"})
