"""What has arrived lately, for every table that data flows into: how much, how fast, from whom, and when last.

Cheap on a store of any size. Totals come from `system.parts`. A table is looked into only when its parts have changed,
and then only for the last minute or so: what came before is remembered. Only the newest parts are read, at most
`_ROWS_READ` rows of them, so that a table whose order is not by time costs no scan either.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Literal

from exos.errors import BadSQL
from exos.store.database import Database

BUCKET_SECONDS = 30
BUCKETS = 30
LIVE_SECONDS = 120
_LATE_SECONDS = 60
"""Rows may bear a time so long before they arrive, and are still counted."""
_AHEAD_SECONDS = 60
"""Clocks of senders may be ahead by so much."""
_ROWS_READ = 10_000_000
_KEPT_SECONDS = 3.0
_SENDERS = 1000
_LOG = logging.getLogger(__name__)

Status = Literal["live", "idle", "never"]


@dataclass(frozen=True, slots=True)
class Flow:
    """A table that data flows into. `time` is the column that says when, `sender` who; `source` tells flows apart."""

    table: str
    time: str
    sender: str = "ServiceName"
    source: str = ""
    own: bool = False
    """Whether it is EXOS's own table. Those know when a row arrived; the others only when it happened."""


BROWSER = "if(`__hdx_materialized_rum.sessionId` != '', 'browser_traces', 'backend_traces')"
FLOWS = (
    Flow("otel_traces", "Timestamp", source=BROWSER),
    Flow("otel_logs", "Timestamp"),
    Flow("hyperdx_sessions", "TimestampTime"),
    Flow("otel_metrics_gauge", "TimeUnix"),
    Flow("otel_metrics_sum", "TimeUnix"),
    Flow("otel_metrics_histogram", "TimeUnix"),
    Flow("otel_metrics_exponential_histogram", "TimeUnix"),
    Flow("otel_metrics_summary", "TimeUnix"),
    Flow("product_events", "inserted_at", sender="service", own=True),
    Flow("case_events", "inserted_at", sender="process", own=True),
)
SOURCES = {
    "browser_traces": ("otel_traces", "Browser traces"),
    "backend_traces": ("otel_traces", "Backend traces"),
    "otel_logs": ("otel_logs", "Logs"),
    "hyperdx_sessions": ("hyperdx_sessions", "Session recordings"),
    "otel_metrics_gauge": ("otel_metrics_gauge", "Metrics: gauges"),
    "otel_metrics_sum": ("otel_metrics_sum", "Metrics: sums"),
    "otel_metrics_histogram": ("otel_metrics_histogram", "Metrics: histograms"),
    "otel_metrics_exponential_histogram": ("otel_metrics_exponential_histogram", "Metrics: exponential histograms"),
    "otel_metrics_summary": ("otel_metrics_summary", "Metrics: summaries"),
    "product_events": ("product_events", "Product events"),
    "case_events": ("case_events", "Case events"),
}

_PARTS = """
SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes, max(modification_time) AS changed,
       toUnixTimestamp(max(max_time)) AS newest,
       groupArrayIf(name, NOT small OR upto > {most:UInt64}) AS skipped
FROM (
    SELECT table, name, rows, bytes_on_disk, modification_time, max_time, rows <= {most:UInt64} AS small,
           sum(if(small, rows, 0)) OVER (PARTITION BY table ORDER BY max_time DESC, max_block_number DESC) AS upto
    FROM system.parts
    WHERE active AND (database, table) IN (
        SELECT database, name FROM system.tables
        WHERE (database = {exos:String} AND name IN {own:Array(String)})
           OR (database = {telemetry:String} AND name IN {theirs:Array(String)})))
GROUP BY table
"""


@dataclass(slots=True)
class _Table:
    """What is remembered of a table between two looks."""

    rows: int = 0
    bytes: int = 0
    newest: int = 0
    mark: tuple[Any, ...] = ()
    looked_at: float = 0.0


class Arrivals:
    """Reads and remembers. Safe to use from many threads; one looks, the others get what it found."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = {flow.table: _Table() for flow in FLOWS}
        self._counts: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
        self._last: dict[tuple[str, str], float] = {}
        self._answer: list[dict[str, Any]] = []
        self._read_at = 0.0
        self._reading = threading.Lock()

    def read(self) -> list[dict[str, Any]]:
        """One dict per source, at most three seconds old.

        `rows` and `bytes` are of the whole table; `per_second` is over the last 30 to 60 seconds; `course` has the rows
        of the last 30 half-minutes, the newest last; `last_at` is in seconds since 1970, null when nothing is known.
        """
        with self._reading:
            now = time.time()
            if not self._answer or now - self._read_at >= _KEPT_SECONDS:
                self._look(now)
                self._answer = [self._shown(source, now) for source in SOURCES]
                self._read_at = now
            return self._answer

    def _look(self, now: float) -> None:
        own = [flow.table for flow in FLOWS if flow.own]
        theirs = [flow.table for flow in FLOWS if not flow.own]
        names = {"exos": self._database.name, "telemetry": self._database.telemetry}
        found = self._database.query(_PARTS, {**names, "own": own, "theirs": theirs, "most": _ROWS_READ})
        parts = {row[0]: row[1:] for row in found.rows}
        for flow in FLOWS:
            rows, size, changed, newest, skipped = parts.get(flow.table, (0, 0, "", 0, []))
            table = self._tables[flow.table]
            if rows and table.mark != (rows, changed):
                self._count(flow, table.looked_at, now, skipped)
                table.looked_at = now
            table.rows, table.bytes, table.newest, table.mark = rows, size, newest, (rows, changed)
        self._forget(now)

    def _count(self, flow: Flow, before: float, now: float, skipped: list[str]) -> None:
        """Count the rows since the last look anew, by source, sender and half-minute.

        Parts are named that are not to be read, rather than those that are: a merge may just have given rows a new part.
        """
        since = _bucket(max(before - _LATE_SECONDS, now - BUCKETS * BUCKET_SECONDS))
        place = self._database.name if flow.own else self._database.telemetry
        at = f"toUnixTimestamp({flow.time})"
        sql = f"""
            SELECT {flow.source or f"'{flow.table}'"} AS source, {flow.sender} AS sender,
                   if({at} < {{since:UInt32}}, 0, intDiv({at}, {BUCKET_SECONDS}) * {BUCKET_SECONDS}) AS bucket,
                   count() AS rows, max({at}) AS last
            FROM `{place}`.`{flow.table}`
            WHERE _part NOT IN {{skipped:Array(String)}} AND {flow.time} < toDateTime({{until:UInt32}})
              {f"AND {flow.time} >= toDateTime({{since:UInt32}})" if before else ""}
            GROUP BY source, sender, bucket
        """
        try:
            rows = self._database.query(
                sql, {"skipped": skipped, "since": since, "until": int(now + _AHEAD_SECONDS)}
            ).rows
        except BadSQL as error:
            # Somebody else made the table, without the columns that ClickStack gives it: the other sources are still told.
            _LOG.warning("%s cannot be looked into: %s", flow.table, error.message)
            return
        for key in self._counts:
            if SOURCES[key[0]][0] == flow.table:
                self._counts[key] = {at: count for at, count in self._counts[key].items() if at < since}
        for source, sender, bucket, count, last in rows:
            key = (source, sender)
            self._last[key] = max(self._last.get(key, 0), last)
            if bucket:
                self._counts[key][bucket] = count

    def _forget(self, now: float) -> None:
        """Drop what is too old to be shown, and the senders that were silent longest when there are very many."""
        oldest = _bucket(now) - BUCKETS * BUCKET_SECONDS
        for key in sorted(self._last, key=lambda one: self._last[one])[:-_SENDERS]:
            self._last.pop(key)
            self._counts.pop(key, None)
        for key, counts in self._counts.items():
            self._counts[key] = {at: count for at, count in counts.items() if at > oldest}

    def _shown(self, source: str, now: float) -> dict[str, Any]:
        table, label = SOURCES[source]
        known = self._tables[table]
        senders = {sender: last for (of, sender), last in self._last.items() if of == source}
        counts = {sender: self._counts.get((source, sender), {}) for sender in senders}
        last = max(senders.values(), default=0) or (known.newest if table == source else 0)
        newest = _bucket(now)
        times = [newest - at * BUCKET_SECONDS for at in reversed(range(BUCKETS))]
        return {
            "id": source,
            "label": label,
            "table": table,
            "rows": known.rows,
            "bytes": known.bytes,
            "status": _status(last, now),
            "last_at": last or None,
            "lag_seconds": max(0.0, now - last) if last else None,
            "per_second": sum(_pace(one, now) for one in counts.values()),
            "course": [sum(one.get(at, 0) for one in counts.values()) for at in times],
            "senders": [
                {"name": name, "last_at": at, "per_second": _pace(counts[name], now)}
                for name, at in sorted(senders.items(), key=lambda item: -item[1])
            ],
        }


def _bucket(moment: float) -> int:
    return int(moment) // BUCKET_SECONDS * BUCKET_SECONDS


def _pace(counts: dict[int, int], now: float) -> float:
    """Rows per second, over the present half-minute and the one before."""
    since = _bucket(now) - BUCKET_SECONDS
    return sum(count for at, count in counts.items() if at >= since) / (now - since)


def _status(last: float, now: float) -> Status:
    if not last:
        return "never"
    return "live" if now - last <= LIVE_SECONDS else "idle"
