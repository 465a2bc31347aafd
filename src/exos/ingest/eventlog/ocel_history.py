"""Values that objects had one after another: which event of their case says each of them.

The first event of a case says the value that held then, every later value is said by the first event at or after its change; so
an attribute of the case has the value of its last event. Values that held at no event have no place: they are counted.
"""

from __future__ import annotations

import sqlite3

from exos.ingest.eventlog.arrays import flags, numbers, texts
from exos.ingest.eventlog.clock import EARLIEST, LATEST, Clock

BATCH_ROWS = 20_000
_CHANGING = """
CREATE TABLE changing AS
SELECT a.object, a.name, a.time, a.value, a.rowid AS place
FROM object_attributes a JOIN objects o ON o.id = a.object
WHERE o.type = :type AND a.value IS NOT NULL AND (a.object, a.name) IN (
    SELECT object, name FROM object_attributes WHERE value IS NOT NULL GROUP BY object, name HAVING count(DISTINCT value) > 1)
"""
_LIVED = """
SELECT DISTINCT r.object, e.place, e.time FROM events e JOIN relations r ON r.event = e.id
WHERE e.type <> '' AND r.object IN (SELECT object FROM changing)
"""
_TIMES = f"SELECT time FROM ({_LIVED}) WHERE time IS NOT NULL UNION SELECT time FROM changing WHERE time IS NOT NULL"
_STEPS = f"""
CREATE TABLE steps AS
SELECT l.object, l.place, m.at FROM ({_LIVED}) l JOIN moments m USING (time) WHERE m.at >= {EARLIEST} AND m.at < {LATEST};
CREATE INDEX steps_at ON steps (object, at, place);
"""
_CHANGES = f"""
CREATE TABLE changes AS
SELECT object, name, value, at, place, (
    SELECT s.place FROM steps s WHERE s.object = c.object AND s.at >= c.at ORDER BY s.at, s.place LIMIT 1) AS event
FROM (
    SELECT object, name, value, place, at, lag(value) OVER (PARTITION BY object, name ORDER BY at, place) AS former
    FROM (SELECT c.*, coalesce(m.at, {EARLIEST}) AS at FROM changing c LEFT JOIN moments m USING (time))
    WHERE object IN (SELECT object FROM steps)) c
WHERE value IS NOT former
"""
_SAID = """
INSERT INTO said
SELECT object, event, json_group_object(name, value)
FROM (SELECT *, row_number() OVER (PARTITION BY object, name, event ORDER BY at DESC, place DESC) AS back FROM changes)
WHERE event IS NOT NULL AND back = 1
GROUP BY object, event
"""
_KEPT = "SELECT (SELECT count(*) FROM changes) - (SELECT count(*) FROM said, json_each(said.attributes))"


def place_values(connection: sqlite3.Connection, chosen: str, clock: Clock) -> int:
    """Fill the table `said` (object, place of the event, attributes as JSON); the number of values without a place."""
    connection.execute("CREATE TABLE said (object TEXT, place INTEGER, attributes TEXT, PRIMARY KEY (object, place))")
    connection.execute("CREATE TABLE moments (time TEXT PRIMARY KEY, at INTEGER) WITHOUT ROWID")
    connection.execute(_CHANGING, {"type": chosen})
    _read_times(connection, clock)
    connection.executescript(_STEPS)
    connection.execute(_CHANGES)
    connection.execute(_SAID)
    return int(connection.execute(_KEPT).fetchone()[0])


def _read_times(connection: sqlite3.Connection, clock: Clock) -> None:
    cursor = connection.execute(_TIMES)
    while rows := cursor.fetchmany(BATCH_ROWS):
        read = clock.read(texts(row[0] for row in rows)).values
        known = zip(rows, numbers(read).tolist(), flags(read.is_valid()).tolist(), strict=True)
        connection.executemany(
            "INSERT INTO moments VALUES (?, ?)", [(time, at) for (time,), at, valid in known if valid]
        )
