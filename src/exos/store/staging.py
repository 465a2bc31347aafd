"""An insert of bytes in some format into the embedded engine, that fails when it fails.

As in `appender.py`, rows go into a table in memory first, because chDB's streaming inserter hides what the storage says.
That table has the target's columns with their defaults, so that what the data leaves out, which the format alone knows,
is worked out there as the target itself would; constraints are left to the target, which names them.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import orjson

from exos.errors import Unavailable
from exos.store.arrow_frames import Frames
from exos.store.quoting import quote_name

_STAGED = "_exos_staged"
_HANDED_OVER_BYTES = 64 << 20
# For columns that exist already: types that need leave, and nothing that changes what a column's text means. All rows in
# their order, whatever limits a client has set for reading. The engine would put `async_insert` off to a thread that does
# not know the table in memory.
_SETTINGS = (
    "async_insert = 0, data_type_default_nullable = 0, flatten_nested = 0, allow_suspicious_low_cardinality_types = 1,"
    " allow_suspicious_fixed_string_types = 1, allow_suspicious_variant_types = 1, limit = 0, offset = 0,"
    " max_rows_to_read = 0, max_bytes_to_read = 0, max_result_rows = 0, max_result_bytes = 0,"
    " timeout_overflow_mode = 'throw', empty_result_for_aggregation_by_empty_set = 0"
)
# What was worked out is not worked out again.
_HAND_OVER = "SETTINGS max_threads = 1, max_insert_threads = 1, insert_allow_materialized_columns = 1"
_STORED = ("", "DEFAULT", "MATERIALIZED")


class StagedInsert:
    """One INSERT into `table` (quoted, with its database), whose list of `columns` is SQL, empty for all of them.

    Arrow streams of any length take memory for 64 MB of them; data in another format, whose rows only its parser tells
    apart, is in memory as a whole, within `max_memory_usage`. Raises the engine's errors as they are, Unavailable when
    rows were lost on the way.
    """

    def __init__(self, connection: Any, table: str, columns: str, format: str) -> None:
        self._connection = connection
        self._table = table
        self._into = f"INSERT INTO {_STAGED} {columns}"
        self._format = format
        self._frames = Frames() if format == "ArrowStream" else None
        self._held = self._rows = self._bytes = 0
        connection.query(f"SET {_SETTINGS}")
        self._stored = self._make()
        self._stream: Any = connection.send_insert(self._into, format)

    def append(self, piece: bytes) -> None:
        """The next bytes."""
        for part, head in self._frames.cut(piece) if self._frames else ((piece, b""),):
            self._stream.append(part)
            self._held += len(part)
            if head and self._held >= _HANDED_OVER_BYTES:
                self._hand_over()
                self._stream = self._connection.send_insert(self._into, self._format)
                self._stream.append(head)

    def finish(self) -> tuple[int, int]:
        """Store what is left: all rows are committed when this returns. Their number and their bytes in memory."""
        if self._frames and (rest := self._frames.rest()):
            self._stream.append(rest)
        self._hand_over()
        return self._rows, self._bytes

    def cancel(self) -> None:
        """Give up what was not handed over."""
        with suppress(Exception):
            self._stream.cancel()

    def _make(self) -> str:
        """Make the table in memory; the columns that are stored, as SQL."""
        described = self._connection.query(
            f"DESCRIBE TABLE {self._table} SETTINGS describe_compact_output = 0, describe_include_subcolumns = 0",
            "JSONCompactEachRow",
        )
        columns = [orjson.loads(line)[:4] for line in described.bytes().splitlines()]
        declared = ", ".join(f"{quote_name(name)} {type_} {kind} {default}" for name, type_, kind, default in columns)
        self._connection.query(f"CREATE TEMPORARY TABLE {_STAGED} ({declared}) ENGINE = Memory")
        return ", ".join(quote_name(name) for name, _, kind, _ in columns if kind in _STORED)

    def _hand_over(self) -> None:
        wrote = self._stream.finish()
        found = int(self._connection.query(f"SELECT count() FROM {_STAGED}", "TSV").bytes())
        if found != wrote.rows_written:
            raise Unavailable(
                f"The engine took {found} of {wrote.rows_written} rows.", "Check memory and `exos doctor`."
            )
        if found:
            self._connection.query(
                f"INSERT INTO {self._table} ({self._stored}) SELECT {self._stored} FROM {_STAGED} {_HAND_OVER}"
            )
            self._connection.query(f"TRUNCATE TABLE {_STAGED}")
        self._rows += found
        self._bytes += wrote.bytes_written
        self._held = 0
