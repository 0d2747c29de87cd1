"""The cache is tested on both emulators."""

from __future__ import annotations

from tests.dynamodb_tables import fresh_process, local_database, local_tables, moto_tables, tables, wire, wired_tables

__all__ = ["fresh_process", "local_database", "local_tables", "moto_tables", "tables", "wire", "wired_tables"]
