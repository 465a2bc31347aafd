"""Which tables and columns the database has."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from exos.errors import ExosError
from exos.store.database import Database

SAMPLES = 5
_INTERNAL = (
    "schema_migrations", "case_changes", "case_batches", "case_refreshes", "imports", "backfills", "recording_checks",
)  # fmt: skip
_COLUMNS = """
SELECT c.database AS database, c.table AS table, t.comment AS comment, t.total_rows AS total_rows,
       t.total_bytes AS total_bytes, c.name AS name, c.type AS type, c.comment AS about
FROM system.columns AS c
INNER JOIN system.tables AS t ON t.database = c.database AND t.name = c.table
WHERE c.database IN ({exos:String}, {telemetry:String})
  AND t.engine != 'MaterializedView'
  AND c.table NOT IN {internal:Array(String)}
ORDER BY database, table, c.position
"""


def read_schema(database: Database) -> list[dict[str, Any]]:
    """One dict per table: database, name, comment, rows, bytes and its columns with type, comment and sample values."""
    rows = database.query(
        _COLUMNS, {"exos": database.name, "telemetry": database.telemetry, "internal": list(_INTERNAL)}
    ).rows
    tables = []
    for (place, table), group in groupby(rows, key=lambda row: (row[0], row[1])):
        columns = list(group)
        samples = _samples(database, place, table)
        tables.append(
            {
                "database": place,
                "name": table,
                "comment": columns[0][2],
                "rows": columns[0][3],
                "bytes": columns[0][4],
                "columns": [
                    {"name": row[5], "type": row[6], "comment": row[7], "samples": samples.get(row[5], [])}
                    for row in columns
                ],
            }
        )
    return tables


def _samples(database: Database, place: str, table: str) -> dict[str, list[Any]]:
    try:
        result = database.query(f"SELECT * FROM `{place}`.`{table}` LIMIT 50")
    except ExosError:
        return {}
    found: dict[str, list[Any]] = {}
    for name in result.names:
        values: list[Any] = []
        for value in result.column(name):
            if value not in values and value not in ("", None, [], {}):
                values.append(value)
        found[name] = values[:SAMPLES]
    return found
