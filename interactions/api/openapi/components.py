"""The JSON Schemas of what goes in and out, with the domain's own limits."""

from __future__ import annotations

from interactions.accounts.base import SCOPES
from interactions.api.openapi.forms import UUID7_IN, Schema, array, closed, integer, name, nullable, ref, text
from interactions.api.problem_types import TYPES
from interactions.conf import conf
from interactions.domain import interaction as limits
from interactions.domain.identifiers import INTERACTION_ID_PATTERN
from interactions.domain.interaction import USAGE_FIELDS, Status
from interactions.domain.parsing import TRACE_ID_PATTERN
from interactions.domain.pricing import AMOUNT_PATTERN, COST_SOURCES, GIVEN_COST_SOURCES
from interactions.domain.query import MAX_TITLE
from interactions.domain.question import MAX_TEMPERATURE

INSTANT: Schema = {"type": "string", "format": "date-time"}
INTERACTION_ID: Schema = {"type": "string", "format": "uuid", "pattern": INTERACTION_ID_PATTERN}
STATUS: Schema = {"type": "string", "enum": [status.value for status in Status]}
METADATA: Schema = {
    "type": "object",
    "maxProperties": limits.MAX_METADATA_PAIRS,
    "propertyNames": text(limits.MAX_METADATA_KEY),
    "additionalProperties": text(limits.MAX_METADATA_VALUE, 0),
    "description": "The caller's own pairs.",
}
LABEL = text(limits.MAX_LABEL)
USAGE: Schema = {usage: nullable(integer()) for usage in USAGE_FIELDS}
COST: Schema = {
    "amount": {"type": "string", "pattern": AMOUNT_PATTERN, "description": "US dollars, to nine decimals."},
    "currency": {"const": "USD"},
    "source": {"type": "string", "enum": [*COST_SOURCES]},
    "price_id": nullable(text(limits.MAX_LABEL, description="The row of the price table that was used.")),
}
NEW_COST: Schema = COST | {"source": {"type": "string", "enum": [*GIVEN_COST_SOURCES]}}
FINISH_REASON = text(
    limits.MAX_FINISH_REASON,
    description="Why the answer ended: stop, length, content_filter, tool_calls, or the provider's own word.",
)
RESPONSE_ID = text(limits.MAX_LABEL, description="The provider's id of the answer.")
CALL_ERROR: Schema = {"type": text(limits.MAX_ERROR_TYPE), "message": text(limits.MAX_ERROR_MESSAGE, 0)}
FEEDBACK: Schema = {
    "score": {"type": "integer", "minimum": -1, "maximum": 1},
    "label": nullable(text(limits.MAX_FEEDBACK_LABEL)),
    "comment": nullable(text(limits.MAX_FEEDBACK_COMMENT)),
}
# What a caller says of the outcome, when it records and when it completes.
OUTCOME: Schema = {
    "status": nullable(STATUS),
    "response": nullable(text(limits.MAX_TEXT, 0)),
    "provider": nullable(LABEL),
    "model": nullable(LABEL),
    "usage": nullable(ref("Usage")),
    "cost": nullable(ref("NewCost")),
    "latency_ms": nullable(integer(description="Milliseconds of the model call alone.")),
    "finish_reason": nullable(FINISH_REASON),
    "response_id": nullable(RESPONSE_ID),
    "error": nullable(ref("NewCallError")),
}
_SUMMARY: Schema = {
    "interaction_id": INTERACTION_ID,
    "user_id": name(),
    "conversation_id": nullable(name()),
    "status": STATUS,
    "provider": nullable(LABEL),
    "model": nullable(LABEL),
    "requested_model": nullable(LABEL),
    "usage": ref("Usage"),
    "cost": nullable(ref("Cost")),
    "latency_ms": nullable(integer()),
    "error": nullable(ref("CallError")),
    "trace_id": nullable({"type": "string", "pattern": TRACE_ID_PATTERN}),
    "metadata": METADATA,
    "feedback": nullable(ref("Feedback")),
    "cached": {"type": "boolean"},
    "attempts": array(ref("Attempt"), maxItems=limits.MAX_ATTEMPTS),
    "redaction": {"type": "object", "additionalProperties": integer(), "description": "How many of each kind."},
    "created_at": INSTANT,
    "updated_at": INSTANT,
    "version": integer(1),
    "content_expires_at": nullable(INSTANT),
    "expires_at": nullable(INSTANT),
}
_FULL: Schema = {
    **dict([*_SUMMARY.items()][:4]),
    "prompt": nullable(text(limits.MAX_TEXT, description="Null once the texts have expired.")),
    "response": nullable(text(limits.MAX_TEXT, 0)),
    "finish_reason": nullable(FINISH_REASON),
    "response_id": nullable(RESPONSE_ID),
    "context_turns": nullable(
        integer(description="How many earlier turns of the conversation the service sent to the model with the prompt.")
    ),
    **dict([*_SUMMARY.items()][4:]),
}
_COMPLETED = {
    "properties": {"status": {"enum": ["completed", None]}, "response": {"type": "string"}, "error": {"type": "null"}},
    "required": ["response"],
}
_PENDING = {
    "properties": {"status": {"enum": ["pending", None]}, "response": {"type": "null"}, "error": {"type": "null"}}
}
_FAILED = {
    "properties": {"status": {"const": "failed"}, "error": {"type": "object"}},
    "required": ["status", "error"],
}
_SUMS: Schema = {
    "count": integer(),
    "failures": integer(),
    "input_tokens": {"type": "integer", "minimum": 0},
    "output_tokens": {"type": "integer", "minimum": 0},
    "cost": nullable(closed({"amount": {"type": "string"}, "currency": {"const": "USD"}})),
    "unpriced": integer(description="How many of the count have no known cost."),
}
_SPENT = closed(
    {
        "day": {"type": "string", "format": "date"},
        "cost": closed({"amount": {"type": "string"}, "currency": {"const": "USD"}}),
    },
    description=(
        "What the service paid for models on a day, whoever asked: of all users alone, else null. Deleting, retention "
        "and erasure do not change it. What is reserved for calls that have not ended is in it."
    ),
)
_PAGE: Schema = {"next": nullable({"type": "string", "format": "uri"}), "previous": {"type": "null"}}
_FIELD_ERROR = closed(
    {
        "pointer": {"type": "string", "description": "`#/…` into the body, `?name` of the query, or a header's name."},
        "code": {"type": "string"},
        "detail": {"type": "string"},
    }
)
_PROBLEM: Schema = {
    "type": {"type": "string", "format": "uri-reference"},
    "title": {"type": "string"},
    "status": {"type": "integer", "enum": sorted({kind.status for kind in TYPES.values()})},
    "detail": {"type": "string"},
    "errors": array(ref("FieldError")),
}
_IDS: Schema = {
    "instance": {"type": "string"},
    "request_id": {
        "type": "string",
        "pattern": "^[0-9a-f-]{32,36}$",
        "description": "Behind a gateway, the one of its log.",
    },
    "trace_id": {"type": "string", "pattern": TRACE_ID_PATTERN},
}
# Of some kinds of problems alone.
_MEMBERS: Schema = {
    "interaction_id": INTERACTION_ID | {"description": "What was recorded of it."},
    "limit": {"type": "string", "description": "What a user may spend in a day."},
    "left": {"type": "string", "description": "What is left of it."},
    "currency": {"const": "USD"},
    "resets_at": INSTANT,
}

SCHEMAS: dict[str, Schema] = {
    "Interaction": closed(_FULL),
    "InteractionSummary": closed(_SUMMARY, description="An interaction without its texts and how its answer ended."),
    "NewInteraction": closed(
        {
            "interaction_id": nullable(
                {
                    "type": "string",
                    "format": "uuid",
                    "pattern": UUID7_IN,
                    "description": "A UUIDv7 of now or the past; made by the service when left out.",
                }
            ),
            "user_id": nullable(name(description="The owner, if not the caller: needs the scope any.")),
            "created_at": nullable(INSTANT | {"description": "From 1970 on, not ahead: needs the scope any."}),
            "conversation_id": nullable(name()),
            "prompt": text(limits.MAX_TEXT),
            "requested_model": nullable(LABEL),
            "trace_id": nullable({"type": "string", "pattern": TRACE_ID_PATTERN}),
            "metadata": nullable(METADATA),
            **OUTCOME,
        },
        ["prompt"],
        anyOf=[_COMPLETED, _PENDING, _FAILED],
    ),
    "Question": closed(
        {
            "prompt": text(limits.MAX_TEXT),
            "user_id": nullable(name(description="Who asks, if not the caller: needs the scope any.")),
            "conversation_id": nullable(name(description="Its earlier turns go along, the latest ones that fit.")),
            "model": nullable(text(limits.MAX_LABEL, description="One that a provider serves; else each one's own.")),
            "max_tokens": nullable(integer(1, maximum=conf.max_output_tokens, description="Of the answer.")),
            "temperature": nullable({"type": "number", "minimum": 0, "maximum": MAX_TEMPERATURE}),
            "metadata": nullable(METADATA),
            "stream": {"enum": [False, None], "description": "Answers come whole."},
        },
        ["prompt"],
    ),
    "InteractionPatch": closed(
        {
            **OUTCOME,
            "metadata": nullable(
                {
                    "type": "object",
                    "maxProperties": limits.MAX_METADATA_PAIRS,
                    "propertyNames": text(limits.MAX_METADATA_KEY),
                    "additionalProperties": nullable(text(limits.MAX_METADATA_VALUE, 0)),
                    "description": "Merged with what is there; null removes a key.",
                }
            ),
        },
        [],
        description="A JSON merge patch (RFC 7396); a status comes with what it needs.",
        anyOf=[{"properties": {"status": {"type": "null"}}}, _COMPLETED, _PENDING, _FAILED],
    ),
    "Usage": closed(USAGE, [], description="Tokens, as OpenTelemetry counts them."),
    "Cost": closed(COST),
    "NewCost": closed(NEW_COST, ["amount", "currency", "source"]),
    "CallError": closed(CALL_ERROR),
    "NewCallError": closed({**CALL_ERROR, "message": nullable(CALL_ERROR["message"])}, ["type"]),
    "Feedback": closed({**FEEDBACK, "at": INSTANT}),
    "NewFeedback": closed(FEEDBACK, ["score"]),
    "Attempt": closed({"provider": LABEL, "error_type": nullable(LABEL), "latency_ms": nullable(integer())}),
    "InteractionPage": closed({**_PAGE, "results": array({"anyOf": [ref("Interaction"), ref("InteractionSummary")]})}),
    "BulkOutcome": closed(
        {
            "index": integer(),
            "status": {"type": "integer"},
            "interaction": ref("InteractionSummary"),
            "problem": closed(_PROBLEM),
        },
        ["index", "status"],
        oneOf=[{"required": ["interaction"]}, {"required": ["problem"]}],
    ),
    "BulkOutcomes": closed({"results": array(ref("BulkOutcome"))}),
    "Conversation": closed(
        {
            "conversation_id": name(),
            "title": nullable(text(MAX_TITLE)),
            "started_at": INSTANT,
            "last_interaction_id": INTERACTION_ID,
            "last_at": INSTANT,
        }
    ),
    "ConversationPatch": closed({"title": nullable(text(MAX_TITLE))}),
    "ConversationPage": closed({**_PAGE, "results": array(ref("Conversation"))}),
    "Erasure": closed(
        {
            "user_id": name(),
            **{
                kind: integer()
                for kind in ("interactions", "conversations", "idempotency_keys", "sessions", "api_keys")
            },
            "backup_retention_days": integer(description="How many days backups go on holding what was erased."),
            "complete": {"type": "boolean", "description": "False: ask again, and it goes on."},
        }
    ),
    "UsageReport": closed(
        {
            "complete": {"type": "boolean"},
            "total": closed(_SUMS),
            "days": array(closed({"day": {"type": "string", "format": "date"}, "model": nullable(LABEL), **_SUMS})),
            "spent": nullable(array(_SPENT)),
            "next": _PAGE["next"],
        }
    ),
    "Login": closed({"username": text(128), "password": text(1024, format="password")}),
    "Session": closed(
        {
            "user_id": name(),
            "scopes": array({"type": "string", "enum": [*SCOPES]}),
            "csrf_token": {"type": ["string", "null"], "description": "To send as X-CSRFToken; null with an API key."},
        }
    ),
    "Health": closed({"status": {"const": "ok"}, "version": {"type": "string"}}),
    "Readiness": closed({"status": {"const": "ready"}}),
    "FieldError": _FIELD_ERROR,
    "Problem": closed({**_PROBLEM, **_IDS, **_MEMBERS}, [*_PROBLEM, *_IDS], description="Problem details (RFC 9457)."),
}
