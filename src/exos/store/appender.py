"""Inserts into the embedded engine that fail when they fail.

chDB's streaming inserter (4.4) says that it succeeded when the storage refused the rows: a full disk, a constraint, too
many partitions. So the rows are streamed into a table in memory first, counted there, and handed over by an `INSERT … SELECT`,
whose errors are reported. That costs about 3 µs of a core per span. Records that the engine itself makes rows of
(`loading.py`) take the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import get_ident
from typing import Any

import pyarrow as pa

from exos.errors import Unavailable
from exos.store import arrow
from exos.store.loading import Loading
from exos.store.quoting import quote_text

_ONE_BLOCK = "SETTINGS max_threads = 1, max_insert_threads = 1, insert_deduplicate = 0"
_NO_INDEXES = ", materialize_skip_indexes_on_insert = 0"


class Appender:
    """One handle of the engine, with the tables in memory that it has needed. Used by one thread at a time."""

    def __init__(self, handle: Any, folder: Path) -> None:
        """`folder` is for schemas of formats: the engine would keep one that it is told as text in the current folder."""
        self._handle = handle
        self._folder = folder
        self._staged: dict[tuple[str, tuple[str, ...]], str] = {}
        self._held: dict[Loading, str] = {}
        self._elsewhere: TemporaryDirectory[str] | None = None

    def append(self, table: str, schema: pa.Schema, batches: Sequence[pa.RecordBatch], indexed: bool = True) -> int:
        """One INSERT; the rows written. Raises what the engine says, Unavailable when rows were lost on the way."""
        columns = ", ".join(f"`{name}`" for name in schema.names)
        staged = self._table(table, tuple(schema.names), columns)
        wanted: int = sum(batch.num_rows for batch in batches)
        try:
            self._feed(f"INSERT INTO {staged} ({columns})", "ArrowStream", arrow.stream(schema, batches))
            self._expect(staged, wanted)
            self._handle.query(
                f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {staged} {_ONE_BLOCK}{'' if indexed else _NO_INDEXES}"
            )
            return wanted
        finally:
            self._handle.query(f"TRUNCATE TABLE {staged}")

    def load(self, loading: Loading, table: str, records: bytes, count: int) -> list[int]:
        """One INSERT of the rows that so many records make. Where some are beyond the engine nothing is stored, and their
        numbers are returned. Raises what the engine says, Unavailable when records were lost on the way.
        """
        held = self._holder(loading)
        columns = ", ".join(f"`{name}`" for name in loading.columns)
        try:
            self._feed(f"INSERT INTO {held}", loading.format, [records])
            self._expect(held, count)
            doubtful = self._handle.query(
                f"{loading.doubtful.format(held=held)} SETTINGS max_threads = 1", "TSV"
            ).bytes()
            if not doubtful:
                self._handle.query(
                    f"INSERT INTO {table} ({columns}) {loading.select.format(held=held)} {_ONE_BLOCK}{_NO_INDEXES}"
                )
            return [int(line) for line in (doubtful or b"").split()]
        finally:
            self._handle.query(f"TRUNCATE TABLE {held}")

    def close(self) -> None:
        """Let go of the handle."""
        self._handle.close()
        if self._elsewhere is not None:
            self._elsewhere.cleanup()

    def _holder(self, loading: Loading) -> str:
        """The table in memory for records of this kind; the handle is set up for their format."""
        held = self._held.get(loading)
        if held is None:
            held = f"held_{len(self._held)}"
            settings = {"format_schema": f"{self._schema(loading.schema)}:{loading.message}", **loading.settings}
            changes = ", ".join(f"{name} = {quote_text(value)}" for name, value in settings.items())
            self._handle.query(f"SET {changes}")
            self._handle.query(f"CREATE TEMPORARY TABLE {held} ({loading.held}) ENGINE = Memory")
            self._held[loading] = held
        return held

    def _schema(self, text: str) -> Path:
        """The file with that schema; another handle may be writing the same one."""
        path = self._place() / f"{sha256(text.encode()).hexdigest()[:16]}.proto"
        if not path.is_file():
            fresh = path.with_suffix(f".{get_ident()}")
            fresh.write_text(text, encoding="utf-8")
            fresh.replace(path)
        return path

    def _place(self) -> Path:
        """The folder for schemas: another one where the engine would take half of its path for the name of a message."""
        if ":" not in str(self._folder):
            return self._folder
        if self._elsewhere is None:
            self._elsewhere = TemporaryDirectory(prefix="exos-")
        return Path(self._elsewhere.name)

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

    def _expect(self, staged: str, wanted: int) -> None:
        found = int(self._handle.query(f"SELECT count() FROM {staged}", "TSV").bytes())
        if found != wanted:
            raise Unavailable(f"The engine took {found} of {wanted} rows.", "Check memory and `exos doctor`.")

    def _feed(self, insert: str, format: str, pieces: Iterable[bytes]) -> None:
        stream = self._handle.send_insert(insert, format)
        try:
            for piece in pieces:
                stream.append(piece)
            stream.finish()
        finally:
            with suppress(RuntimeError):
                stream.cancel()
