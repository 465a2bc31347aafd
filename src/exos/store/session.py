"""One handle to the embedded engine for one request: its settings end with it, and so do its failures.

Opening a handle, setting it up and closing it takes 0.6 ms (chDB 4.4). That buys what a pooled handle cannot give: no
setting has to be put back, and nothing of a failed query reaches the next one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from exos.store.quoting import quote_name, quote_text
from exos.store.staging import StagedInsert


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer in the format that was asked for, and what it cost."""

    body: bytes
    result_rows: int = 0
    read_rows: int = 0
    read_bytes: int = 0
    written_rows: int = 0
    written_bytes: int = 0
    seconds: float = 0.0


class Session:
    """A handle, opened by `Database.session`. Not for several threads at once. Raises the engine's errors as they are."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._open: Any = None
        self._insert: StagedInsert | None = None

    def use(self, database: str) -> None:
        """Names without a database are looked up in this one from now on."""
        self._connection.query(f"USE {quote_name(database)}")

    def set(self, settings: Mapping[str, str]) -> None:
        """Change settings, all of them or none."""
        if settings:
            changes = ", ".join(f"{quote_name(name)} = {quote_text(value)}" for name, value in settings.items())
            self._connection.query(f"SET {changes}")

    def set_clause(self, clause: str) -> None:
        """Change settings as a SETTINGS clause has them."""
        self._connection.query(f"SET {clause}")

    def answer(self, sql: str, format: str, params: Mapping[str, str]) -> Answer:
        """Run one statement. Values of `params` are escaped as in TabSeparated; a FORMAT in the SQL goes before
        `format`.
        """
        got = self._connection.query(sql, format, params=dict(params))
        return Answer(
            body=got.bytes() or b"",
            result_rows=got.rows_read(),
            read_rows=got.storage_rows_read(),
            read_bytes=got.storage_bytes_read(),
            seconds=got.elapsed(),
        )

    def stream(self, sql: str, format: str, params: Mapping[str, str]) -> Iterator[bytes]:
        """The answer in pieces, as the engine makes them. Only for formats that have neither a head nor a foot."""
        self._open = self._connection.send_query(sql, format, params=dict(params))
        for piece in self._open:
            if body := piece.bytes():
                yield body
        self._open = None

    def begin_insert(self, table: str, columns: str, format: str) -> None:
        """Start an insert into a quoted table. `columns`: their list as SQL in parentheses, empty for all."""
        self._insert = StagedInsert(self._connection, table, columns, format)

    def insert(self, piece: bytes) -> None:
        """Give the insert its next bytes."""
        assert self._insert is not None
        self._insert.append(piece)

    def end_insert(self) -> Answer:
        """Finish the insert: its rows are committed when this returns."""
        assert self._insert is not None
        started = time.monotonic()
        rows, size = self._insert.finish()
        self._insert = None
        return Answer(b"", written_rows=rows, written_bytes=size, seconds=time.monotonic() - started)

    def close(self) -> None:
        """Give up what is still open, and the handle."""
        if self._insert is not None:
            self._insert.cancel()
        if self._open is not None:
            with suppress(Exception):
                self._open.cancel()
        self._connection.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
