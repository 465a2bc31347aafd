"""Frames blocks of the Native format anew, for clients that give a protocol version, as clickhouse-go does.

The embedded engine writes blocks as for version 0. From 54454 on a client reads a head before each block and a mark
before each column's data, so one must know where a column ends. Source of the layout: NativeWriter, BlockInfo and the
bulk serialisations of ClickHouse.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from exos.server.clickhouse.failures import Failed

FRAMED_SINCE = 54454
# Not of an overflow, no bucket (-1), end of fields.
_HEAD = b"\x01\x00\x02\xff\xff\xff\xff\x00"
_USUAL_SERIALISATION = b"\x00"
_NUMBER = re.compile(r"U?Int(\d+)|B?Float(\d+)")
# A dictionary says its version before all rows of its column, wherever in the type it is.
_DICTIONARY = re.compile(r"\bLowCardinality\((?=[^']*(?:'[^']*'[^']*)*$)")
_SIZES = {
    **dict.fromkeys(("Bool", "Enum8", "Nothing"), 1),
    **dict.fromkeys(("Date", "Enum16"), 2),
    **dict.fromkeys(("Date32", "DateTime", "IPv4", "Time", "Decimal32"), 4),
    **dict.fromkeys(("DateTime64", "Time64", "Decimal64"), 8),
    **dict.fromkeys(("UUID", "IPv6", "Decimal128"), 16),
    "Decimal256": 32,
}
Skip = Callable[[bytes, int, int], int]
"""From data, a place in it and a number of rows to the place behind them."""


def framed(blocks: bytes) -> bytes:
    """The same blocks with heads and marks. Raises Failed for types whose data has parts before the rows."""
    made, place = bytearray(), 0
    while place < len(blocks):
        start = place
        columns, place = _varint(blocks, place)
        rows, place = _varint(blocks, place)
        made += _HEAD + blocks[start:place]
        for _ in range(columns):
            start = place
            _, place = _text(blocks, place)
            type_, place = _text(blocks, place)
            prefixes = 8 * len(_DICTIONARY.findall(type_)) if rows else 0
            end = _skipper(type_)(blocks, place + prefixes, rows)
            made += blocks[start:place] + _USUAL_SERIALISATION + blocks[place:end]
            place = end
    return bytes(made)


def _skipper(type_: str) -> Skip:
    """How to get over the rows of a type."""
    name, _, rest = type_.partition("(")
    inner = list(_split(rest[:-1])) if rest else []
    if size := _size(name, inner):
        return _fixed(size)
    match name:
        case "String":
            return _strings
        case "Nullable":
            return _in_turn([_fixed(1), _skipper(inner[0])])
        case "LowCardinality":
            return _low(
                _skipper(inner[0].removeprefix("Nullable(").removesuffix(")" * inner[0].startswith("Nullable(")))
            )
        case "SimpleAggregateFunction":
            return _skipper(inner[-1])
        case "Tuple":
            return _in_turn([_skipper(_unnamed(one)) for one in inner])
        case "Array":
            return _many(_skipper(inner[0]))
        case "Map":
            return _many(_in_turn([_skipper(one) for one in inner]))
    raise Failed(48, "NOT_IMPLEMENTED", f"{type_} cannot be sent in Native with a client_protocol_version")


def _size(name: str, inner: list[str]) -> int:
    """The bytes of a value, where all have the same; otherwise 0."""
    if number := _NUMBER.fullmatch(name):
        return int(number[1] or number[2]) // 8
    if name == "FixedString":
        return int(inner[0])
    if name == "Decimal":
        return next(size for most, size in ((9, 4), (18, 8), (38, 16), (76, 32)) if int(inner[0]) <= most)
    return 8 if name.startswith("Interval") else _SIZES.get(name, 0)


def _fixed(size: int) -> Skip:
    return lambda _, place, rows: place + size * rows


def _in_turn(parts: list[Skip]) -> Skip:
    def skip(data: bytes, place: int, rows: int) -> int:
        for part in parts:
            place = part(data, place, rows)
        return place

    return skip


def _many(inside: Skip) -> Skip:
    """The end of each row's elements as a number among all of them, then the elements."""

    def skip(data: bytes, place: int, rows: int) -> int:
        behind = place + 8 * rows
        elements = int.from_bytes(data[behind - 8 : behind], "little") if rows else 0
        return inside(data, behind, elements)

    return skip


def _low(keys: Skip) -> Skip:
    """Flags with the size of an index, the number of keys, the keys, the number of rows, their indexes."""

    def skip(data: bytes, place: int, rows: int) -> int:
        if rows == 0:
            return place
        index_size = 1 << data[place]
        behind = keys(data, place + 16, int.from_bytes(data[place + 8 : place + 16], "little"))
        return behind + 8 + index_size * rows

    return skip


def _strings(data: bytes, place: int, rows: int) -> int:
    for _ in range(rows):
        size = data[place]
        place += 1
        if size > 127:
            size, place = _varint(data, place - 1)
        place += size
    return place


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[place]
        place += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, place
        shift += 7


def _text(data: bytes, place: int) -> tuple[str, int]:
    size, place = _varint(data, place)
    return data[place : place + size].decode(), place + size


def _split(types: str) -> Iterator[str]:
    """Parts between commas that are in no bracket and no text."""
    depth, start, quoted = 0, 0, False
    for place, sign in enumerate(types):
        if sign == "'" and types[place - 1] != "\\":
            quoted = not quoted
        elif not quoted and sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign == "," and depth == 0 and not quoted:
            yield types[start:place].strip()
            start = place + 1
    yield types[start:].strip()


def _unnamed(element: str) -> str:
    """The type of an element of a tuple, which may stand behind a name."""
    name = re.match(r"(?:`(?:[^`\\]|\\.)*`|\w+)\s+(?=\w)", element)
    return element[name.end() :] if name else element
