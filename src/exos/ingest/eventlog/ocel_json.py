"""OCEL 2.0 in JSON."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Generator
from typing import Any

import orjson

from exos.errors import BadFile
from exos.ingest.eventlog.format import Format, Piece, Report
from exos.ingest.eventlog.json_stream import elements
from exos.ingest.eventlog.ocel import read_workspace, workspace
from exos.ingest.eventlog.options import Options
from exos.ingest.eventlog.source import Head, Source
from exos.ingest.eventlog.texts import text_of

_KEYS = re.compile(
    r'"(objectTypes|eventTypes|ocel:global-log|ocel:events|ocel:objects)"\s*:|"(events|objects)"\s*:\s*\['
)


def read(source: Source, options: Options, report: Report) -> Generator[Piece]:
    """The events of an OCEL JSON file. Raises BadFile where it is damaged or has no events."""
    with workspace() as connection:
        connection.execute("BEGIN")
        known = False
        for key, value in elements(source.blocks(), source.name):
            known = _take(connection, key, value, source.name) or known
        connection.execute("COMMIT")
        if not known:
            raise BadFile(
                f"{source.name} is JSON without events and objects.",
                "Export it as OCEL 2.0, or name the right --format.",
            )
        yield from read_workspace(connection, source, options, report)


def _matches(head: Head) -> bool:
    return head.text.startswith("{") and _KEYS.search(head.text) is not None


FORMAT = Format("ocel", "OCEL 2.0 JSON", (".jsonocel", ".json"), _matches, read, rank=30)


def _take(connection: sqlite3.Connection, key: str, value: Any, source: str) -> bool:
    """Keep one element. Whether it belongs to OCEL."""
    if key.startswith("ocel:"):
        raise BadFile(f"{source} is OCEL 1.0.", "Convert it to OCEL 2.0.")
    if key not in ("events", "objects"):
        return False
    if not isinstance(value, dict) or "id" not in value or "type" not in value:
        raise BadFile(
            f"{source}: an element of {key!r} has no id or type: {str(value)[:100]}", "Export it as OCEL 2.0."
        )
    if key == "events":
        _event(connection, value)
    else:
        _object(connection, value)
    return True


def _event(connection: sqlite3.Connection, value: dict[str, Any]) -> None:
    identifier = str(value["id"])
    attributes = {row["name"]: row.get("value") for row in _rows(value, "attributes", "name")}
    connection.execute(
        "INSERT INTO events (id, type, time, attributes) VALUES (?, ?, ?, ?)",
        (identifier, str(value["type"]), _text(value.get("time")), orjson.dumps(attributes).decode()),
    )
    connection.executemany(
        "INSERT INTO relations VALUES (?, ?, ?)",
        [
            (identifier, str(row["objectId"]), _text(row.get("qualifier")))
            for row in _rows(value, "relationships", "objectId")
        ],
    )


def _object(connection: sqlite3.Connection, value: dict[str, Any]) -> None:
    identifier = str(value["id"])
    connection.execute("INSERT OR REPLACE INTO objects VALUES (?, ?)", (identifier, str(value["type"])))
    connection.executemany(
        "INSERT INTO object_attributes VALUES (?, ?, ?, ?)",
        [
            (identifier, row["name"], _text(row.get("time")), _text(row.get("value")))
            for row in _rows(value, "attributes", "name")
        ],
    )
    if related := _rows(value, "relationships", "objectId"):
        connection.execute("INSERT INTO object_relations VALUES (?)", (len(related),))


def _rows(value: dict[str, Any], key: str, needed: str) -> list[dict[str, Any]]:
    found = value.get(key)
    return [row for row in found if isinstance(row, dict) and needed in row] if isinstance(found, list) else []


def _text(value: Any) -> str | None:
    return None if value is None else text_of(value)
