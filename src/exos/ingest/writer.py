"""Stores telemetry: acknowledged means committed.

Requests are grouped into one insert per table, and answered after it. Nothing is kept in a queue that a crash would lose:
what is not acknowledged the sender sends again. Why a retry does not double count: docs/decisions/0006-exactly-once.md.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from prometheus_client import CollectorRegistry

from exos.errors import BadSQL, BadTelemetry, Busy, ExosError, Unavailable
from exos.ingest.counters import Counters
from exos.ingest.lane import Deposit, Lane
from exos.ingest.memory import Memory
from exos.ingest.otlp import SIGNALS
from exos.ingest.otlp.signals import Batches
from exos.ingest.pressure import Pressure, Reservation
from exos.settings import Settings
from exos.store.database import Database

WAIT_SECONDS = 1.0
"""When the first in line has waited this long, newcomers are turned away: their wait would be longer still."""
_TOO_MANY_DAYS = "Too many partitions"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why a group could not be stored, and whether its requests should be tried one by one."""

    error: ExosError
    divisible: bool


class Writer:
    """The receiver's way into the database. Safe to use from many threads. `close` stores what waits."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._pressure = Pressure(settings.ingest_pending_bytes)
        self._memory = Memory()
        self._lanes = {name: Lane(name, self._commit) for name in SIGNALS}
        self.counters = Counters(
            {signal.name: signal.tables for signal in SIGNALS.values()}, lambda: self._pressure.held
        )

    @property
    def registry(self) -> CollectorRegistry:
        """The metrics, for Prometheus."""
        return self.counters.registry

    def health(self) -> list[dict[str, Any]]:
        """How each table is doing; see `Counters.health`."""
        return self.counters.health()

    def admit(self, signal: str, size: int) -> Reservation:
        """Room for a request of about `size` bytes; the caller releases it. Raises Busy or Unavailable."""
        waited = self._lanes[signal].oldest_seconds()
        if waited > WAIT_SECONDS:
            raise Busy(f"Requests of {signal} wait for {waited:.1f} s already.", "Send it again in a moment.")
        return self._pressure.admit(size)

    def find(self, digest: bytes) -> Future[None] | None:
        """The outcome of the same request when it is stored already or under way, else None."""
        return self._memory.find(digest)

    def submit(self, signal: str, digest: bytes, batches: Batches, reservation: Reservation) -> Future[None]:
        """Store a request's rows. The future is done when they are committed, or holds an ExosError: BadTelemetry when the
        rows cannot be stored whenever they are sent, Unavailable when they can be sent again.
        """
        reservation.grow(sum(batch.nbytes for batch in batches.values()))
        deposit = Deposit(signal, digest, batches, reservation)
        known, stored = self._memory.begin(digest, deposit.outcome)
        if known is not None:
            return known
        for table in stored:
            deposit.batches.pop(table, None)
        if not self._lanes[signal].put(deposit):
            self._end(deposit, Unavailable("The server is stopping.", "Send it again."))
        return deposit.outcome

    def close(self, seconds: float = 3.0) -> bool:
        """Admit nothing new and store what waits. Whether all of it was stored in time."""
        self._pressure.close()
        end = time.monotonic() + seconds
        in_time = [lane.close(max(0.0, end - time.monotonic())) for lane in self._lanes.values()]
        return all(in_time)

    def _commit(self, group: Sequence[Deposit]) -> None:
        """Store a group and tell all its senders. One request whose rows are refused does not harm the others."""
        failure = self._store(group)
        if failure is None:
            for deposit in group:
                self._end(deposit, None)
        elif not failure.divisible or len(group) == 1:
            for deposit in group:
                self._end(deposit, failure.error)
        else:
            half = len(group) // 2
            self._commit(group[:half])
            self._commit(group[half:])

    def _store(self, group: Sequence[Deposit]) -> _Failure | None:
        for table in SIGNALS[group[0].signal].tables:
            mine = [deposit for deposit in group if table in deposit.batches]
            if not mine:
                continue
            try:
                rows = self._append(table, [deposit.batches[table] for deposit in mine])
            except Exception as error:  # noqa: BLE001 - whatever it is, the senders must hear of it and the thread live on
                return _failure(error)
            self.counters.stored(table, rows)
            for deposit in mine:
                del deposit.batches[table]
                self._memory.note(deposit.digest, table)
        self.counters.grouped(group[0].signal)
        return None

    def _append(self, table: str, batches: Sequence[pa.RecordBatch]) -> int:
        joined = pa.Table.from_batches(batches).combine_chunks().to_batches()
        return self._database.append(f"{self._database.telemetry}.{table}", joined)

    def _end(self, deposit: Deposit, error: ExosError | None) -> None:
        self._memory.end(deposit.digest, error is None)
        if error is None:
            self.counters.acknowledged(deposit.signal, time.monotonic() - deposit.arrived)
            deposit.outcome.set_result(None)
        else:
            deposit.outcome.set_exception(error)


def _failure(error: Exception) -> _Failure:
    """Only what is surely the rows' fault is final to their sender: all else may be sent again."""
    if isinstance(error, BadSQL) and _TOO_MANY_DAYS in error.message:
        refused = BadTelemetry(
            "The rows are of more days than one insert may hold.", "Send at most 100 days in a request."
        )
        return _Failure(refused, divisible=True)
    if isinstance(error, Unavailable):
        _log.warning("telemetry is not stored, senders are told to send it again: %s", error.message)
        return _Failure(error, divisible=False)
    _log.error("storing telemetry failed", exc_info=error)
    return _Failure(Unavailable("Telemetry cannot be stored right now.", "The server's log has the details."), True)
