"""What worlds are built of: storeys, each of which writes its rows from the same plan through the same writer."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from exos.store.database import Database

TELEMETRY_DAYS = 28
"""Days before the end that have telemetry: ClickStack's tables keep 30, and the clock of the machine moves on."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a world follows from: the same plan gives the same bytes. `size` counts companies of small size."""

    seed: int
    size: int
    end: date
    """The first day that is not in the data."""
    handed: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What a storey leaves for those above it, by name."""

    def rng(self, *names: str | int) -> np.random.Generator:
        """A stream of random numbers of its own for each name, whatever other storeys draw."""
        words = [name if isinstance(name, int) else zlib.crc32(name.encode()) for name in names]
        return np.random.default_rng([self.seed, *words])


class Writer(Protocol):
    """Where storeys put their rows."""

    def insert(self, table: str, batches: Iterable[pa.RecordBatch]) -> int:
        """Write all batches, which are made while they are written. Returns their rows."""

    def tell(self, share: float) -> None:
        """Say how much of the storey is done, zero to one."""


@dataclass(frozen=True, slots=True)
class Storey:
    """One part of a world: `build` writes its rows, `finish` does what can only be done once they are there.

    `weight` is about how many seconds it takes at small size: the progress bar goes by it.
    """

    name: str
    weight: float
    build: Callable[[Plan, Writer], None]
    finish: Callable[[Database], None] | None = None


@dataclass(slots=True)
class DatabaseWriter:
    """Writes into the database and adds up the rows of each table. Telemetry goes to ClickStack's own tables."""

    database: Database
    tell_world: Callable[[float], None]
    weights: tuple[float, ...]
    rows: dict[str, int] = field(default_factory=dict)
    _storey: int = 0
    _share: float = 0.0

    def insert(self, table: str, batches: Iterable[pa.RecordBatch]) -> int:
        place = self.database.telemetry if table.startswith(("otel_", "hyperdx_")) else self.database.name
        written = self.database.insert(f"{place}.{table}", batches, indexed=False)
        self.rows[table] = self.rows.get(table, 0) + written
        return written

    def tell(self, share: float) -> None:
        # A bar that goes back worries people: what a storey says never takes back what it said.
        self._share = max(self._share, min(share, 1.0))
        done = sum(self.weights[: self._storey]) + self._share * self.weights[self._storey]
        self.tell_world(done / sum(self.weights))

    def finished(self) -> None:
        """The storey that was built is complete; the next one begins."""
        self.tell(1.0)
        self._storey, self._share = min(self._storey + 1, len(self.weights) - 1), 0.0


def told(batches: Iterable[pa.RecordBatch], tell: Callable[[], None]) -> Iterator[pa.RecordBatch]:
    """The batches, with a call after each one is taken."""
    for batch in batches:
        yield batch
        tell()
