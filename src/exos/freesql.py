"""Free SQL typed by a person or written by a model: read-only, through the guard, with its own limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exos.store import guard
from exos.store.database import Database
from exos.types import Result


def run_free_sql(database: Database, sql: str, params: Mapping[str, Any], query_id: str | None = None) -> Result:
    """The result of one SELECT. Raises QueryRefused, BadSQL and what Database.query raises."""
    inner = guard.check(sql, database.query, params, (database.name, database.telemetry))
    limits = database.sql_limits
    return database.query(f"SELECT * FROM (\n{inner}\n) LIMIT {limits.rows}", params, limits=limits, query_id=query_id)
