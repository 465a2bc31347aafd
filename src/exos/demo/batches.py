"""Record batches for a table's schema, and the columns in them that are not put together key by key (columns.py does that)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from exos.demo.calendar import Flags, Floats, Ints

_MICRO = 1_000_000


def named(names: Sequence[str], index: Ints) -> pa.Array:
    """Text by index; -1 is the empty string."""
    return pa.array([*names, ""], pa.string()).take(pa.array(np.where(index < 0, len(names), index)))


def times(seconds: Ints, known: Flags | None = None) -> pa.Array:
    """Moments in microseconds; null where not `known`."""
    return pa.array(seconds * _MICRO, pa.timestamp("us", tz="UTC"), mask=None if known is None else ~known)


def ascii_text(octets: np.ndarray[Any, np.dtype[np.bytes_]]) -> pa.Array:
    """Text from an array of ASCII."""
    return pa.array(octets, pa.binary()).cast(pa.string())


def numbers(columns: Mapping[str, Floats]) -> pa.MapArray:
    """A map column of numbers in which every row has every key."""
    values = np.stack(list(columns.values()), axis=1)
    offsets = pa.array(np.arange(len(values) + 1, dtype=np.int32) * len(columns))
    return pa.MapArray.from_arrays(
        offsets, pa.array(list(columns) * len(values), pa.string()), pa.array(values.ravel())
    )


def batch(schema: pa.Schema, columns: Mapping[str, pa.Array | str]) -> pa.RecordBatch:
    """A record batch in the order of the schema; a text stands in every row, and empty text for a column that is left out."""
    rows = next(len(column) for column in columns.values() if not isinstance(column, str))
    made = []
    for field in schema:
        given = columns.get(field.name, "")
        made.append(pa.repeat(pa.scalar(given, pa.string()), rows) if isinstance(given, str) else given)
    return pa.record_batch(made, schema=schema)
