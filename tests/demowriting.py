"""Storeys written for a look only: to compare their bytes, or to see whether truths hold for another seed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date

import pyarrow as pa

from exos.demo import Truth
from exos.demo.truths import Evidence
from exos.store.database import Database


@dataclass
class HashingWriter:
    """Where a storey writes to when only its bytes matter: a hash and the number of rows of each table."""

    hashes: dict[str, hashlib._Hash] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    told: list[float] = field(default_factory=list)

    def insert(self, table: str, batches: Iterable[pa.RecordBatch]) -> int:
        """Batch by batch, as its bytes in Arrow's format."""
        told, written = self.hashes.setdefault(table, hashlib.sha256()), 0
        for batch in batches:
            told.update(batch.serialize())
            written += len(batch)
        self.rows[table] = self.rows.get(table, 0) + written
        return written

    def tell(self, share: float) -> None:
        """Kept, to be looked at."""
        self.told.append(share)

    def digests(self) -> dict[str, str]:
        """The hash of each table."""
        return {table: told.hexdigest() for table, told in self.hashes.items()}


@dataclass
class AsideWriter:
    """Writes into copies of the tables, in memory, so that the world in the database stays as it is."""

    database: Database
    tables: set[str] = field(default_factory=set)

    def insert(self, table: str, batches: Iterable[pa.RecordBatch]) -> int:
        """Into the copy, which is made when the first rows come."""
        if table not in self.tables:
            self.tables.add(table)
            self.database.command(f"CREATE TABLE aside_{table} ENGINE = Memory AS SELECT * FROM {table} LIMIT 0")
        return self.database.insert(f"aside_{table}", batches)

    def tell(self, share: float) -> None:
        """Nobody is waiting."""

    def failures(self, truth: Truth, end: date) -> list[str]:
        """What of the truth is not in the copies."""
        moved = replace(
            truth,
            evidence=self._moved(truth.evidence),
            herring_evidence=self._moved(truth.herring_evidence) if truth.herring_evidence else None,
        )
        return [f"{truth.id}: {failure}" for failure in moved.failures(self.database, end)]

    def _moved(self, evidence: Evidence) -> Evidence:
        names = "|".join(sorted(self.tables))
        # Tables in memory have every row once and know no FINAL.
        return replace(evidence, sql=re.sub(rf"\b({names})\b", r"aside_\1", evidence.sql).replace(" FINAL", ""))


@contextmanager
def aside(database: Database) -> Iterator[AsideWriter]:
    """A writer whose copies are gone afterwards."""
    writer = AsideWriter(database)
    try:
        yield writer
    finally:
        for table in writer.tables:
            database.command(f"DROP TABLE aside_{table}")
