"""Derives product events and case events from spans that were there before the views were.

The SELECT is the one of the view itself, read from the database, so a row that both derive is the same row and collapses.
The past is worked off in slices, each one statement and then one line in a ledger: a backfill that was killed goes on where it
was, and doing it again does nothing, or only what has changed since.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from exos.errors import BadParameter
from exos.store import cases
from exos.store.database import Database
from exos.times import bound

TARGETS = ("product_events", "case_events")
"""Tables that are derived; each has a view of its name and `_view`."""
LENGTHS = (86_400, 3600, 300)
"""Seconds of a slice: the longest that holds no more than SPANS, or else the shortest."""
SPANS = 200_000
"""About a second of work: while a slice is derived, others wait to write."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_END = datetime(2262, 1, 1, tzinfo=UTC)

Progress = Callable[[int, int], None]
"""Called with spans worked off and spans in all."""

_RECORD = """
INSERT INTO backfills (target, since, until, definition, spans)
SELECT {target:String}, {since:DateTime64(6, 'UTC')}, {until:DateTime64(6, 'UTC')}, {definition:UInt64}, {spans:UInt64}
"""


@dataclass(frozen=True, slots=True)
class Slice:
    """A stretch of time, its end not included, and how many spans it holds."""

    since: datetime
    until: datetime
    spans: int


@dataclass
class Summary:
    """What a backfill did. `rows`: rows of each table, within the time asked for, that come from spans."""

    spans: int = 0
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

    target: str
    columns: tuple[str, ...]
    select: str
    hash: int


def backfill(
    database: Database,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    targets: Sequence[str] = TARGETS,
    progress: Progress | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Summary:
    """Derive what the spans from `since` to before `until` say; left out: all. `stop` is asked between slices.

    Raises BadParameter for an unknown table or an empty time range.
    """
    begun = time.monotonic()
    first, last = since or _EPOCH, until or _END
    _check(targets, first, last)
    definitions = [_definition(database, target) for target in targets or TARGETS]
    done = _done(database)
    summary = Summary()
    planned = list(slices(_counts(database, first, last), first, last))
    total = sum(one.spans for one in planned)
    for one in planned:
        if stop():
            summary.stopped = True
            break
        todo = [
            found for found in definitions if done.get((found.target, one.since, one.until)) != (found.hash, one.spans)
        ]
        for found in todo:
            _derive(database, found, one)
        summary.slices += bool(todo)
        summary.unchanged += not todo
        summary.spans += one.spans
        if progress is not None:
            progress(summary.spans, total)
    if "case_events" in [found.target for found in definitions]:
        cases.refresh(database)
    summary.rows = {found.target: _rows(database, found.target, first, last) for found in definitions}
    summary.seconds = time.monotonic() - begun
    return summary


def slices(
    counts: Mapping[int, int], since: datetime = _EPOCH, until: datetime = _END, most: int = SPANS
) -> Iterator[Slice]:
    """Slices that cover all of `counts` (number of the shortest length since 1970 → spans), in order, cut to the range.

    Their bounds follow from the counts alone, so that the ledger finds them again.
    """
    yield from _split(counts, LENGTHS, since, until, most)


def _split(
    counts: Mapping[int, int], lengths: Sequence[int], since: datetime, until: datetime, most: int
) -> Iterator[Slice]:
    length, shorter = lengths[0], lengths[1:]
    groups: dict[int, dict[int, int]] = defaultdict(dict)
    for bucket, spans in counts.items():
        groups[bucket * LENGTHS[-1] // length][bucket] = spans
    for number in sorted(groups):
        spans = sum(groups[number].values())
        if shorter and spans > most:
            yield from _split(groups[number], shorter, since, until, most)
            continue
        start = _EPOCH + timedelta(seconds=number * length)
        yield Slice(max(start, since), min(start + timedelta(seconds=length), until), spans)


def _check(targets: Sequence[str], since: datetime, until: datetime) -> None:
    unknown = [target for target in targets if target not in TARGETS]
    if unknown:
        raise BadParameter(f"{unknown[0]!r} is not derived from spans.", f"Give {' or '.join(TARGETS)}.")
    if since >= until:
        raise BadParameter(
            "since is not before until.", "until is exclusive: for one day give the next day's midnight."
        )


def _definition(database: Database, target: str) -> _Definition:
    """The view's own SELECT."""
    select, number = database.query(
        "SELECT as_select, cityHash64(as_select) AS hash FROM system.tables"
        " WHERE database = {database:String} AND name = {name:String}",
        {"database": database.name, "name": f"{target}_view"},
    ).rows[0]
    columns = tuple(row[0] for row in database.query(f"DESCRIBE ({select})").rows)
    return _Definition(target, columns, select, int(number))


def _counts(database: Database, since: datetime, until: datetime) -> dict[int, int]:
    rows = database.query(
        f"""
        SELECT intDiv(toUnixTimestamp64Milli(Timestamp), {{length:Int64}} * 1000) AS bucket, count() AS spans
        FROM `{database.telemetry}`.otel_traces
        WHERE Timestamp >= {{since:DateTime64(6, 'UTC')}} AND Timestamp < {{until:DateTime64(6, 'UTC')}}
        GROUP BY bucket
        """,
        {"length": LENGTHS[-1], "since": bound(since), "until": bound(until)},
    ).rows
    return {int(bucket): int(spans) for bucket, spans in rows}


def _done(database: Database) -> dict[tuple[str, datetime, datetime], tuple[int, int]]:
    rows = database.query("SELECT target, since, until, definition, spans FROM backfills FINAL").rows
    return {
        (target, datetime.fromisoformat(since), datetime.fromisoformat(until)): (int(definition), int(spans))
        for target, since, until, definition, spans in rows
    }


def _derive(database: Database, found: _Definition, one: Slice) -> None:
    """One slice into one table. The slice is cut out of the source by a setting, which leaves the SELECT as it is."""
    within = " AND ".join(
        f"Timestamp {sign} toDateTime64('{bound(moment)}', 9, 'UTC')"
        for sign, moment in ((">=", one.since), ("<", one.until))
    ).replace("'", "\\'")
    database.command(
        f"INSERT INTO {found.target} ({', '.join(found.columns)}) {found.select}"
        f" SETTINGS additional_table_filters = {{'{database.telemetry}.otel_traces': '{within}'}}"
    )
    slot = {"target": found.target, "since": bound(one.since), "until": bound(one.until)}
    database.command(_RECORD, {**slot, "definition": found.hash, "spans": one.spans})


def _rows(database: Database, target: str, since: datetime, until: datetime) -> int:
    clock = {"product_events": "time", "case_events": "start_time"}[target]
    rows = database.query(
        f"SELECT count() AS n FROM {target} FINAL WHERE source = '' AND span_id != ''"
        f" AND {clock} >= {{since:DateTime64(6, 'UTC')}} AND {clock} < {{until:DateTime64(6, 'UTC')}}",
        {"since": bound(since), "until": bound(until)},
    ).rows
    return int(rows[0][0])
