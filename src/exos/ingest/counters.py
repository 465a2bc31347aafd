"""How the receiver is doing, per table: for Prometheus, and for the page that shows data sources."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10)


@dataclass(slots=True)
class _Table:
    signal: str
    accepted: int = 0
    rejected: int = 0
    last_error: str = ""
    last_at: datetime | None = None


class Counters:
    """Counts of one writer. `signals` says which tables a signal fills, the first one standing for what has no table yet."""

    def __init__(self, signals: Mapping[str, Sequence[str]], pending: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        self._pending = pending
        self._first = {signal: tables[0] for signal, tables in signals.items()}
        self._tables = {table: _Table(signal) for signal, tables in signals.items() for table in tables}
        self._lock = threading.Lock()
        self._rows = Counter("exos_ingest_rows_total", "Rows stored", ["table"], registry=self.registry)
        self._refused = Counter(
            "exos_ingest_rejected_total",
            "Requests that were not taken, by the code of their answer",
            ["signal", "code"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "exos_ingest_acknowledge_seconds",
            "Seconds from a request's last byte to its acknowledgement",
            ["signal"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._groups = Counter(
            "exos_ingest_inserts_total", "Groups of requests stored", ["signal"], registry=self.registry
        )
        held = Gauge("exos_ingest_pending_bytes", "Bytes of requests under way", registry=self.registry)
        held.set_function(lambda: float(self._pending()))

    def stored(self, table: str, rows: int) -> None:
        """So many rows have been committed."""
        with self._lock:
            found = self._tables[table]
            found.accepted += rows
            found.last_at = datetime.now(UTC)
        self._rows.labels(table).inc(rows)

    def grouped(self, signal: str) -> None:
        """A group of requests has been stored."""
        self._groups.labels(signal).inc()

    def acknowledged(self, signal: str, seconds: float) -> None:
        """A request has been answered with success."""
        self._seconds.labels(signal).observe(seconds)

    def rejected(self, signal: str, code: str, reason: str, table: str = "") -> None:
        """A request was answered with an error, or part of what it holds was."""
        with self._lock:
            found = self._tables[table or self._first[signal]]
            found.rejected += 1
            found.last_error = reason
        self._refused.labels(signal, code).inc()

    def health(self) -> list[dict[str, Any]]:
        """One dictionary per table: signal, table, accepted (rows), rejected (requests), last_error, last_at, pending_bytes."""
        pending = self._pending()
        with self._lock:
            return [
                {
                    "signal": one.signal,
                    "table": table,
                    "accepted": one.accepted,
                    "rejected": one.rejected,
                    "last_error": one.last_error,
                    "last_at": one.last_at,
                    "pending_bytes": pending,
                }
                for table, one in self._tables.items()
            ]
