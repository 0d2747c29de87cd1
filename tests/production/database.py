"""Tables for a process of production in DynamoDB Local, made by the process of the tests."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf.global_settings import PASSWORD_HASHERS
from django.test import override_settings

from interactions.accounts.dynamodb import DynamoDBAccounts
from interactions.dynamodb.connection import DynamoDBConnection
from interactions.dynamodb.tables import Tables
from tests.dynamodb_local import DynamoDBLocal
from tests.production.process import ENVIRONMENT


@dataclass(frozen=True, slots=True)
class Database:
    """`variables` lead a process to the tables; `accounts` are those in the tables."""

    variables: dict[str, str]
    tables: Tables
    accounts: DynamoDBAccounts

    def create_account(self, username: str, password: str) -> None:
        """With the password hashed as a process of production expects it, and not as the tests' own process does."""
        with override_settings(PASSWORD_HASHERS=PASSWORD_HASHERS):
            self.accounts.create_account(username, password)

    def create_key(self, user_id: str, *scopes: str) -> str:
        """A new API key; scopes read and write where none is named."""
        key, _ = self.accounts.create_key(user_id, scopes or ("read", "write"))
        return key


def new_database(dynamodb_local: DynamoDBLocal, prefix: str = "") -> Database:
    """Make all tables under an access key of their own."""
    access_key = dynamodb_local.new_database()
    connection = DynamoDBConnection(
        region=ENVIRONMENT["AWS_REGION"], endpoint=dynamodb_local.endpoint, access_key=access_key
    )
    tables = Tables.bound(connection, prefix)
    tables.create()
    variables = {
        "AWS_ENDPOINT_URL_DYNAMODB": dynamodb_local.endpoint,
        "AWS_ACCESS_KEY_ID": access_key,
        "TABLE_PREFIX": prefix,
    }
    return Database(variables, tables, DynamoDBAccounts(tables=tables))
