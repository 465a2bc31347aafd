"""Arrow columns of the telemetry tables, built from flat Python lists.

Maps and nested arrays are lists of offsets and one long list of items, which costs a third of Arrow's own conversion of
lists of pairs. What all rows of a resource or scope share is kept once and taken by index.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
from opentelemetry.proto.common.v1.common_pb2 import KeyValue

from exos.errors import BadTelemetry
from exos.ingest.otlp.values import as_string
from exos.store.clickstack import NANOSECONDS

LAST_NANOSECOND, LAST_SECOND = 2**63 - 1, 2**32 - 1
_SECOND = 10**9


class Maps:
    """A column of attribute maps, or, with `close`, of arrays of them."""

    def __init__(self) -> None:
        self._keys: list[str] = []
        self._values: list[str] = []
        self._ends: list[int] = [0]

    def add(self, attributes: Iterable[KeyValue], further: Mapping[str, str] | None = None) -> None:
        """One map: the attributes, and of `further` those that are absent."""
        keys, values = self._keys, self._values
        start = len(keys)
        for one in attributes:
            keys.append(one.key)
            value = one.value
            # Nearly all are strings, and the check for a string is far cheaper than asking which kind it is.
            values.append(value.string_value or as_string(value))
        if further:
            known = set(keys[start:])
            for key, text in further.items():
                if key not in known:
                    keys.append(key)
                    values.append(text)
        self._ends.append(len(keys))

    def add_texts(self, attributes: Mapping[str, str]) -> None:
        """One map that is text already."""
        self._keys += attributes
        self._values += attributes.values()
        self._ends.append(len(self._keys))

    @property
    def count(self) -> int:
        """Maps so far."""
        return len(self._ends) - 1

    def last_bytes(self) -> int:
        """Characters of the map that was added last."""
        start, end = self._ends[-2], self._ends[-1]
        return sum(map(len, self._keys[start:end])) + sum(map(len, self._values[start:end]))

    def value(self, key: str) -> str:
        """What the map that was added last says under a key; empty when nothing."""
        start, end = self._ends[-2], self._ends[-1]
        return next((self._values[at] for at in range(start, end) if self._keys[at] == key), "")

    def array(self) -> pa.Array:
        """The column."""
        keys, values = pa.array(self._keys, pa.string()), pa.array(self._values, pa.string())
        return pa.MapArray.from_arrays(pa.array(self._ends, pa.int32()), keys, values)


class Lists:
    """Where the arrays of one nested group end: its columns share it."""

    def __init__(self) -> None:
        self._ends: list[int] = [0]

    def close(self, count: int) -> None:
        """The row's arrays end after `count` items in all."""
        self._ends.append(count)

    def of(self, items: pa.Array) -> pa.Array:
        """One column of arrays."""
        return pa.ListArray.from_arrays(pa.array(self._ends, pa.int32()), items)


def strings(values: Sequence[str]) -> pa.Array:
    """A column of text."""
    return pa.array(values, pa.string())


def nanoseconds(values: Iterable[int]) -> pa.Array:
    """A column of times from nanoseconds since 1970; beyond the year 2262 it is that year's last representable time."""
    return pa.array([min(value, LAST_NANOSECOND) for value in values], pa.int64()).cast(NANOSECONDS)


def seconds(values: Iterable[int]) -> pa.Array:
    """A column of whole seconds from nanoseconds; the metric tables keep no more."""
    return pa.array([min(value // _SECOND, LAST_SECOND) for value in values], pa.uint32())


class BadIdentifier(BadTelemetry):
    """A trace or span id that is none."""


def identifier(value: bytes, size: int) -> str:
    """A trace or span id in lower-case hexadecimal; empty when it is missing or zero.

    Raises BadIdentifier when it has another length: a cut id joins with nothing.
    """
    if len(value) == size:
        found = value.hex()
        return found if found.strip("0") else ""
    if value:
        raise bad_identifier(value, size)
    return ""


def bad_identifier(value: bytes, size: int) -> BadIdentifier:
    """What is wrong with an id that should have `size` bytes."""
    return BadIdentifier(f"An id has {len(value)} bytes instead of {size}.", "Trace ids have 16 bytes, span ids 8.")


def batch(columns: Mapping[str, Any], schema: pa.Schema) -> pa.RecordBatch:
    """The columns in the order of the schema."""
    return pa.record_batch([columns[name] for name in schema.names], schema=schema)
