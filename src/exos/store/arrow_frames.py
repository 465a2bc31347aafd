"""Where an Arrow IPC stream can be cut in two, found without reading its rows.

A stream is a schema, dictionaries and record batches, each of them a mark, the length of its metadata, the metadata and a
body. The metadata is a FlatBuffers table. Source of the layout: Arrow's columnar format, "Encapsulated message format", and
Message.fbs.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_MARK = b"\xff\xff\xff\xff"
_PREFIX = 8
_LARGEST_METADATA = 16 << 20
_SCHEMA, _DICTIONARIES, _BATCH = 1, 2, 3
_KIND, _BODY = 1, 3
"""Places of the fields `header_type` and `bodyLength` in the table `Message`."""


@dataclass(frozen=True, slots=True)
class _Message:
    kind: int
    metadata: int
    body: int


class Frames:
    """Follows one stream. Bytes that are none pass as they came: to say what is wrong with them is the reader's part."""

    def __init__(self) -> None:
        self._begun = bytearray()
        self._kind = self._body = 0
        self._head = b""
        self._uncut = self._plain = False

    def cut(self, piece: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The bytes to pass on; and with those that end a record batch, the head that a stream of what follows needs.

        A stream with dictionaries, which all later batches may need, is not cut. To be used up before the next call.
        """
        while piece:
            if self._plain:
                yield piece, b""
                return
            if self._body:
                part, piece = piece[: self._body], piece[self._body :]
                self._body -= len(part)
            else:
                self._begun += piece
                part, piece = self._metadata()
            if part:
                yield (
                    part,
                    self._head if not (self._body or self._plain or self._uncut) and self._kind == _BATCH else b"",
                )

    def rest(self) -> bytes:
        """Bytes held back until their message would have been long enough to tell what it is."""
        rest = bytes(self._begun)
        self._begun.clear()
        return rest

    def _metadata(self) -> tuple[bytes, bytes]:
        """The next message's metadata, as soon as it is whole, and what came behind it."""
        try:
            found = _message(self._begun)
        except (struct.error, IndexError, ValueError):
            self._plain = True
            return self.rest(), b""
        if found is None:
            return b"", b""
        begun = self.rest()
        self._kind, self._body = found.kind, found.body
        self._uncut = self._uncut or found.kind == _DICTIONARIES
        if found.kind == _SCHEMA:
            self._head = begun[: found.metadata]
        return begun[: found.metadata], begun[found.metadata :]


def _message(data: bytearray) -> _Message | None:
    """The message that begins there, once all of its metadata is. ValueError, IndexError or struct.error: none does."""
    if len(data) < _PREFIX:
        return None
    (length,) = struct.unpack_from("<i", data, 4)
    if data[:4] != _MARK or not 0 < length <= _LARGEST_METADATA:
        raise ValueError("no message, or the mark of the stream's end")
    if len(data) < _PREFIX + length:
        return None
    metadata = bytes(data[_PREFIX : _PREFIX + length])
    (table,) = struct.unpack_from("<I", metadata)
    fields = table - struct.unpack_from("<i", metadata, table)[0]
    kind_place, body_place = (_field(metadata, table, fields, number) for number in (_KIND, _BODY))
    kind = metadata[kind_place] if kind_place else 0
    (body,) = struct.unpack_from("<q", metadata, body_place) if body_place else (0,)
    if body < 0:
        raise ValueError("a body of negative length")
    return _Message(kind, _PREFIX + length, body)


def _field(metadata: bytes, table: int, fields: int, number: int) -> int:
    """Where a field of a FlatBuffers table is; 0 where it has its default."""
    place = 4 + 2 * number
    (size,) = struct.unpack_from("<H", metadata, fields)
    (offset,) = struct.unpack_from("<H", metadata, fields + place) if place < size else (0,)
    return int(table + offset) if offset else 0
