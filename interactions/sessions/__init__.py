"""Django's sessions over DynamoDB: `SESSION_ENGINE = "interactions.sessions"`."""

from interactions.sessions.store import SessionStore

__all__ = ["SessionStore"]
