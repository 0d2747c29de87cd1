"""The store in production: DynamoDB through PynamoDB."""

from interactions.repositories.dynamodb.repository import DynamoDBRepository

__all__ = ["DynamoDBRepository"]
