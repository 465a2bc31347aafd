"""The table that an import fills first, so that analyses see a log whole or not at all.

It has the columns and the order of `case_events`; publishing hands its parts over, which takes milliseconds whatever their size.
Unlike `case_events` it does not look for equal events while it is filled, which takes as long again as all the rest of an insert.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from exos.errors import BadRequest, ExosError
from exos.ingest.eventlog import fold as folding
from exos.store.database import Database

PREFIX = "import_staging_"
STALE_HOURS = 48
_RUNNING: set[str] = set()
_LOCK = threading.Lock()
FOLD_EVENTS = 2_000_000
"""Events folded at a time: they are sorted in memory."""
_COLUMNS = (
    "process, case_id, activity, start_time, end_time, resource, lifecycle, cost, attributes, case_attributes,"
    " session_id, trace_id, span_id, sequence, source"
)


@contextmanager
def staging(database: Database, identity: str) -> Iterator[str]:
    """An empty staging table of that import; it is gone afterwards. One that a killed import left is emptied first.

    Raises BadRequest while the same import goes on in this process.
    """
    name = f"{PREFIX}{identity}"
    with _alone(name):
        _drop_stale(database)
        with _table(database, name):
            yield name


def running() -> set[str]:
    """The imports that go on in this process, by id."""
    return {name.removeprefix(PREFIX) for name in tuple(_RUNNING)}


@contextmanager
def _alone(name: str) -> Iterator[None]:
    with _LOCK:
        if name in _RUNNING:
            raise BadRequest("This file is being imported into this process already.", "Wait for that import to end.")
        _RUNNING.add(name)
    try:
        yield
    finally:
        _RUNNING.discard(name)


@contextmanager
def folded(database: Database, table: str, events: int) -> Iterator[str]:
    """A table with the events of another one, starts and completions paired (see fold.py); it is gone afterwards."""
    name, parts = f"{table}_folded", 1 + events // FOLD_EVENTS
    with _table(database, name):
        for part in range(parts):
            database.command(folding.statement(table, name, _COLUMNS), {"parts": parts, "part": part})
        yield name


def count(database: Database, table: str) -> tuple[int, int, int]:
    """Events, cases and activities in a staging table. Hashes of 64 bits take half the memory that the cases' own would."""
    rows = database.query(f"SELECT count(), uniqExact(sipHash64(case_id)), uniqExact(activity) FROM {table}").rows
    events, cases, activities = (int(value) for value in rows[0])
    return events, cases, activities


def halved(database: Database, table: str) -> bool:
    """Whether some activity has events for its starts and others for its completions."""
    both = "countIf(lower(lifecycle) = 'start') > 0 AND countIf(lower(lifecycle) = 'complete') > 0"
    return bool(database.query(f"SELECT activity FROM {table} GROUP BY activity HAVING {both} LIMIT 1").rows)


def publish(database: Database, table: str) -> None:
    """Move the events over. Killed in between and done again, the events are the same: equal ones collapse into one.

    Parts that are handed over pass no view, so the cases that changed are told here; once more than needed does no harm.
    They are told first: killed in between, whoever opens the database next still brings these cases up to date.
    """
    tell = (
        f"INSERT INTO case_changes SELECT now64(6, 'UTC'), process, case_id FROM {table} GROUP BY process, case_id"
        " SETTINGS optimize_aggregation_in_order = 1"
    )
    with database.writing():
        database.command(tell)
        try:
            database.command(f"ALTER TABLE case_events ATTACH PARTITION tuple() FROM {table}")
        except ExosError:
            # A cluster may spread the tables over machines or disks between which parts cannot be handed over.
            database.command(f"INSERT INTO case_events ({_COLUMNS}) SELECT {_COLUMNS} FROM {table}")
        if not database.exclusive:
            # Another process may have worked the first off before the events were there.
            database.command(tell)


@contextmanager
def _table(database: Database, name: str) -> Iterator[None]:
    ordered = database.query(
        "SELECT sorting_key FROM system.tables WHERE database = {database:String} AND name = 'case_events'",
        {"database": database.name},
    ).rows[0][0]
    database.command(f"DROP TABLE IF EXISTS {name} SYNC")
    database.command(f"CREATE TABLE {name} AS case_events ENGINE = MergeTree ORDER BY ({ordered})")
    try:
        yield
    finally:
        database.command(f"DROP TABLE IF EXISTS {name} SYNC")


def _drop_stale(database: Database) -> None:
    """Remove what killed imports left two days ago or earlier."""
    rows = database.query(
        "SELECT name FROM system.tables WHERE database = {database:String} AND startsWith(name, {prefix:String})"
        " AND metadata_modification_time < now() - toIntervalHour({hours:UInt32})",
        {"database": database.name, "prefix": PREFIX, "hours": STALE_HOURS},
    ).rows
    for (name,) in rows:
        database.command(f"DROP TABLE IF EXISTS {name} SYNC")
