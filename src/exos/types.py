"""Values that travel between layers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import orjson


@dataclass(frozen=True, slots=True)
class Column:
    """One result column: its name and its ClickHouse type."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a query cost: elapsed in seconds, and what the engine read to answer it."""

    elapsed: float = 0.0
    rows_read: int = 0
    bytes_read: int = 0

    @classmethod
    def total(cls, parts: Iterable[Statistics]) -> Statistics:
        """What several queries cost together."""
        elapsed, rows, read = 0.0, 0, 0
        for part in parts:
            elapsed, rows, read = elapsed + part.elapsed, rows + part.rows_read, read + part.bytes_read
        return cls(elapsed, rows, read)


@dataclass(frozen=True)
class Result:
    """A table: columns, rows and what it cost.

    Rows stay the JSON array that the engine wrote until somebody asks for them as Python values, so that an answer
    passes from the engine to an HTTP client without being parsed and written again. `truncated`: there are more rows than
    the caller may have.
    """

    columns: tuple[Column, ...]
    rows_json: bytes
    statistics: Statistics = field(default_factory=Statistics)
    truncated: bool = False

    @classmethod
    def of(cls, columns: tuple[Column, ...], rows: list[list[Any]], statistics: Statistics | None = None) -> Result:
        """A result made in Python. `rows` holds one list per row, in the order of `columns`."""
        return cls(columns, orjson.dumps(rows), statistics or Statistics())

    @classmethod
    def from_json(cls, body: bytes) -> Result:
        """The inverse of `to_json`, byte for byte. Raises ValueError when it is not such a body."""
        start, stop = body.find(_ROWS), body.rfind(_STATISTICS)
        if start < 0 or stop < start:
            raise ValueError("not a result")
        frame = orjson.loads(body[: start + len(_ROWS)] + b"[]" + body[stop:])
        columns = tuple(Column(**column) for column in frame["columns"])
        statistics = Statistics(**frame["statistics"])
        return cls(columns, body[start + len(_ROWS) : stop], statistics, frame.get("truncated", False))

    def cut(self, most: int) -> Result:
        """At most the first `most` rows of an answer of the engine; `truncated` where that leaves rows out."""
        if self.rows_json.count(_ROW) <= most:
            return self
        rows = self.rows_json.split(_ROW, most + 1)
        return replace(self, rows_json=_ROW.join(rows[:-1]).rstrip(b",") + b"\n\t]", truncated=True)

    @cached_property
    def rows(self) -> list[list[Any]]:
        """One list per row, in the order of `columns`; times are RFC 3339 strings."""
        rows: list[list[Any]] = orjson.loads(self.rows_json)
        return rows

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [column.name for column in self.columns]

    @property
    def at_most_one(self) -> bool:
        """Whether there is no row, or one, told without parsing an answer of the engine that has more."""
        return self.rows_json.find(_ROW, self.rows_json.find(_ROW) + 1) < 0 and len(self.rows) <= 1

    def records(self) -> list[dict[str, Any]]:
        """One dict per row."""
        return [dict(zip(self.names, row, strict=True)) for row in self.rows]

    def column(self, name: str) -> list[Any]:
        """The values of one column. Raises ValueError when there is none of that name."""
        index = self.names.index(name)
        return [row[index] for row in self.rows]

    def to_json(self) -> bytes:
        """`{"columns": [{"name", "type"}], "rows": [[…]], "statistics": {"elapsed", "rows_read", "bytes_read"}}`, and
        `"truncated": true` behind it where rows were left out.
        """
        cost = {"statistics": self.statistics, **({"truncated": True} if self.truncated else {})}
        head, tail = orjson.dumps({"columns": self.columns})[:-1], orjson.dumps(cost)[1:]
        # One copy of the rows, into a place of the right size.
        return b"".join((head, b',"rows":', self.rows_json, b",", tail))


_ROWS, _STATISTICS = b'],"rows":', b',"statistics":{'
"""Marks in the JSON of a result: quotes inside strings are escaped, so the first and last of these are the real ones."""
_ROW = b"\n\t\t["
"""Where a row of the engine's JSON begins: no string in it holds a raw line break."""

FilterOp = Literal["=", "!=", ">", ">=", "<", "<=", "in", "not_in", "contains", "regex", "exists"]


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on a property; several are joined by AND."""

    property: str
    op: FilterOp
    value: Any = None
