"""Small event logs for tests, and an independent miner in plain Python to compare with."""

from __future__ import annotations

import itertools
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from exos.store import cases
from exos.store.database import Database
from exos.store.tables import CASE_EVENTS

ORIGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    """One event: times are minutes after ORIGIN."""

    case: str
    activity: str
    start: float
    end: float | None = None
    resource: str = ""
    sequence: int = 0
    attributes: Mapping[str, str] = field(default_factory=dict)
    case_attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def started(self) -> datetime:
        return ORIGIN + timedelta(minutes=self.start)

    @property
    def ended(self) -> datetime:
        return ORIGIN + timedelta(minutes=self.start if self.end is None else self.end)


def table(process: str, rows: Iterable[Row]) -> pa.Table:
    """The rows as `case_events` wants them."""
    given = list(rows)
    columns = {
        "process": [process] * len(given),
        "case_id": [row.case for row in given],
        "activity": [row.activity for row in given],
        "start_time": [row.started for row in given],
        "end_time": [row.ended for row in given],
        "resource": [row.resource for row in given],
        "lifecycle": [""] * len(given),
        "cost": [None] * len(given),
        "attributes": [list(row.attributes.items()) for row in given],
        "case_attributes": [list(row.case_attributes.items()) for row in given],
        "session_id": [""] * len(given),
        "trace_id": [""] * len(given),
        "span_id": [""] * len(given),
        "sequence": [row.sequence for row in given],
        "source": [""] * len(given),
    }
    return pa.table(columns, schema=CASE_EVENTS)


def load(database: Database, process: str, rows: Iterable[Row]) -> None:
    """Insert the rows and bring `cases` up to date."""
    database.insert("case_events", table(process, rows))
    cases.refresh(database)


def traces(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The rows by case, in the order of (start, completion, sequence)."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.case].append(row)
    return {
        case: sorted(lived, key=lambda row: (row.started, row.ended, row.sequence)) for case, lived in found.items()
    }


def directly_follows(rows: Sequence[Row]) -> dict[tuple[str, str], tuple[int, int, float, float]]:
    """Frequency, case frequency, mean and median seconds of every edge."""
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    seen: Counter[tuple[str, str]] = Counter()
    for lived in traces(rows).values():
        pairs = [(a.activity, b.activity) for a, b in itertools.pairwise(lived)]
        seen.update(set(pairs))
        for pair, (a, b) in zip(pairs, itertools.pairwise(lived), strict=True):
            times[pair].append(max(0.0, (b.started - a.ended).total_seconds()))
    return {
        pair: (len(gaps), seen[pair], statistics.fmean(gaps), statistics.median(gaps)) for pair, gaps in times.items()
    }


def eventually_follows(rows: Sequence[Row]) -> Counter[tuple[str, str]]:
    """Every ordered pair of events of a case."""
    found: Counter[tuple[str, str]] = Counter()
    for lived in traces(rows).values():
        found.update((a.activity, b.activity) for a, b in itertools.combinations(lived, 2))
    return found


def variants(rows: Sequence[Row]) -> Counter[tuple[str, ...]]:
    """How many cases run through each sequence of activities."""
    return Counter(tuple(row.activity for row in lived) for lived in traces(rows).values())


ORDERS = (
    Row("o1", "receive", 0, 2, "ann", 0, {"channel": "web"}, {"region": "TX", "amount": "120.5"}),
    Row("o1", "search", 10, 40, "bob", 1),
    Row("o1", "examine", 60, 75, "cid", 2),
    Row("o1", "search", 90, 100, "bob", 3),
    Row("o1", "examine", 130, 140, "cid", 4),
    Row("o1", "commit", 150, 151, "ann", 5),
    Row("o2", "receive", 5, 6, "ann", 6, {"channel": "mail"}, {"region": "CA", "amount": "80"}),
    Row("o2", "search", 30, 50, "eve", 7),
    Row("o2", "examine", 55, 70, "cid", 8),
    Row("o2", "commit", 200, 205, "ann", 9),
    Row("o3", "receive", 1440, 1441, "ann", 10, {}, {"region": "TX", "amount": "99"}),
    Row("o3", "commit", 1441, 1442, "", 11),
    Row("o4", "receive", 1500, 1500, "ann", 12, {"channel": "web"}, {"region": "FL"}),
    Row("o4", "search", 1500, 1500, "bob", 13),
    Row("o4", "search", 1500, 1500, "bob", 14),
    Row("o4", "cancel", 1490, 1560, "ann", 15),
)
"""Four small orders: a rework loop, a plain one, a skipped step, and one full of equal and overlapping times."""
