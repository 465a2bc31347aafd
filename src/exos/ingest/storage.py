"""Turns groups of requests into rows of the database: one insert per table, and no request suffers for another's fault."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from exos.errors import BadSQL, BadTelemetry, ExosError, Unavailable
from exos.ingest.counters import Counters
from exos.ingest.lane import Deposit
from exos.ingest.memory import Memory
from exos.ingest.otlp import Accepted, accept, framed, plain
from exos.store.database import Database

_TOO_MANY_DAYS = "Too many partitions"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a request could not be stored; `own`: it may be the request's own fault, and not the storage's."""

    error: ExosError
    own: bool


class Storage:
    """Stores groups of deposits of one signal each. Safe to use from one thread per signal."""

    def __init__(self, database: Database, memory: Memory, counters: Counters) -> None:
        self._database = database
        self._memory = memory
        self._counters = counters

    def store(self, group: Sequence[Deposit]) -> Iterator[tuple[Deposit, Failure | None]]:
        """Store the group, in halves where it cannot be stored as a whole; what became of each deposit."""
        failure = self._store(group)
        if failure is None or not failure.own or len(group) == 1:
            for deposit in group:
                yield deposit, failure
        else:
            half = len(group) // 2
            yield from self.store(group[:half])
            yield from self.store(group[half:])

    def _store(self, group: Sequence[Deposit]) -> Failure | None:
        signal = group[0].request.signal
        try:
            if any(deposit.batches is None for deposit in group):
                self._load([deposit for deposit in group if deposit.batches is None])
            for table in signal.tables:
                mine = [deposit for deposit in group if deposit.batches and table in deposit.batches]
                if mine:
                    self._append(table, mine)
        except Exception as error:  # noqa: BLE001 - whatever it is, the senders must hear of it and the thread live on
            return _failure(error)
        self._counters.grouped(signal.name)
        return None

    def _append(self, table: str, group: Sequence[Deposit]) -> None:
        batches = [deposit.batches[table] for deposit in group if deposit.batches]
        joined = pa.Table.from_batches(batches).combine_chunks().to_batches()
        rows = self._database.append(f"{self._database.telemetry}.{table}", joined)
        self._counters.stored(table, rows)
        for deposit in group:
            if deposit.batches:
                del deposit.batches[table]
            self._memory.note(deposit.digest, table)

    def _load(self, group: Sequence[Deposit]) -> None:
        """Let the engine read the requests themselves; once more with plain attributes where it could not."""
        signal = group[0].request.signal
        (table,) = signal.tables
        bodies = [deposit.request.body for deposit in group]
        try:
            doubtful = self._loaded(group, bodies)
            for number in doubtful:
                bodies[number] = plain(bodies[number])
            if doubtful and self._loaded(group, bodies):
                raise BadSQL("plain attributes are none")
        except BadSQL as error:
            if _TOO_MANY_DAYS in error.message:
                raise
            _log.warning("the engine cannot read a group of %s itself: %s", signal.name, error.message)
            for deposit in group:
                deposit.batches = _decoded(deposit.request)
            return
        self._counters.stored(table, sum(deposit.request.rows for deposit in group))
        for deposit in group:
            deposit.batches = {}

    def _loaded(self, group: Sequence[Deposit], bodies: Sequence[bytes]) -> list[int]:
        signal = group[0].request.signal
        assert signal.loading is not None
        pairs = zip(bodies, group, strict=True)
        records = b"".join(framed(body, deposit.request.enrichment) for body, deposit in pairs)
        return self._database.load(
            signal.loading, f"{self._database.telemetry}.{signal.tables[0]}", records, len(group)
        )


def _decoded(request: Accepted) -> dict[str, pa.RecordBatch]:
    again = accept(request.signal, request.body, json=False, enrichment=request.enrichment)
    return dict(again.batches or {})


def _failure(error: Exception) -> Failure:
    """Only what is surely the rows' fault is final to their sender: all else may be sent again."""
    if isinstance(error, BadSQL) and _TOO_MANY_DAYS in error.message:
        refused = BadTelemetry(
            "The rows are of more days than one insert may hold.", "Send at most 100 days in a request."
        )
        return Failure(refused, own=True)
    if isinstance(error, Unavailable):
        _log.warning("telemetry is not stored and is tried again: %s", error.message)
        return Failure(error, own=False)
    _log.error("storing telemetry failed", exc_info=error)
    return Failure(Unavailable("Telemetry cannot be stored right now.", "The server's log has the details."), own=True)
