"""Arrow arrays from numpy and back, without Python objects.

Arrays and scalars are made from buffers: `pa.array` and `pa.scalar` (which every Python value given to a compute function
becomes) would import pandas, and that takes longer than most logs take to import.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

TEXT = pa.string()
TEXT_MAP = pa.map_(TEXT, TEXT)
_INTEGERS = {"int32": pa.int32(), "int64": pa.int64(), "uint64": pa.uint64()}


def texts(values: Iterable[str | None]) -> pa.Array:
    """An Arrow array of texts; null for None."""
    encoded = [None if value is None else value.encode("utf-8", "surrogatepass") for value in values]
    offsets = np.zeros(len(encoded) + 1, np.int32)
    np.cumsum([0 if value is None else len(value) for value in encoded], out=offsets[1:])
    there = None if None not in encoded else _bits(np.array([value is not None for value in encoded], np.bool_))
    data = b"".join(value for value in encoded if value is not None)
    return pa.Array.from_buffers(TEXT, len(encoded), [there, pa.py_buffer(offsets), pa.py_buffer(data)])


def text(value: str | None) -> pa.Scalar:
    """An Arrow text."""
    return texts([value])[0]


def integers(values: NDArray[np.generic]) -> pa.Array:
    """An Arrow array of int32, int64 or uint64."""
    values = np.ascontiguousarray(values)
    return pa.Array.from_buffers(_INTEGERS[values.dtype.name], len(values), [None, pa.py_buffer(values)])


def booleans(values: Flags) -> pa.Array:
    """An Arrow array of booleans."""
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, _bits(values)])


def moments(values: NDArray[np.generic], valid: Flags | None = None) -> pa.Array:
    """Microseconds since 1970 as timestamps in UTC; null where not `valid`."""
    buffers = [None if valid is None else _bits(valid), pa.py_buffer(np.ascontiguousarray(values, np.int64))]
    return pa.Array.from_buffers(pa.timestamp("us", "UTC"), len(values), buffers)


def numbers(array: pa.Array) -> Ints:
    """The values of an integer or time array; whatever stands at nulls."""
    array = array.cast(pa.int64()) if not pa.types.is_int64(array.type) else array
    data = np.frombuffer(array.buffers()[1] or b"", np.int64)
    return data[array.offset : array.offset + len(array)]


def flags(array: pa.Array) -> Flags:
    """A boolean array as numpy; null counts as false."""
    bits = np.unpackbits(np.frombuffer(array.buffers()[1] or b"", np.uint8), bitorder="little")
    values = bits[array.offset : array.offset + len(array)].astype(np.bool_)
    return values & flags(array.is_valid()) if array.null_count else values


def gather(source: pa.Array, where: Ints) -> pa.Array:
    """`source[where]`, null where the place is negative."""
    known = where >= 0
    if known.all():
        return source.take(integers(where))
    places = pa.Array.from_buffers(
        pa.int64(), len(where), [_bits(known), pa.py_buffer(np.ascontiguousarray(where, np.int64))]
    )
    return source.take(places)


def present(column: pa.Array) -> Flags:
    """Where a text is neither null nor empty."""
    ends = np.frombuffer(column.buffers()[1] or bytes(4), np.int32)[column.offset : column.offset + len(column) + 1]
    filled: Flags = np.diff(ends) > 0
    return filled & flags(column.is_valid()) if column.null_count else filled


def constant(value: str, length: int) -> pa.Array:
    """The same text everywhere, as a dictionary of one."""
    return pa.DictionaryArray.from_arrays(integers(np.zeros(length, np.int32)), texts([value]))


def no_texts(length: int) -> pa.Array:
    """Empty texts."""
    return pa.Array.from_buffers(TEXT, length, [None, pa.py_buffer(np.zeros(length + 1, np.int32)), pa.py_buffer(b"")])


def maps(owners: Ints, length: int, keys: pa.Array, values: pa.Array) -> pa.Array:
    """`length` maps; entry i of keys and values belongs to map `owners[i]`. Owners are in ascending order."""
    offsets = np.zeros(length + 1, np.int32)
    np.cumsum(np.bincount(owners, minlength=length), out=offsets[1:])
    return pa.MapArray.from_arrays(integers(offsets), keys, values)


def with_entry(given: pa.Array, name: str, values: pa.Array, where: Flags) -> pa.Array:
    """The maps with one more entry at the rows `where`, taken from the texts `values`."""
    offsets = numbers(given.offsets)
    held = np.repeat(np.arange(len(given), dtype=np.int64), np.diff(offsets))
    added = np.flatnonzero(where)
    start, stop = int(offsets[0]), int(offsets[-1])
    keys = pa.concat_arrays([given.keys[start:stop].cast(TEXT), texts([name] * len(added))])
    items = pa.concat_arrays([given.items[start:stop].cast(TEXT), values.cast(TEXT).take(integers(added))])
    owners = np.concatenate([held, added])
    order = np.argsort(owners, kind="stable")
    return maps(owners[order], len(given), keys.take(integers(order)), items.take(integers(order)))


def no_maps(length: int) -> pa.Array:
    """Empty maps."""
    return maps(np.zeros(0, np.int64), length, no_texts(0), no_texts(0))


def columns_to_maps(names: Sequence[str], columns: Sequence[pa.Array], wanted: Flags | None = None) -> pa.Array:
    """One map per row from text columns of equal length; null and empty texts are left out, as are rows not `wanted`."""
    length = len(columns[0])
    filled = np.stack([present(column) for column in columns], axis=1)
    if wanted is not None:
        filled &= wanted[:, None]
    rows, which = np.nonzero(filled)
    values = pa.concat_arrays(columns).take(integers(which * length + rows))
    keys = texts(names).take(integers(which))
    return maps(rows, length, keys, values)


def rows_to_maps(rows: Iterable[Iterable[tuple[str, str]]], length: int) -> pa.Array:
    """One map per row from pairs of key and text; empty texts are left out. For rows that share few keys."""
    owners: list[int] = []
    keys: list[str] = []
    values: list[str] = []
    for place, row in enumerate(rows):
        for key, value in row:
            if value:
                owners.append(place)
                keys.append(key)
                values.append(value)
    return maps(np.array(owners, np.int64), length, texts(keys), texts(values))


def _bits(values: Flags) -> pa.Buffer:
    return pa.py_buffer(np.packbits(values, bitorder="little"))
