"""Object-centric logs (OCEL 2.0), whatever their encoding: one type of object is chosen to be the case.

The encodings fill a temporary database on disk, so that memory stays flat; this module then gives each event once for every
object of that type it relates to. Attributes of the object become attributes of the case, said by the event since which they hold
(ocel_history.py); ids of related objects of other types become attributes of the event, as `object:<type>`, separated by commas.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from exos.errors import BadFile
from exos.ingest.eventlog.arrays import Flags, Ints, rows_to_maps, texts
from exos.ingest.eventlog.format import Piece, Report, Role
from exos.ingest.eventlog.ocel_history import place_values
from exos.ingest.eventlog.options import Options
from exos.ingest.eventlog.pipeline import ahead
from exos.ingest.eventlog.rejections import Rejections
from exos.ingest.eventlog.source import Source
from exos.ingest.eventlog.table import Layout, Rows
from exos.ingest.eventlog.texts import text_of

BATCH_ROWS = 20_000
CASE, ACTIVITY, TIME = "case:concept:name", "concept:name", "time:timestamp"
_TABLES = """
CREATE TABLE events (place INTEGER PRIMARY KEY, id TEXT, type TEXT, time TEXT, attributes TEXT);
CREATE TABLE objects (id TEXT PRIMARY KEY, type TEXT) WITHOUT ROWID;
CREATE TABLE relations (event TEXT, object TEXT, qualifier TEXT);
CREATE TABLE object_attributes (object TEXT, name TEXT, time TEXT, value TEXT);
CREATE TABLE object_relations (count INTEGER);
"""
_INDEXES = """
CREATE INDEX relations_event ON relations (event);
CREATE TABLE constant (object TEXT PRIMARY KEY, attributes TEXT) WITHOUT ROWID;
INSERT INTO constant
SELECT object, json_group_object(name, value)
FROM (
    SELECT object, name, min(value) AS value FROM object_attributes
    WHERE value IS NOT NULL GROUP BY object, name HAVING count(DISTINCT value) = 1)
GROUP BY object;
"""
_TYPES = """
SELECT type, objects, coalesce(events, 0), coalesce(most, 0)
FROM (SELECT type, count(*) AS objects FROM objects GROUP BY type)
LEFT JOIN (
    SELECT type, count(*) AS events, max(times) AS most
    FROM (SELECT o.type AS type, r.event, count(DISTINCT r.object) AS times
          FROM relations r JOIN objects o ON o.id = r.object GROUP BY o.type, r.event)
    GROUP BY type) USING (type)
ORDER BY type
"""
_EVENTS = """
SELECT e.place, r.object, e.type, e.time, e.attributes, c.attributes, group_concat(DISTINCT nullif(r.qualifier, '')),
    (SELECT json_group_array(json_array(o2.type, r2.object)) FROM relations r2 JOIN objects o2 ON o2.id = r2.object
     WHERE r2.event = e.id AND o2.type <> :type), s.attributes
FROM events e
JOIN relations r ON r.event = e.id
JOIN objects o ON o.id = r.object AND o.type = :type
LEFT JOIN constant c ON c.object = r.object
LEFT JOIN said s ON s.object = r.object AND s.place = e.place
GROUP BY e.place, r.object
ORDER BY e.place, r.object
"""


@contextmanager
def workspace() -> Iterator[sqlite3.Connection]:
    """A temporary database with the tables to fill: events, objects, relations, object_attributes, object_relations."""
    folder = Path(tempfile.mkdtemp(prefix="exos-ocel-"))
    connection = sqlite3.connect(folder / "log.sqlite", isolation_level=None, uri=True)
    try:
        connection.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;" + _TABLES
        )
        yield connection
    finally:
        connection.close()
        shutil.rmtree(folder, ignore_errors=True)


def read_workspace(connection: sqlite3.Connection, source: Source, options: Options, report: Report) -> Iterator[Piece]:
    """The events of a filled workspace, once per object of the chosen type."""
    connection.executescript(_INDEXES)
    chosen = _choose(connection, options, source.name)
    _say_what_is_left(connection, chosen, report)
    names = [
        row[0]
        for row in connection.execute("SELECT DISTINCT j.key FROM events e, json_each(e.attributes) j ORDER BY 1")
    ]
    layout = Layout([CASE, ACTIVITY, TIME, *names], options, report, source.name)
    _say_roles(chosen, report)
    first = connection.execute("SELECT time FROM events ORDER BY place LIMIT ?", (BATCH_ROWS,))
    layout.learn([{TIME: texts(row[0] for row in first)}])
    if lost := place_values(connection, chosen, layout.clock.quiet()):
        report.note(
            f"{lost:,} values that attributes of objects had at none of the events of their case were left out."
        )
    yield from ahead(_tasks(connection, chosen, layout))


def _say_roles(chosen: str, report: Report) -> None:
    """In the words of the log, which has no columns for these three."""
    told = {CASE: f"object of type {chosen!r}", ACTIVITY: "type of the event", TIME: "time of the event"}
    report.roles = {
        role: Role(told[known.column], "OCEL") if known.column in told else known
        for role, known in report.roles.items()
    }


def _choose(connection: sqlite3.Connection, options: Options, source: str) -> str:
    """The type of object that is the case. Raises BadFile, listing the types, where it is not clear."""
    types = connection.execute(_TYPES).fetchall()
    listed = "; ".join(f"{name}: {objects:,} objects, {events:,} events" for name, objects, events, _ in types)
    if options.object_type:
        if options.object_type not in [name for name, *_ in types]:
            raise BadFile(
                f"{source} has no object type {options.object_type!r}. It has {listed}.", "Name one of these."
            )
        return options.object_type
    total = connection.execute("SELECT count(*) FROM events").fetchone()[0]
    related = [name for name, _, events, _ in types if events]
    alone = [name for name, _, events, most in types if events == total and most == 1]
    if len(related) == 1 or len(alone) == 1:
        return str((alone if len(alone) == 1 else related)[0])
    raise BadFile(
        f"{source} is object-centric: which type of object is the case? It has {listed or 'no objects'}.",
        "Say it with --object-type TYPE.",
    )


def _say_what_is_left(connection: sqlite3.Connection, chosen: str, report: Report) -> None:
    report.note(
        f"Each object of type {chosen!r} is a case; an event that relates to several of them is in each of their cases."
    )
    left = connection.execute(
        "SELECT count(*) FROM events WHERE id NOT IN"
        " (SELECT r.event FROM relations r JOIN objects o ON o.id = r.object WHERE o.type = ?)",
        (chosen,),
    ).fetchone()[0]
    if left:
        report.note(f"{left:,} events relate to no object of this type; they are in no case.")
    relations = connection.execute("SELECT coalesce(sum(count), 0) FROM object_relations").fetchone()[0]
    if relations:
        report.note(f"{relations:,} relations between objects were not read.")


def _tasks(connection: sqlite3.Connection, chosen: str, layout: Layout) -> Iterator[Callable[[], Piece]]:
    cursor = connection.execute(_EVENTS, {"type": chosen})
    while rows := cursor.fetchmany(BATCH_ROWS):
        yield partial(_piece, rows, layout)


def _piece(rows: list[tuple[Any, ...]], layout: Layout) -> Piece:
    places = np.array([row[0] for row in rows], np.int64)
    attributes = [{**_related(row[7]), "ocel:qualifier": row[6] or "", **_loaded(row[4])} for row in rows]
    columns = {CASE: [row[1] for row in rows], ACTIVITY: [row[2] for row in rows], TIME: [row[3] for row in rows]}
    for name in layout.used - set(columns):
        columns[name] = [known.pop(name, None) for known in attributes]

    def lines(chosen: Ints) -> Ints:
        found: Ints = places[chosen]
        return found

    def case_attributes(keep: Flags) -> pa.Array:
        """On the first event of each object that is kept, and where they change."""
        due: dict[str, dict[str, str]] = {}
        said = []
        for row, wanted in zip(rows, keep.tolist(), strict=True):
            if row[1] not in due:
                due[row[1]] = _loaded(row[5])
            due[row[1]].update(_loaded(row[8]))
            if wanted:
                said.append(due[row[1]])
                due[row[1]] = {}
        return rows_to_maps((known.items() for known in said), len(said))

    return layout.settle(
        Rows(
            {name: texts(values) for name, values in columns.items()},
            places,
            lines,
            Rejections(),
            rows_to_maps((known.items() for known in attributes), len(rows)),
            case_attributes,
        )
    )


def _loaded(written: str | None) -> dict[str, str]:
    """Attributes as texts."""
    loaded: dict[str, Any] = orjson.loads(written) if written else {}
    return {name: text_of(value) for name, value in loaded.items() if value is not None}


def _related(written: str) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for kind, identifier in orjson.loads(written):
        found.setdefault(f"object:{kind}", []).append(identifier)
    return {kind: ",".join(dict.fromkeys(identifiers)) for kind, identifiers in found.items()}
