"""The receiver's way into the database: acknowledged means kept, whatever happens to this process then.

With a journal (the embedded engine) a request is acknowledged when it is on disk there, and stored soon after, in groups
that are large enough to cost little; free SQL waits for what was acknowledged before it. Without one (a ClickHouse server,
which groups the inserts of all its clients) it is acknowledged when its rows are committed. Why a retry does not double
count: docs/decisions/0006-exactly-once.md; why there is a journal: docs/decisions/0009-journal.md.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any

from prometheus_client import CollectorRegistry

from exos.errors import Busy, ExosError, Unavailable
from exos.ingest.counters import Counters
from exos.ingest.journal import Journal, Segment
from exos.ingest.journal_records import Record
from exos.ingest.lane import Deposit, Lane
from exos.ingest.memory import Memory
from exos.ingest.otlp import SIGNALS, Accepted, Signal, accept
from exos.ingest.pressure import Pressure, Reservation
from exos.ingest.storage import Failure, Storage
from exos.settings import Settings
from exos.store.database import Database

WAIT_SECONDS, JOURNALED_WAIT_SECONDS = 1.0, 5.0
"""When the first in line has waited this long, newcomers are turned away: their wait would be longer still. In the
journal nobody waits for an answer, but readers do for the rows.
"""
PACE_SECONDS = 1.0
"""From the begin of one insert to that of the next, where nobody waits for it: large ones cost far less per row."""
SETTLE_SECONDS = 1.0
"""How long a read waits at most for what came before it."""
RECOVER_SECONDS = 60.0
_FAILURES = 3
_PAUSES = (0.5, 5.0)
_log = logging.getLogger(__name__)


class Writer:
    """Takes requests in. Safe to use from many threads. `close` stores what waits."""

    def __init__(self, database: Database, settings: Settings, journal: Journal | None = None) -> None:
        """With a journal, what the last process left in it is stored first."""
        self._database = database
        self._pressure = Pressure(settings.ingest_pending_bytes)
        self._memory = Memory()
        self._journal = journal
        self._wait = JOURNALED_WAIT_SECONDS if journal else WAIT_SECONDS
        self.counters = Counters(
            {signal.name: signal.tables for signal in SIGNALS.values()}, lambda: self._pressure.held
        )
        self._storage = Storage(database, self._memory, self.counters)
        self._trouble: ExosError | None = None
        self._stopping, self._closed = threading.Event(), threading.Event()
        commit = self._commit_journaled if journal else self._commit
        self._lanes = {name: Lane(name, commit, PACE_SECONDS if journal else 0.0) for name in SIGNALS}
        if journal:
            self._recover(journal)
            self._settled, database.settle = database.settle, self.settle

    @property
    def registry(self) -> CollectorRegistry:
        """The metrics, for Prometheus."""
        return self.counters.registry

    def trouble(self) -> ExosError | None:
        """Why new requests are refused, whoever sends them; None when they are not. May touch the disk."""
        return self._trouble or (self._journal.trouble() if self._journal else None)

    def health(self) -> list[dict[str, Any]]:
        """How each table is doing; see `Counters.health`."""
        return self.counters.health()

    def reads(self, signal: Signal) -> bool:
        """Whether the database makes rows of this signal's requests itself, so that they need not be decoded."""
        return signal.loading is not None and self._database.loads

    def admit(self, signal: str, size: int) -> Reservation:
        """Room for a request of about `size` bytes; the caller releases it. Raises Busy or Unavailable."""
        trouble = self._trouble
        if trouble is not None:
            raise trouble
        waited = self._lanes[signal].oldest_seconds()
        if waited > self._wait:
            raise Busy(f"Requests of {signal} wait for {waited:.1f} s already.", "Send it again in a moment.")
        return self._pressure.admit(size)

    def find(self, digest: bytes) -> Future[None] | None:
        """The outcome of the same request when it is acknowledged already or under way, else None."""
        return self._memory.find(digest)

    def submit(self, request: Accepted, digest: bytes, reservation: Reservation) -> Future[None]:
        """Take a request, and its reservation with it. The future is done when it is acknowledged, or holds an ExosError:
        BadTelemetry when its rows cannot be stored whenever they are sent, Unavailable when they can be sent again. Raises
        Busy when there is no room for it beside others.
        """
        reservation.grow(request.size)
        if self._lanes[request.signal.name].spread(request.days):
            raise Busy(
                f"Rows of many days wait to be stored; this request has {len(request.days)} more.",
                "Send it again in a moment: rows that come in the order of their time are stored far faster.",
            )
        deposit = Deposit(request, digest, reservation.passed_on())
        known, stored = self._memory.begin(digest, deposit.outcome)
        if known is not None:
            deposit.reservation.release()
            return known
        for table in stored:
            (deposit.batches or {}).pop(table, None)
        if self._journal is not None:
            record = Record(digest, request.signal.name, request.body, request.enrichment)
            self._journal.put(record, partial(self._journaled, deposit))
        elif not self._lanes[request.signal.name].put(deposit):
            self._end(deposit, Unavailable("The server is stopping.", "Send it again."))
        return deposit.outcome

    def settle(self, seconds: float = SETTLE_SECONDS) -> None:
        """Store what was acknowledged so far, so that a read finds it; gives up after a while."""
        if self._trouble is None:
            until = time.monotonic() + seconds
            for lane in self._lanes.values():
                lane.settle(until)

    def close(self, seconds: float = 3.0) -> bool:
        """Admit nothing new and store what waits. Whether all of it was stored in time; the journal keeps the rest."""
        self._pressure.close()
        end = time.monotonic() + seconds
        if self._journal is not None:
            self._journal.close(seconds)
        self._stopping.set()
        in_time = [lane.close(max(0.0, end - time.monotonic())) for lane in self._lanes.values()]
        self._closed.set()
        if self._journal is not None:
            self._database.settle = self._settled
            self._journal.release()
        return all(in_time) and self._pressure.held == 0

    def _commit(self, group: Sequence[Deposit]) -> None:
        """Store a group and tell all its senders."""
        for deposit, failure in self._storage.store(group):
            self._end(deposit, failure.error if failure else None)

    def _commit_journaled(self, group: Sequence[Deposit]) -> None:
        """Store a group whose senders have their answers: as long as it takes, unless the server stops."""
        if self._closed.is_set():
            return  # The database is closed, or soon will be; the journal has all of it.
        rest, pause = list(group), _PAUSES[0]
        while rest:
            rest = self._without_done(self._storage.store(rest))
            if rest and self._stopping.is_set():
                _log.warning("%d requests are left in the journal for the next start", len(rest))
                return
            if rest:
                self._stopping.wait(pause)
                pause = min(2 * pause, _PAUSES[1])
        self._trouble = None

    def _without_done(self, results: Iterable[tuple[Deposit, Failure | None]]) -> list[Deposit]:
        """Those that need another attempt; the journal hears of the others."""
        assert self._journal is not None
        again, done = list[Deposit](), list[tuple[Segment, bytes]]()
        for deposit, failure in results:
            if not self._done(deposit, failure):
                again.append(deposit)
            elif deposit.segment is not None:
                done.append((deposit.segment, deposit.digest))
        self._journal.stored(done)
        return again

    def _done(self, deposit: Deposit, failure: Failure | None) -> bool:
        """Whether a deposit needs no more attempts: it is stored, or has failed by its own fault too often."""
        if failure is not None:
            if failure.own:
                deposit.failures += 1
            else:
                self._trouble = failure.error
            if deposit.failures < _FAILURES or not self._set_aside(deposit, failure.error):
                return False
        deposit.reservation.release()
        return True

    def _set_aside(self, deposit: Deposit, error: ExosError) -> bool:
        """Keep a request that can never be stored where somebody can look at it. False when even that fails."""
        assert self._journal is not None
        request = deposit.request
        record = Record(deposit.digest, request.signal.name, request.body, request.enrichment)
        try:
            path = self._journal.set_aside(record)
        except OSError as trouble:
            _log.warning("a request that cannot be stored cannot be set aside either: %s", trouble)
            return False
        self.counters.rejected(request.signal.name, error.code, error.message)
        _log.error("a request of %s cannot be stored and is kept in %s: %s", request.signal.name, path, error.message)
        return True

    def _journaled(self, deposit: Deposit, segment: Segment | None, error: Unavailable | None) -> None:
        """The journal has the request, or could not take it."""
        deposit.segment = segment
        if error is None:
            # Its lane is open as long as the journal writes.
            lane = self._lanes[deposit.request.signal.name]
            lane.put(deposit)
            if self._pressure.crowded:
                lane.hurry()
        self._end(deposit, error)

    def _end(self, deposit: Deposit, error: ExosError | None) -> None:
        """Answer the sender."""
        if error is not None or deposit.segment is None:
            deposit.reservation.release()
        self._memory.end(deposit.digest, error is None)
        if error is None:
            self.counters.acknowledged(deposit.request.signal.name, time.monotonic() - deposit.arrived)
            deposit.outcome.set_result(None)
        else:
            deposit.outcome.set_exception(error)

    def _recover(self, journal: Journal) -> None:
        """Store what the last process acknowledged and could not store."""
        for digest in journal.known:
            self._memory.end(digest, stored=True)
        for segment, records in journal.left():
            _log.info("%d requests are taken from the journal %s", len(records), segment.path.name)
            for record in records:
                self._memory.end(record.digest, stored=True)
                try:
                    self._take_again(record, segment)
                except (ExosError, KeyError) as error:
                    _log.error("a request in %s cannot be read and is set aside: %s", segment.path.name, error)
                    with suppress(OSError):
                        journal.set_aside(record)
                        journal.stored([(segment, record.digest)])

    def _take_again(self, record: Record, segment: Segment) -> None:
        """Raises ExosError or KeyError for what this version of EXOS cannot read."""
        signal = SIGNALS[record.signal]
        request = accept(signal, record.body, json=False, enrichment=record.enrichment, natively=self.reads(signal))
        deposit = Deposit(request, record.digest, self._pressure.insist(request.size), segment=segment)
        self._lanes[signal.name].put(deposit)


def recover(database: Database, settings: Settings) -> None:
    """Store what a server that was killed acknowledged and did not store; what cannot be stored now stays for the next."""
    journal = Journal.of(settings)
    if journal is not None:
        Writer(database, settings, journal).close(RECOVER_SECONDS)
