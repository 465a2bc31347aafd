"""Derives product events, case events and the list of recordings from what was there before the views were.

The SELECT is the one of the view itself, read from the database, so a row that both derive is the same row and collapses.
The past is worked off in slices, each one statement and then one line in a ledger: a backfill that was killed goes on where it
was, and doing it again does nothing, or only what has changed since.
"""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from exos.errors import BadParameter
from exos.ingest import recordings
from exos.store import cases
from exos.store.database import Database
from exos.times import bound

LENGTHS = (86_400, 21_600, 3600, 300)
"""Seconds of a slice: the longest that holds no more than ROWS, or else the shortest."""
ROWS = 200_000
"""About a second of work: while a slice is derived, others wait to write."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _END = (_EPOCH + timedelta(microseconds=count) for count in (-(2**63) // 1000, 2**63 // 1000 + 1))
"""All that a column of nanoseconds in 64 bits can hold; the end is not included."""

Progress = Callable[[int, int], None]
"""Called with rows worked off and rows in all."""


@dataclass(frozen=True, slots=True)
class Target:
    """A table that is derived by the view of its name and `_view`, the ClickStack table it is derived from, and its time."""

    name: str
    source: str
    clock: str


TARGETS = {
    one.name: one
    for one in (
        Target("product_events", "otel_traces", "time"),
        Target("case_events", "otel_traces", "start_time"),
        Target("recordings", "hyperdx_sessions", "start_time"),
    )
}
# Where the engine compares Timestamp itself, it looks at toDateTime(Timestamp) of the table's order, too, which begins anew in
# 2106, and leaves rows out.
_WITHIN = "toUnixTimestamp64Micro(Timestamp) >= {first:Int64} AND toUnixTimestamp64Micro(Timestamp) < {last:Int64}"
_RECORD = """
INSERT INTO backfills (target, since, until, definition, source_rows)
SELECT {target:String}, {since:DateTime64(6, 'UTC')}, {until:DateTime64(6, 'UTC')}, {definition:UInt64}, {rows:UInt64}
"""


@dataclass(frozen=True, slots=True)
class Slice:
    """A stretch of time, its end not included, and how many rows the source has in it."""

    since: datetime
    until: datetime
    rows: int


@dataclass
class Summary:
    """What a backfill did: rows of the sources it went through, slices of time derived and found unchanged.

    `rows`: what each table holds now, within the time asked for, that was derived.
    """

    read: int = 0
    slices: int = 0
    unchanged: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    stopped: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For the command line and the API."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Definition:
    """How one table is derived."""

    target: Target
    columns: tuple[str, ...]
    select: str
    hash: int


def backfill(
    database: Database,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    targets: Sequence[str] = (),
    progress: Progress | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Summary:
    """Derive what was collected from `since` to before `until` (left out: all of it), into `targets` (none: all of them).

    `stop` is asked between slices. Raises BadParameter for an unknown table or an empty time range.
    """
    begun = time.monotonic()
    first, last = max(since or _FIRST, _FIRST), min(until or _END, _END)
    check(targets, first, last)
    definitions = [
        _definition(database, target) for target in TARGETS.values() if not targets or target.name in targets
    ]
    done = _done(database)
    summary = Summary()
    planned = [
        (one, [found for found in definitions if found.target.source == source])
        for source in dict.fromkeys(found.target.source for found in definitions)
        for one in slices(_counts(database, source, first, last), first, last)
    ]
    total = sum(one.rows for one, _ in planned)
    for one, wanted in planned:
        if stop():
            summary.stopped = True
            break
        todo = [
            found for found in wanted if done.get((found.target.name, one.since, one.until)) != (found.hash, one.rows)
        ]
        for found in todo:
            _derive(database, found, one)
        summary.slices += bool(todo)
        summary.unchanged += not todo
        summary.read += one.rows
        if progress is not None:
            progress(summary.read, total)
    _follow_up(database, {found.target.name for found in definitions}, stop)
    summary.rows = {found.target.name: _rows(database, found.target, first, last) for found in definitions}
    summary.seconds = time.monotonic() - begun
    return summary


def _follow_up(database: Database, targets: set[str], stop: Callable[[], bool]) -> None:
    """What follows from the tables, without waiting for the server to do it."""
    if "case_events" in targets:
        cases.refresh(database)
    while "recordings" in targets and not stop() and recordings.search(database, quiet=0, over=0):
        pass


def slices(
    counts: Mapping[int, int], since: datetime = _FIRST, until: datetime = _END, most: int = ROWS
) -> Iterator[Slice]:
    """Slices that cover all of `counts` (number of the shortest length since 1970 → rows), in order, cut to the range.

    Their bounds follow from the counts alone, so that the ledger finds them again.
    """
    yield from _split(counts, LENGTHS, since, until, most)


def _split(
    counts: Mapping[int, int], lengths: Sequence[int], since: datetime, until: datetime, most: int
) -> Iterator[Slice]:
    length, shorter = lengths[0], lengths[1:]
    groups: dict[int, dict[int, int]] = defaultdict(dict)
    for bucket, rows in counts.items():
        groups[bucket * LENGTHS[-1] // length][bucket] = rows
    for number in sorted(groups):
        rows = sum(groups[number].values())
        if shorter and rows > most:
            yield from _split(groups[number], shorter, since, until, most)
            continue
        start = _EPOCH + timedelta(seconds=number * length)
        yield Slice(max(start, since), min(start + timedelta(seconds=length), until), rows)


def check(targets: Sequence[str], since: datetime = _FIRST, until: datetime = _END) -> None:
    """Raises BadParameter for an unknown table or an empty time range."""
    unknown = [target for target in targets if target not in TARGETS]
    if unknown:
        raise BadParameter(f"There is nothing to derive {unknown[0]!r} from.", f"Give one of {', '.join(TARGETS)}.")
    if since >= until:
        raise BadParameter(
            "since is not before until.", "until is exclusive: for one day give the next day's midnight."
        )


def _definition(database: Database, target: Target) -> _Definition:
    """The view's own SELECT."""
    select, number = database.query(
        "SELECT as_select, cityHash64(as_select) AS hash FROM system.tables"
        " WHERE database = {database:String} AND name = {name:String}",
        {"database": database.name, "name": f"{target.name}_view"},
    ).rows[0]
    columns = tuple(row[0] for row in database.query(f"DESCRIBE ({select})").rows)
    return _Definition(target, columns, _cut(select, target), int(number))


def _cut(select: str, target: Target) -> str:
    """The SELECT over a slice of its source, which stands in it once, as the engine writes it."""
    place = re.compile(rf" FROM ((?:`[^`]+`|\w+)\.{target.source}) WHERE ")
    assert len(place.findall(select)) == 1, select
    return place.sub(lambda found: f" FROM (SELECT * FROM {found.group(1)} WHERE {_WITHIN}) WHERE ", select)


def _counts(database: Database, source: str, since: datetime, until: datetime) -> dict[int, int]:
    rows = database.query(
        f"""
        WITH toUnixTimestamp64Milli(Timestamp) AS moment, {{length:Int64}} * 1000 AS long
        SELECT intDiv(moment - positiveModulo(moment, long), long) AS bucket, count() AS rows
        FROM `{database.telemetry}`.{source}
        WHERE {_WITHIN}
        GROUP BY bucket
        """,
        {"length": LENGTHS[-1], **_bounds(since, until)},
    ).rows
    return {int(bucket): int(rows) for bucket, rows in rows}


def _bounds(since: datetime, until: datetime) -> dict[str, int]:
    """For conditions: microseconds since 1970."""
    first, last = ((moment - _EPOCH) // timedelta(microseconds=1) for moment in (since, until))
    return {"first": first, "last": last}


def _done(database: Database) -> dict[tuple[str, datetime, datetime], tuple[int, int]]:
    rows = database.query("SELECT target, since, until, definition, source_rows FROM backfills FINAL").rows
    return {
        (target, datetime.fromisoformat(since), datetime.fromisoformat(until)): (int(definition), int(rows))
        for target, since, until, definition, rows in rows
    }


def _derive(database: Database, found: _Definition, one: Slice) -> None:
    """One slice into one table."""
    into = f"INSERT INTO {found.target.name} ({', '.join(found.columns)})"
    database.command(f"{into} {found.select}", _bounds(one.since, one.until))
    slot = {"target": found.target.name, "since": bound(one.since), "until": bound(one.until)}
    database.command(_RECORD, {**slot, "definition": found.hash, "rows": one.rows})


def _rows(database: Database, target: Target, since: datetime, until: datetime) -> int:
    derived = "" if target.name == "recordings" else "source IN ('', 'demo') AND span_id != '' AND"
    clock = f"toUnixTimestamp64Micro({target.clock})"
    rows = database.query(
        f"SELECT count() AS n FROM {target.name} FINAL WHERE {derived}"
        f" {clock} >= {{first:Int64}} AND {clock} < {{last:Int64}}",
        _bounds(since, until),
    ).rows
    return int(rows[0][0])
