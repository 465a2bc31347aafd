"""Worlds written without a database, to compare their bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

import pyarrow as pa


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
