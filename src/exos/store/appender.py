"""Inserts into the embedded engine that fail when they fail.

chDB's streaming inserter (4.4) says that it succeeded when the storage refused the rows: a full disk, a constraint, too
many partitions. So the rows are streamed into a table in memory first, counted there, and handed over by an `INSERT … SELECT`,
whose errors are reported. That costs about 3 µs of a core per span.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pyarrow as pa

from exos.errors import Unavailable
from exos.store import arrow

_ONE_BLOCK = "SETTINGS max_threads = 1, max_insert_threads = 1, insert_deduplicate = 0"
_NO_INDEXES = ", materialize_skip_indexes_on_insert = 0"


class Appender:
    """One handle of the engine, with the tables in memory that it has needed. Used by one thread at a time."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self._staged: dict[tuple[str, tuple[str, ...]], str] = {}

    def append(self, table: str, schema: pa.Schema, batches: Sequence[pa.RecordBatch], indexed: bool = True) -> int:
        """One INSERT; the rows written. Raises what the engine says, Unavailable when rows were lost on the way."""
        columns = ", ".join(f"`{name}`" for name in schema.names)
        staged = self._table(table, tuple(schema.names), columns)
        wanted: int = sum(batch.num_rows for batch in batches)
        try:
            self._stream(staged, columns, schema, batches)
            found = int(self._handle.query(f"SELECT count() FROM {staged}", "TSV").bytes())
            if found != wanted:
                raise Unavailable(f"The engine took {found} of {wanted} rows.", "Check memory and `exos doctor`.")
            self._handle.query(
                f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {staged} {_ONE_BLOCK}{'' if indexed else _NO_INDEXES}"
            )
            return wanted
        finally:
            self._handle.query(f"TRUNCATE TABLE {staged}")

    def close(self) -> None:
        """Let go of the handle."""
        self._handle.close()

    def _table(self, table: str, names: tuple[str, ...], columns: str) -> str:
        """The table in memory for these columns. It is temporary: it belongs to this handle and nobody else sees it."""
        staged = self._staged.get((table, names))
        if staged is None:
            staged = f"staged_{len(self._staged)}"
            self._handle.query(
                f"CREATE TEMPORARY TABLE {staged} ENGINE = Memory AS SELECT {columns} FROM {table} LIMIT 0"
            )
            self._staged[table, names] = staged
        return staged

    def _stream(self, staged: str, columns: str, schema: pa.Schema, batches: Sequence[pa.RecordBatch]) -> None:
        stream = self._handle.send_insert(f"INSERT INTO {staged} ({columns})", "ArrowStream")
        try:
            for piece in arrow.stream(schema, batches):
                stream.append(piece)
            stream.finish()
        finally:
            with suppress(RuntimeError):
                stream.cancel()
