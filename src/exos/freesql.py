"""Free SQL typed by a person or written by a model: read-only, through the guard, with its own limits.

Rows that replace others count once, whether the engine has merged them yet or not: the limits of free SQL say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from exos import parameters
from exos.store import guard
from exos.store.database import Database
from exos.types import Result


def run_free_sql(database: Database, sql: str, params: Mapping[str, Any], query_id: str | None = None) -> Result:
    """The result of one SELECT, `truncated` after EXOS_SQL_ROWS rows. It finds what was acknowledged before it. Numbers that
    JSON has not are texts such as inf, -inf and nan: a person who asks wants to tell 1/0 from NULL.

    Raises QueryRefused, BadSQL, BadParameter and what Database.query raises.
    """
    parameters.check_texts(params)
    parameters.check_objects(params)
    inner = guard.check(sql, database.query, params, (database.name, database.telemetry))
    parameters.check_ranges(inner, params)
    database.settle()
    most = database.sql_limits.rows
    limits = replace(database.sql_limits, rows=most + 1, endless=True)
    wrapped = f"SELECT * FROM (\n{inner}\n) LIMIT {limits.rows}"
    return database.query(wrapped, params, limits=limits, query_id=query_id).cut(most)
