"""A thread that stores the requests of one signal in groups: whatever came while the last group was stored is the next one."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

import pyarrow as pa

from exos.ingest.pressure import Reservation

LINGER_SECONDS = 0.02
"""How long a request waits for others. An insert costs 30 ms of a core however few rows it has."""
GROUP_ROWS, GROUP_BYTES = 50_000, 64 * 1024**2
"""A group is one insert and one block of it, stored whole or not at all; and the wait of its requests must stay short."""


@dataclass(slots=True)
class Deposit:
    """What one request has to be stored: batches per table. `outcome` is set when they are committed, or to an ExosError."""

    signal: str
    digest: bytes
    batches: dict[str, pa.RecordBatch]
    reservation: Reservation
    outcome: Future[None] = field(default_factory=Future)
    arrived: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        # A caller that stops waiting must not be able to cancel what others may wait for too.
        self.outcome.set_running_or_notify_cancel()

    @property
    def rows(self) -> int:
        """Rows still to be stored."""
        return sum(batch.num_rows for batch in self.batches.values())


class Lane:
    """Deposits wait here in their order. `commit` stores a group and sets all its outcomes; it does not raise."""

    def __init__(self, name: str, commit: Callable[[Sequence[Deposit]], None]) -> None:
        self._commit = commit
        self._waiting: deque[Deposit] = deque()
        self._rows = 0
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name=f"ingest-{name}", daemon=True)
        self._thread.start()

    def put(self, deposit: Deposit) -> bool:
        """Let it wait for its turn; False when the lane is closed."""
        with self._changed:
            if self._closing:
                return False
            self._waiting.append(deposit)
            self._rows += deposit.rows
            if len(self._waiting) == 1 or self._rows >= GROUP_ROWS:
                self._changed.notify()
            return True

    def oldest_seconds(self) -> float:
        """How long the first deposit has been waiting."""
        try:
            return time.monotonic() - self._waiting[0].arrived
        except IndexError:
            return 0.0

    def close(self, seconds: float) -> bool:
        """Store what waits, then stop. Whether that was done in time."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while group := self._next():
            self._commit(group)

    def _next(self) -> list[Deposit]:
        """The next group; empty when the lane is closed and nothing waits."""
        with self._changed:
            while not self._waiting and not self._closing:
                self._changed.wait()
            if self._waiting and not self._closing and self._rows < GROUP_ROWS:
                self._changed.wait(max(0.0, LINGER_SECONDS - self.oldest_seconds()))
            return self._take()

    def _take(self) -> list[Deposit]:
        group: list[Deposit] = []
        rows = held = 0
        while self._waiting:
            first = self._waiting[0]
            rows, held = rows + first.rows, held + first.reservation.held
            if group and (rows > GROUP_ROWS or held > GROUP_BYTES):
                break
            group.append(self._waiting.popleft())
            self._rows -= first.rows
        return group
