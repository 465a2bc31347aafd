"""Which rows are the demo's, in every table that it writes: what is counted, and what is removed.

EXOS's own tables say it in `source`, telemetry in a resource attribute. Rows of anyone else stay where they are, whatever service
or case they are of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from exos.demo.telemetry import MARK, SOURCE
from exos.store import cases
from exos.store.database import Database

_TELEMETRY = (
    "otel_traces",
    "otel_logs",
    "otel_metrics_gauge",
    "otel_metrics_sum",
    "otel_metrics_histogram",
    "hyperdx_sessions",
)
_BY_SOURCE = "source = {source:String}"
_BY_MARK = "ResourceAttributes[{mark:String}] != ''"
_TOUCHED = f"(process, case_id) IN (SELECT process, case_id FROM case_events WHERE {_BY_SOURCE})"
_SHARED = f"SELECT process, case_id FROM case_events WHERE NOT {_BY_SOURCE} AND {_TOUCHED} GROUP BY process, case_id"
# A case with events of somebody else, too, is theirs: it is rebuilt without the demo's events.
_OF_CASE = f"{_TOUCHED} AND (process, case_id) NOT IN ({_SHARED})"
# What refers to other rows comes before those rows.
_OWN = {
    "cases": _OF_CASE,
    "case_events": _BY_SOURCE,
    "customers": _BY_SOURCE,
    "touches": _BY_SOURCE,
    "conversions": _BY_SOURCE,
    "product_events": _BY_SOURCE,
}
_PARAMS = {"source": SOURCE, "mark": MARK}


@dataclass(frozen=True, slots=True)
class Held:
    """Rows that the demo has in one table, and the bytes that the table takes on disk, whoever's rows are in it."""

    table: str
    rows: int
    bytes: int


def held(database: Database) -> list[Held]:
    """The tables that have rows of the demo."""
    found = []
    for place, table, mine in _tables(database):
        rows = int(_ask(database, f"SELECT count() AS rows FROM `{place}`.`{table}` WHERE {mine}"))
        if rows:
            found.append(Held(table, rows, int(_ask(database, _BYTES, place=place, table=table))))
    return found


def clear(database: Database) -> None:
    """Remove the demo's rows from every table, and their place on disk with them; bring `cases` up to date with what is left."""
    with database.writing():
        database.command(f"INSERT INTO case_changes SELECT now64(6, 'UTC'), process, case_id FROM ({_SHARED})", _PARAMS)
        for place, table, mine in _tables(database):
            if database.exclusive:
                _drop_partitions(database, f"`{place}`.`{table}`", mine)
            if _ask(database, f"SELECT count() AS rows FROM (SELECT 1 FROM `{place}`.`{table}` WHERE {mine} LIMIT 1)"):
                # Replicated tables take a subquery for something that could differ from replica to replica; here it cannot.
                wait = "SETTINGS mutations_sync = 2, allow_nondeterministic_mutations = 1"
                database.command(f"ALTER TABLE `{place}`.`{table}` DELETE WHERE {mine} {wait}", _PARAMS)
        cases.refresh(database)


def _drop_partitions(database: Database, table: str, mine: str) -> None:
    """Drop the partitions that have rows of the demo only, which takes a tenth of the time of deleting their rows.

    Only where nobody else can write a row into them meanwhile.
    """
    wholly = f"SELECT _partition_id AS part FROM {table} GROUP BY part HAVING countIf({mine}) = count()"
    drops = [f"DROP PARTITION ID '{partition}'" for (partition,) in database.query(wholly, _PARAMS).rows]
    if drops:
        database.command(f"ALTER TABLE {table} {', '.join(drops)}")


def others(database: Database) -> bool:
    """Whether the tables that the demo writes hold rows of somebody else."""
    return any(
        _ask(database, f"SELECT count() AS rows FROM (SELECT 1 FROM `{place}`.`{table}` WHERE NOT ({mine}) LIMIT 1)")
        for place, table, mine in _tables(database)
    )


_BYTES = """
SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND database = {place:String} AND table = {table:String}
"""


def _tables(database: Database) -> Iterator[tuple[str, str, str]]:
    """Database, table, and the condition that is true for the demo's rows."""
    yield from ((database.name, table, mine) for table, mine in _OWN.items())
    yield from ((database.telemetry, table, _BY_MARK) for table in _TELEMETRY)


def _ask(database: Database, sql: str, **more: str) -> int:
    return int(database.query(sql, {**_PARAMS, **more}).rows[0][0])
