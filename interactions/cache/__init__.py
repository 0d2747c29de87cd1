"""Django's cache over DynamoDB: `"BACKEND": "interactions.cache.DynamoDBCache"`."""

from interactions.cache.backend import DynamoDBCache

__all__ = ["DynamoDBCache"]
