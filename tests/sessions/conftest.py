"""Sessions are tested on DynamoDB Local."""

from __future__ import annotations

from tests.dynamodb_tables import database, fresh_process, over, proxy, tables, wire, wired_tables

__all__ = ["database", "fresh_process", "over", "proxy", "tables", "wire", "wired_tables"]
