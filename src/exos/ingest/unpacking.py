"""Packed request bodies, unpacked within a limit: a small body cannot become a large one unseen."""

from __future__ import annotations

import zlib

from exos.errors import BadTelemetry, TooLarge

_GZIP = 16 + zlib.MAX_WBITS


def unpack(body: bytes, limit: int) -> bytes:
    """The content of a gzip body, which may have several members. Raises BadTelemetry, and TooLarge beyond `limit` bytes."""
    pieces: list[bytes] = []
    room = limit + 1
    rest = body
    while True:
        member = zlib.decompressobj(_GZIP)
        try:
            piece = member.decompress(rest, room)
        except zlib.error:
            raise BadTelemetry("The body is not gzip.", "Check Content-Encoding.") from None
        pieces.append(piece)
        room -= len(piece)
        if room <= 0:
            raise TooLarge(f"The body unpacks to more than {limit:,} bytes.", "Send smaller batches.")
        if not member.eof:
            raise BadTelemetry("The gzip body ends too early.", "Send it whole.")
        rest = member.unused_data
        if not rest:
            return b"".join(pieces)
