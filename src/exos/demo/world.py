"""Makes a world: storey by storey, through the tables that real data goes through."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from exos.demo.orders.rows import SOURCE, Rows
from exos.demo.orders.simulation import Simulation
from exos.errors import BadParameter, NotFound
from exos.store import cases
from exos.store.database import Database

SCALES = {"small": 1, "medium": 20, "large": 200, "huge": 2000}
"""Size of the company: small has 50,000 orders a year, and each other one so many times the orders and the people."""
SEED = 20_260
_LIVING, _WRITTEN, _REBUILT = 0.85, 0.9, 0.98
"""Parts of the whole work that are behind when the rows are made, written, and their cases rebuilt."""

_WORLDS = """
CREATE TABLE IF NOT EXISTS demo_worlds
(
    `scale` LowCardinality(String),
    `seed` UInt64,
    `ends` Date COMMENT 'First day that is not in the data',
    `cases` UInt64,
    `events` UInt64,
    `seconds` Float64 COMMENT 'How long it took to make',
    `finished_at` DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
)
ENGINE = MergeTree
ORDER BY finished_at
COMMENT 'Demo worlds that are complete. Written last by the demo generator, read to tell whether the world is there.'
"""
_KNOWN = "SELECT count() AS tables FROM system.tables WHERE database = {database:String} AND name = 'demo_worlds'"


@dataclass(frozen=True, slots=True)
class Summary:
    """What was made: numbers of cases and events, seconds it took, and the first day that is not in the data."""

    scale: str
    seed: int
    end: date
    cases: int
    events: int
    seconds: float


def present(database: Database) -> bool:
    """Whether a complete world is in the database. A generation that was cut off does not count."""
    if not database.query(_KNOWN, {"database": database.name}).rows[0][0]:
        return False
    return bool(database.query("SELECT count() AS worlds FROM demo_worlds").rows[0][0])


def last_day(database: Database) -> date:
    """The first day that is not in the data of the world that is there. Raises NotFound when there is none."""
    if not present(database):
        raise NotFound("There is no demo world here.", "Make one with `exos demo`.")
    return date.fromisoformat(database.query("SELECT toString(max(ends)) AS ends FROM demo_worlds").rows[0][0])


def generate(
    database: Database,
    *,
    scale: str = "small",
    seed: int = SEED,
    end: date,
    progress: Callable[[float], None] | None = None,
) -> Summary:
    """Make the year before `end` in place of any earlier demo world. The same arguments give the same rows.

    progress: called with the share that is done, zero to one. Raises BadParameter for an unknown scale.
    """
    begun = time.perf_counter()
    tell = progress or _quiet
    size = _size(scale)
    clear(database)
    rows = Rows(simulation := Simulation(seed, size, end), size)
    database.insert("case_events", _told(rows.batches(), lambda: tell(simulation.share_done * _LIVING)))
    tell(_WRITTEN)
    cases.refresh(database)
    tell(_REBUILT)
    cases.settle(database)
    summary = Summary(scale, seed, end, rows.cases, rows.events, time.perf_counter() - begun)
    _record(database, summary)
    tell(1.0)
    return summary


def clear(database: Database) -> None:
    """Remove every demo world, complete or not."""
    mine = {"source": SOURCE}
    found = database.query("SELECT count() AS rows FROM case_events WHERE source = {source:String}", mine).rows[0][0]
    if found:
        wait = " SETTINGS mutations_sync = 2, lightweight_deletes_sync = 2"
        its_cases = "(process, case_id) IN (SELECT process, case_id FROM case_events WHERE source = {source:String})"
        database.command(f"DELETE FROM cases WHERE {its_cases}{wait}", mine)
        database.command(f"DELETE FROM case_events WHERE source = {{source:String}}{wait}", mine)
    database.command("DROP TABLE IF EXISTS demo_worlds")


def batches(*, scale: str = "small", seed: int = SEED, end: date) -> Iterator[pa.RecordBatch]:
    """The rows of `case_events` alone, without a database. Raises BadParameter for an unknown scale."""
    size = _size(scale)
    return Rows(Simulation(seed, size, end), size).batches()


def _size(scale: str) -> int:
    if scale not in SCALES:
        raise BadParameter(f"There is no scale {scale!r}.", f"Choose one of {', '.join(SCALES)}.")
    return SCALES[scale]


def _told(pieces: Iterator[pa.RecordBatch], tell: Callable[[], None]) -> Iterator[pa.RecordBatch]:
    for piece in pieces:
        yield piece
        tell()


def _record(database: Database, summary: Summary) -> None:
    database.command(_WORLDS)
    database.command(
        "INSERT INTO demo_worlds (scale, seed, ends, cases, events, seconds) SELECT {scale:String}, {seed:UInt64}, {end:Date},"
        " {cases:UInt64}, {events:UInt64}, {seconds:Float64}",
        {
            "scale": summary.scale,
            "seed": summary.seed,
            "end": summary.end.isoformat(),
            "cases": summary.cases,
            "events": summary.events,
            "seconds": summary.seconds,
        },
    )


def _quiet(_: float) -> None:
    return None
