"""Files as they go over the wire: packed once, and known by what is in them."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response

LEAST_BYTES = 1024
"""Packing less than this gains nothing."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Content ready to be sent. `packed` is empty where it is not worth it."""

    plain: bytes
    packed: bytes
    digest: str

    @classmethod
    def of(cls, plain: bytes) -> Packed:
        """Pack some content."""
        packed = gzip.compress(plain, 9, mtime=0) if len(plain) >= LEAST_BYTES else b""
        if len(packed) > 0.9 * len(plain):
            packed = b""
        return cls(plain, packed, sha256(plain).hexdigest()[:16])

    def answer(self, asked: Headers, media_type: str, headers: Mapping[str, str]) -> Response:
        """What a browser gets: the content, or 304 when it has it. `headers` are added."""
        packs = bool(self.packed) and "gzip" in asked.get("accept-encoding", "")
        tag = f'"{self.digest}{"-gzip" if packs else ""}"'
        told = {"Vary": "Accept-Encoding", **headers, "ETag": tag}
        if tag in asked.get("if-none-match", ""):
            return Response(status_code=304, headers=told)
        if packs:
            told["Content-Encoding"] = "gzip"
        return Response(self.packed if packs else self.plain, headers=told, media_type=media_type)


def packed_file(path: Path) -> Packed:
    """A file, packed anew when it has changed. Raises OSError."""
    return _packed(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=512)
def _packed(path: Path, _: int) -> Packed:
    return Packed.of(path.read_bytes())
