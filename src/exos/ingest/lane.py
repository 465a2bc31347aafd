"""A thread that stores the requests of one signal in groups: whatever came while the last group was stored is the next one."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

import pyarrow as pa

from exos.ingest.journal import Segment
from exos.ingest.otlp import DAYS, Accepted
from exos.ingest.pressure import Reservation

LINGER_SECONDS = 0.02
"""How long a request waits for others. An insert costs 30 ms of a core however few rows it has."""
GROUP_ROWS, GROUP_BYTES = 50_000, 64 * 1024**2
"""A group is one insert and one block of it, stored whole or not at all; and the wait of its requests must stay short."""
FEW_DAYS = 10
"""Requests of so many days are taken whatever waits: the engine makes a part of each day, in some 10 ms of a core."""


@dataclass(slots=True)
class Deposit:
    """What one request has to be stored. `outcome` is set when it is acknowledged, or to an ExosError.

    `batches`: the rows that are not stored yet, per table; None where the engine makes them of the request itself.
    """

    request: Accepted
    digest: bytes
    reservation: Reservation
    batches: dict[str, pa.RecordBatch] | None = None
    segment: Segment | None = None
    failures: int = 0
    outcome: Future[None] = field(default_factory=Future)
    arrived: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        # A caller that stops waiting must not be able to cancel what others may wait for too.
        self.outcome.set_running_or_notify_cancel()
        if self.request.batches is not None:
            self.batches = dict(self.request.batches)


class Lane:
    """Deposits wait here in their order. `commit` stores a group and sees to all its deposits; it does not raise.

    `pace`: seconds from the begin of one group to that of the next, unless it is full or somebody waits for it.
    """

    def __init__(self, name: str, commit: Callable[[Sequence[Deposit]], None], pace: float = 0.0) -> None:
        self._commit = commit
        self._pace = pace
        self._waiting: deque[Deposit] = deque()
        self._rows = 0
        self._days = Counter[int]()
        self._came = self._left = 0
        self._begun = 0.0
        self._changed = threading.Condition()
        self._hurried = self._closing = False
        self._thread = threading.Thread(target=self._run, name=f"ingest-{name}", daemon=True)
        self._thread.start()

    def put(self, deposit: Deposit) -> bool:
        """Let it wait for its turn; False when the lane is closed."""
        with self._changed:
            if self._closing:
                return False
            self._waiting.append(deposit)
            self._came += 1
            self._rows += deposit.request.rows
            self._days.update(deposit.request.days)
            if len(self._waiting) == 1 or self._rows >= GROUP_ROWS:
                self._changed.notify_all()
            return True

    def oldest_seconds(self) -> float:
        """How long the first deposit has been waiting."""
        try:
            return time.monotonic() - self._waiting[0].arrived
        except IndexError:
            return 0.0

    def spread(self, days: frozenset[int]) -> bool:
        """Whether rows of so many days would wait with these that all who come after them would wait too long."""
        if len(days) <= FEW_DAYS:
            return False
        with self._changed:
            return len(self._days) > FEW_DAYS and len(days | self._days.keys()) > DAYS

    def hurry(self) -> None:
        """Store what has come so far without waiting for more."""
        with self._changed:
            self._hurried = True
            self._changed.notify_all()

    def settle(self, until: float) -> None:
        """Store what has come so far at once; returns when that is done, or at `until` of the monotonic clock."""
        with self._changed:
            wanted = self._came
            while self._left < wanted and (rest := until - time.monotonic()) > 0:
                self._hurried = True
                self._changed.notify_all()
                self._changed.wait(rest)

    def close(self, seconds: float) -> bool:
        """Store what waits, then stop. Whether that was done in time."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while group := self._next():
            self._commit(group)
            with self._changed:
                self._left += len(group)
                self._changed.notify_all()

    def _next(self) -> list[Deposit]:
        """The next group; empty when the lane is closed and nothing waits."""
        with self._changed:
            while not self._waiting and not self._closing:
                self._changed.wait()
            while self._waiting and not self._closing and not self._hurried and self._rows < GROUP_ROWS:
                due = max(self._waiting[0].arrived + LINGER_SECONDS, self._begun + self._pace)
                if due <= (now := time.monotonic()):
                    break
                self._changed.wait(due - now)
            self._hurried = False
            self._begun = time.monotonic()
            return self._take()

    def _take(self) -> list[Deposit]:
        group: list[Deposit] = []
        rows = held = 0
        days = set[int]()
        while self._waiting:
            first = self._waiting[0]
            rows, held = rows + first.request.rows, held + first.reservation.held
            days |= first.request.days
            if group and (rows > GROUP_ROWS or held > GROUP_BYTES or len(days) > DAYS):
                break
            group.append(self._waiting.popleft())
            self._rows -= first.request.rows
            self._forget(first.request.days)
        return group

    def _forget(self, days: frozenset[int]) -> None:
        self._days.subtract(days)
        for day in days:
            if not self._days[day]:
                del self._days[day]
