"""OCEL 2.0 in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

from exos.errors import BadFile
from exos.ingest.eventlog.format import Format, Piece, Report
from exos.ingest.eventlog.ocel import read_workspace, workspace
from exos.ingest.eventlog.options import Options
from exos.ingest.eventlog.source import Source

MAGIC = b"SQLite format 3\0"
NEEDED = ("event", "object", "event_object", "event_map_type", "object_map_type")
_Copy: TypeAlias = Callable[[sqlite3.Connection, str, list[str]], None]
_OWN = ("ocel_id", "ocel_time", "ocel_changed_field")


def read(source: Source, options: Options, report: Report) -> Generator[Piece]:
    """The events of an OCEL SQLite file. Raises BadFile where it is damaged or lacks OCEL's tables."""
    with source.unpacked_path() as path, workspace() as connection:
        try:
            _copy(connection, path, source.name)
        except sqlite3.DatabaseError as error:
            raise BadFile(
                f"{source.name} cannot be read as OCEL 2.0 SQLite: {error}.", "Copy or export it again."
            ) from None
        source.position = source.size
        yield from read_workspace(connection, source, options, report)


FORMAT = Format(
    "ocel", "OCEL 2.0 SQLite", (".sqlite", ".sqlite3", ".db"), lambda head: head.data.startswith(MAGIC), read, rank=6
)


def _copy(connection: sqlite3.Connection, path: Path, source: str) -> None:
    connection.execute(f"ATTACH 'file:{quote(str(path.absolute()))}?mode=ro&immutable=1' AS log")
    tables = {
        row[0] for row in connection.execute("SELECT name FROM log.sqlite_master WHERE type IN ('table', 'view')")
    }
    missing = [name for name in NEEDED if name not in tables]
    if missing:
        raise BadFile(
            f"{source} is a SQLite database without OCEL's tables: {', '.join(missing)} missing.",
            "Export the log as OCEL 2.0.",
        )
    connection.execute("BEGIN")
    connection.execute("INSERT OR REPLACE INTO objects SELECT ocel_id, ocel_type FROM log.object")
    connection.execute(
        "INSERT INTO relations SELECT ocel_event_id, ocel_object_id, ocel_qualifier FROM log.event_object"
    )
    connection.execute("CREATE TEMP TABLE timed (id TEXT PRIMARY KEY, time TEXT, attributes TEXT) WITHOUT ROWID")
    _each_type(connection, tables, "event", _copy_events)
    _each_type(connection, tables, "object", _copy_objects)
    connection.execute(
        "INSERT INTO events SELECT e.rowid, e.ocel_id, e.ocel_type, t.time, coalesce(t.attributes, '{}')"
        " FROM log.event e LEFT JOIN temp.timed t ON t.id = e.ocel_id"
    )
    if "object_object" in tables:
        connection.execute("INSERT INTO object_relations SELECT count(*) FROM log.object_object")
    connection.execute("COMMIT")
    connection.execute("DETACH log")


def _each_type(connection: sqlite3.Connection, tables: set[str], kind: str, copy: _Copy) -> None:
    for (suffix,) in connection.execute(f"SELECT DISTINCT ocel_type_map FROM log.{kind}_map_type").fetchall():
        table = f"{kind}_{suffix}"
        if table in tables:
            columns = [row[1] for row in connection.execute(f"PRAGMA log.table_info({_quoted(table)})")]
            copy(connection, table, [name for name in columns if name not in _OWN])


def _copy_events(connection: sqlite3.Connection, table: str, attributes: list[str]) -> None:
    pairs = ", ".join(f"{_text(name)}, {_quoted(name)}" for name in attributes)
    connection.execute(
        f"INSERT OR REPLACE INTO temp.timed SELECT ocel_id, ocel_time, json_object({pairs}) FROM log.{_quoted(table)}"
    )


def _copy_objects(connection: sqlite3.Connection, table: str, attributes: list[str]) -> None:
    for name in attributes:
        connection.execute(
            f"INSERT INTO object_attributes SELECT ocel_id, {_text(name)}, ocel_time, {_quoted(name)} FROM log.{_quoted(table)}"
            f" WHERE {_quoted(name)} IS NOT NULL"
        )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
