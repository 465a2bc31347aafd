"""Bodies packed and unpacked piece by piece, so that neither side is ever whole in memory."""

from __future__ import annotations

import re
import sys
import zlib
from typing import Any, Protocol

from exos.server.clickhouse.failures import Failed

if sys.version_info >= (3, 14):
    from compression import zstd

    OFFERED = ("zstd", "gzip", "deflate")
else:
    import lz4.frame
    from backports import zstd

    OFFERED = ("zstd", "lz4", "gzip", "deflate")


_UNWANTED = re.compile(r";\s*q=0(?:\.0*)?\s*$")


class Packer(Protocol):
    """Makes a body smaller."""

    def pack(self, piece: bytes) -> bytes:
        """What can be sent already."""

    def end(self) -> bytes:
        """What is left to be sent."""


def packer(encoding: str) -> Packer:
    """The packer of one of `OFFERED`."""
    if sys.version_info < (3, 14) and encoding == "lz4":
        return _Lz4Packer()
    made: Any = zstd.ZstdCompressor(level=1) if encoding == "zstd" else _zlib_packer(encoding)
    return _Packer(made)


def chosen(accepted: str) -> str:
    """The first encoding of an Accept-Encoding header that is offered here; empty for none."""
    wanted = (part.split(";")[0].strip().lower() for part in accepted.split(",") if not _UNWANTED.search(part))
    return next((name for name in wanted if name in OFFERED), "")


class Unpacker:
    """Unpacks a body. Raises Failed for bytes that are not what their Content-Encoding says."""

    def __init__(self, encoding: str) -> None:
        self._reader: Any = None
        match encoding:
            case "" | "identity":
                pass
            case "gzip" | "deflate":
                self._reader = zlib.decompressobj(wbits=47)
            case "zstd":
                self._reader = zstd.ZstdDecompressor()
            case "lz4" if sys.version_info < (3, 14):
                self._reader = lz4.frame.LZ4FrameDecompressor()
            case _:
                raise Failed(89, "UNKNOWN_COMPRESSION_METHOD", f"Unknown compression method: {encoding}")

    def unpack(self, piece: bytes) -> bytes:
        """The next bytes."""
        if self._reader is None or not piece:
            return piece
        try:
            got: bytes = self._reader.decompress(piece)
            return got
        except (zlib.error, EOFError, RuntimeError, zstd.ZstdError) as error:
            raise Failed(271, "CANNOT_DECOMPRESS", f"Cannot unpack the body: {error}") from None

    def check_end(self) -> None:
        """Raise Failed when the body stopped in the middle."""
        if self._reader is not None and not self._reader.eof:
            raise Failed(271, "CANNOT_DECOMPRESS", "The packed body ends too early")


class _Packer:
    def __init__(self, made: Any) -> None:
        self._made = made

    def pack(self, piece: bytes) -> bytes:
        packed: bytes = self._made.compress(piece)
        return packed

    def end(self) -> bytes:
        rest: bytes = self._made.flush()
        return rest


if sys.version_info < (3, 14):

    class _Lz4Packer:
        def __init__(self) -> None:
            self._made = lz4.frame.LZ4FrameCompressor()
            self._head = self._made.begin()

        def pack(self, piece: bytes) -> bytes:
            head, self._head = self._head, b""
            return bytes(head + self._made.compress(piece))

        def end(self) -> bytes:
            head, self._head = self._head, b""
            return bytes(head + self._made.flush())


def _zlib_packer(encoding: str) -> Any:
    return zlib.compressobj(level=3, wbits=31 if encoding == "gzip" else 15)
