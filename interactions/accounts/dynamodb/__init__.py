"""Accounts and API keys over DynamoDB."""

from interactions.accounts.dynamodb.store import DynamoDBAccounts

__all__ = ["DynamoDBAccounts"]
