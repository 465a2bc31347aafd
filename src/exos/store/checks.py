"""What can be wrong with a database, asked of the database itself. For `exos doctor`.

A check returns a sentence, or raises an ExosError that says what is wrong and what to do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from exos.errors import ExosError, QueryRefused
from exos.store.database import Database

Check = tuple[str, Callable[[], str]]

OLDEST = (25, 3)
FREE_SQL_SINCE = (26, 8)
_SKEW_SECONDS = 2.0
_PARTS = 1000
_FREE_SHARE = 0.05
_WRITING = "SELECT, INSERT, CREATE TABLE, CREATE VIEW, ALTER TABLE, DROP TABLE, DROP VIEW, TRUNCATE, OPTIMIZE"
_TELEMETRY = ("otel_traces", "otel_logs", "hyperdx_sessions")

_PARTS_SQL = """
SELECT concat(database, '.', table) AS name, count() AS parts
FROM system.parts
WHERE active AND database IN ({exos:String}, {telemetry:String})
GROUP BY database, table, partition
ORDER BY parts DESC
LIMIT 1
"""
_MUTATIONS = """
SELECT concat(database, '.', table) AS name, latest_fail_reason AS reason
FROM system.mutations
WHERE NOT is_done AND latest_fail_reason != '' AND database IN ({exos:String}, {telemetry:String})
LIMIT 1
"""
_DISKS = (
    "SELECT name, free_space, total_space FROM system.disks WHERE total_space > 0 ORDER BY free_space / total_space"
)
_REPLICAS = """
SELECT count() AS replicas, countIf(is_readonly) AS stuck
FROM system.replicas
WHERE database IN ({exos:String}, {telemetry:String})
"""
_NAMED = "SELECT name FROM system.tables WHERE database = {telemetry:String} AND name IN {names:Array(String)}"
_NEWEST = """
SELECT count() AS rows, dateDiff('second', max(Timestamp), now64(9)) AS age
FROM {telemetry:Identifier}.{table:Identifier}
WHERE Timestamp > now() - INTERVAL 30 DAY
"""


def checks(database: Database) -> list[Check]:
    """The checks that make sense for this database, in an order in which the first failure explains the later ones."""
    places = {"exos": database.name, "telemetry": database.telemetry}
    found: list[Check] = [("version", lambda: _version(database))]
    if not database.exclusive:
        found += [
            ("rights", lambda: _rights(database)),
            ("clock", lambda: _clock(database)),
            ("replicas", lambda: _seen(lambda: _replicas(database, places))),
        ]
    return [
        *found,
        ("storage", lambda: _seen(lambda: _disks(database))),
        ("parts", lambda: _seen(lambda: _parts(database, places))),
        ("telemetry", lambda: _telemetry(database)),
    ]


def _version(database: Database) -> str:
    version = database.version()
    said = f"ClickHouse {'.'.join(map(str, version))}{', embedded' if database.exclusive else ''}"
    if version < OLDEST:
        raise ExosError(f"{said} is too old.", f"EXOS needs {'.'.join(map(str, OLDEST))} or newer.")
    if version < FREE_SQL_SINCE:
        return f"{said}; free SQL and your own analyses need {'.'.join(map(str, FREE_SQL_SINCE))}"
    return said


def _rights(database: Database) -> str:
    """What EXOS must be able to do in its own database, and to read in that of the telemetry."""
    missing = [
        f"GRANT {rights} ON `{place}`.* TO {database.user}"
        for rights, place in ((_WRITING, database.name), ("SELECT", database.telemetry))
        if not database.may(rights, place)
    ]
    if missing:
        raise ExosError(f"The user {database.user} lacks rights.", "As an administrator: " + "; ".join(missing))
    return f"{database.user} may do what is needed in {database.name}"


def _clock(database: Database) -> str:
    before = time.time()
    there = float(database.query("SELECT toUnixTimestamp64Milli(now64(3)) / 1000 AS now").rows[0][0])
    after = time.time()
    skew = max(before - there, there - after, 0.0)
    if skew > _SKEW_SECONDS:
        raise ExosError(
            f"The server's clock and this machine's are {skew:.0f} s apart.",
            "Synchronise both (NTP): 'the last hour' and the refreshing of cases go by them.",
        )
    return "agrees with the server's"


def _replicas(database: Database, places: Mapping[str, str]) -> str:
    replicas, stuck = database.query(_REPLICAS, places).rows[0]
    if stuck:
        raise ExosError(
            f"{stuck} of {replicas} replicated tables cannot write.", "Look after Keeper and system.replicas."
        )
    return f"{replicas} replicated tables, all writable" if replicas else "no replicated tables"


def _disks(database: Database) -> str:
    rows = database.query(_DISKS).rows
    if not rows:
        return "no local disks"
    name, free, total = rows[0]
    if free < _FREE_SHARE * total:
        raise ExosError(
            f"The disk {name} of ClickHouse has {free / 1024**3:.1f} GiB left of {total / 1024**3:.0f}.",
            "Make room, add a disk, or keep telemetry for fewer days.",
        )
    return f"{free / 1024**3:.0f} GiB free on the disk {name}"


def _parts(database: Database, places: Mapping[str, str]) -> str:
    for name, reason in database.query(_MUTATIONS, places).rows:
        raise ExosError(
            f"A change of {name} does not get done: {reason[:200]}", "See system.mutations; KILL MUTATION ends it."
        )
    rows = database.query(_PARTS_SQL, places).rows
    if rows and rows[0][1] > _PARTS:
        raise ExosError(
            f"A partition of {rows[0][0]} has {rows[0][1]:,} parts; ClickHouse refuses rows from 3,000 on.",
            "Senders insert too few rows at a time: let the collector batch 5,000 or more, or set async_insert.",
        )
    return f"at most {rows[0][1]:,} in a partition ({rows[0][0]})" if rows else "none yet"


def _telemetry(database: Database) -> str:
    """Which of ClickStack's tables are there, and how old their newest row is."""
    values: dict[str, Any] = {"telemetry": database.telemetry, "names": list(_TELEMETRY)}
    there = {row[0] for row in database.query(_NAMED, values).rows}
    missing = [name for name in _TELEMETRY if name not in there]
    if missing:
        raise ExosError(
            f"{database.telemetry} has no {', '.join(missing)}.",
            "Set EXOS_TELEMETRY_DATABASE to the database of your ClickStack, or run `exos migrate`.",
        )
    said = []
    for name in _TELEMETRY:
        rows, age = database.query(_NEWEST, {**values, "table": name}).rows[0]
        said.append(f"{name} {rows:,} rows{f', newest {_ago(age)}' if rows else ''}")
    return "; ".join(said)


def _seen(check: Callable[[], str]) -> str:
    """The check, where the user may look at the system tables that it needs."""
    try:
        return check()
    except QueryRefused:
        return "not checked: this user may not look at the system tables for it"


def _ago(seconds: int) -> str:
    for size, unit in ((86_400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit} ago"
    return f"{max(seconds, 0)} s ago"
