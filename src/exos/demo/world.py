"""Makes a world: storey by storey, through the tables that real data goes through."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from exos.demo import marks
from exos.demo.storeys import DatabaseWriter, Plan
from exos.demo.worlds import SEED, size_of, world_named
from exos.errors import NotFound
from exos.store.database import Database

_NEWEST = """
SELECT world, scale, seed, toString(ends) AS ends, rows, seconds FROM demo_worlds FINAL
WHERE status = 'complete' ORDER BY updated_at DESC LIMIT 1
"""
_RECORD = """
INSERT INTO demo_worlds (world, status, scale, seed, ends, rows, seconds)
SELECT {world:String}, {status:String}, {scale:String}, {seed:UInt64}, {end:Date},
       mapFromArrays({tables:Array(String)}, {counts:Array(UInt64)}), {seconds:Float64}
"""
_REMOVE = """
INSERT INTO demo_worlds (world, status, scale, seed, ends, rows, seconds)
SELECT world, 'removed', scale, seed, ends, map(), 0 FROM demo_worlds FINAL WHERE status != 'removed'
"""


@dataclass(frozen=True, slots=True)
class Summary:
    """A world that is there. `rows` are those that the demo has in each table, `seconds` what making it took, in all and (when it
    was made just now) by storey; `end` is the first day that is not in the data.
    """

    world: str
    scale: str
    seed: int
    end: date
    rows: Mapping[str, int]
    seconds: float
    storeys: Mapping[str, float]

    @property
    def cases(self) -> int:
        """Cases of all processes."""
        return self.rows.get("cases", 0)

    @property
    def events(self) -> int:
        """Events of all cases."""
        return self.rows.get("case_events", 0)


def present(database: Database) -> Summary | None:
    """The complete world that is in the database. One that was cut off while it was made does not count."""
    rows = database.query(_NEWEST).rows
    if not rows:
        return None
    world, scale, seed, ends, counted, seconds = rows[0]
    return Summary(world, scale, seed, date.fromisoformat(ends), counted, seconds, {})


def last_day(database: Database) -> date:
    """The first day that is not in the data of the world that is there. Raises NotFound when there is none."""
    found = present(database)
    if found is None:
        raise NotFound("There is no demo world here.", "Make one with `exos demo`.")
    return found.end


def generate(
    database: Database,
    *,
    world: str = "mortgage",
    scale: str = "small",
    seed: int = SEED,
    end: date,
    progress: Callable[[float], None] | None = None,
) -> Summary:
    """Make the year before `end` in place of any earlier demo world. The same arguments give the same rows.

    progress: called with the share that is done, zero to one. Raises BadParameter for an unknown world or scale.
    """
    begun = time.perf_counter()
    chosen, plan = world_named(world), Plan(seed, size_of(scale), end)
    clear(database)
    begin = Summary(world, scale, seed, end, {}, 0.0, {})
    _record(database, "started", begin)
    writer = DatabaseWriter(database, progress or _quiet, tuple(storey.weight for storey in chosen.storeys))
    spent: dict[str, float] = {}
    for storey in chosen.storeys:
        since = time.perf_counter()
        storey.build(plan, writer)
        if storey.finish is not None:
            storey.finish(database)
        writer.finished()
        spent[storey.name] = time.perf_counter() - since
    rows = {one.table: one.rows for one in marks.held(database)}
    summary = Summary(world, scale, seed, end, rows, time.perf_counter() - begun, spent)
    _record(database, "complete", summary)
    return summary


def clear(database: Database) -> None:
    """Remove every demo world, complete or not. Rows that are not the demo's stay."""
    database.command(_REMOVE)
    marks.clear(database)


def _record(database: Database, status: str, summary: Summary) -> None:
    database.command(
        _RECORD,
        {
            "world": summary.world,
            "status": status,
            "scale": summary.scale,
            "seed": summary.seed,
            "end": summary.end.isoformat(),
            "tables": list(summary.rows),
            "counts": list(summary.rows.values()),
            "seconds": summary.seconds,
        },
    )


def _quiet(_: float) -> None:
    return None
