"""Columns of demo rows, made whole: numbers that look random and are not, ids, texts put together, maps."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from exos.demo.calendar import Flags, Floats, Ints

Words = npt.NDArray[np.uint64]
Text: TypeAlias = str | pa.Array | Ints
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def mix(*parts: Ints | Words | int) -> Words:
    """64 bits that depend on all parts, which are arrays of one length or single numbers (splitmix64, chained)."""
    word = np.zeros(1, np.uint64)
    with np.errstate(over="ignore"):
        for part in parts:
            word = word + np.asarray(part).astype(np.uint64) + _GOLDEN
            word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            word = word ^ (word >> np.uint64(31))
    return word


def draw(*parts: Ints | Words | int) -> Floats:
    """Numbers in [0, 1) that depend on all parts: the same parts, the same number."""
    numbers: Floats = (mix(*parts) >> np.uint64(11)).astype(np.float64) / float(1 << 53)
    return numbers


def normal(*parts: Ints | Words | int) -> Floats:
    """Standard normal numbers that depend on all parts (Box-Muller)."""
    size = np.sqrt(-2 * np.log1p(-draw(*parts, 1)))
    numbers: Floats = size * np.cos(2 * np.pi * draw(*parts, 2))
    return numbers


def hex_ids(*words: Words) -> pa.StringArray:
    """Lower-case hexadecimal ids of 16 digits for each of `words`, which are arrays of one length."""
    digits = np.stack(words, axis=1).astype(">u8").tobytes().hex().encode()
    offsets = np.arange(len(words[0]) + 1, dtype=np.int32) * (16 * len(words))
    return pa.StringArray.from_buffers(len(words[0]), pa.py_buffer(offsets), pa.py_buffer(digits))


def trace_ids(keys: Words) -> pa.StringArray:
    """The trace id of each thing that has a key."""
    return hex_ids(mix(keys, 101), mix(keys, 102))


def span_ids(keys: Words, slot: Ints | int) -> pa.StringArray:
    """The id of each thing's span number `slot`."""
    return hex_ids(mix(keys, 7, slot))


def texts(piece: Text) -> Any:
    """A piece as text."""
    if isinstance(piece, str):
        return pa.scalar(piece)
    return piece if isinstance(piece, pa.Array) else pa.array(piece).cast(pa.string())


def join(*pieces: Text) -> pa.StringArray:
    """Texts put together, row by row; a str stands for itself in every row."""
    return pc.binary_join_element_wise(*(texts(piece) for piece in pieces), "")


def filled(template: str, **values: Text) -> pa.StringArray:
    """`template` with ⟨name⟩ replaced by values, row by row."""
    pieces: list[Text] = []
    for part in template.split("⟨"):
        name, mark, rest = part.partition("⟩")
        pieces += [values[name], rest] if mark else [name]
    rows = next((len(value) for value in values.values() if not isinstance(value, str)), 1)
    return join(*(piece for piece in pieces if not (isinstance(piece, str) and not piece)), pa.repeat("", rows))


def number_texts(values: Floats) -> pa.StringArray:
    """Numbers as the collector writes them: whole ones without a point."""
    return pc.replace_substring_regex(pa.array(values).cast(pa.string()), r"\.0$", "")


def moments(nanoseconds: Ints) -> pa.Array:
    """Nanoseconds since 1970 as a column of times."""
    return pa.array(nanoseconds).cast(pa.timestamp("ns", tz="UTC"))


def repeated(counts: Ints) -> tuple[Ints, Ints]:
    """Which thing each row belongs to, and the row's place in it, when thing i has counts[i] rows."""
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)


class Maps:
    """A map column in the making: `put` sets one key in some rows, `build` gives the column. Keys keep the order of
    their first put.
    """

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._columns: dict[str, Ints] = {}
        self._texts: list[pa.Array] = []
        self._size = 0

    def put(self, key: str, where: Ints | Flags | slice, values: str | pa.Array, index: Ints | None = None) -> None:
        """Set `key` in the rows `where` to one text, or to values (to values[index] where an index is given)."""
        column = self._columns.setdefault(key, np.full(self._rows, -1, np.int32))
        pool = pa.array([values], pa.string()) if isinstance(values, str) else values
        place: Ints | int = self._size
        if not isinstance(values, str):
            place = self._size + (np.arange(len(values)) if index is None else index)
        column[where] = place
        self._texts.append(pool)
        self._size += len(pool)

    def put_all(self, where: Ints | Flags | slice, constants: dict[str, str]) -> None:
        """Set several keys to one text each."""
        for key, value in constants.items():
            self.put(key, where, value)

    def build(self) -> pa.MapArray:
        """The column."""
        if not self._columns:
            return no_maps(self._rows)
        index = np.stack(list(self._columns.values()), axis=1)
        present = index >= 0
        offsets = np.concatenate([[0], np.cumsum(present.sum(axis=1))]).astype(np.int32)
        keys = np.broadcast_to(np.arange(index.shape[1], dtype=np.int32), index.shape)[present]
        names = pa.array(list(self._columns)).take(pa.array(keys))
        return pa.MapArray.from_arrays(
            pa.array(offsets), names, pa.concat_arrays(self._texts).take(pa.array(index[present]))
        )


def no_maps(rows: int) -> pa.MapArray:
    """A column of empty maps."""
    nothing = pa.array([], pa.string())
    return pa.MapArray.from_arrays(pa.array(np.zeros(rows + 1, np.int32)), nothing, nothing)
