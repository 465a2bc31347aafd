"""The records of the journal's files: each is sound by itself, and found without those before it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

SUFFIX = ".journal"
"""How the name of a file with records ends."""
_MARK = b"EXOSJ\x01\r\n"
DIGEST_BYTES = 16
STORED = ""
"""In place of a signal: the record holds the digests of requests that are stored."""
_HEAD = struct.Struct(f"<{len(_MARK)}sII{DIGEST_BYTES}sBI")
"""The mark, length of what follows the head, its checksum, the request's digest, lengths of the signal's name and the
enrichment. The head's own checksum stands behind it.
"""
_SUM = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Record:
    """One request: what it is known by, its signal, its protobuf, and what the receiver knows beside it."""

    digest: bytes
    signal: str
    body: bytes
    enrichment: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """The record as the journal holds it."""
        name = self.signal.encode()
        further = orjson.dumps(dict(self.enrichment)) if self.enrichment else b""
        payload = b"".join((name, further, self.body))
        head = _HEAD.pack(_MARK, len(payload), zlib.crc32(payload), self.digest, len(name), len(further))
        return b"".join((head, _SUM.pack(zlib.crc32(head)), payload))


def stored_in(paths: Iterable[Path]) -> set[bytes]:
    """The digests of requests that segments say are stored, though some segment still holds them."""
    notes = [one.body for path in paths for one in _records(path)[0] if one.signal == STORED]
    return {body[at : at + DIGEST_BYTES] for body in notes for at in range(0, len(body), DIGEST_BYTES)}


def read(path: Path, stored: Collection[bytes] = ()) -> tuple[list[Record], int]:
    """The sound requests of a segment but those whose digest is in `stored`, and in how many places it is damaged; a torn end
    is no damage.
    """
    records, damages = _records(path)
    return [one for one in records if one.signal != STORED and one.digest not in stored], damages


def _records(path: Path) -> tuple[list[Record], int]:
    data = path.read_bytes()
    records, damages, at, sound = list[Record](), 0, 0, True
    while at >= 0:
        found = _record(data, at)
        if found is None:
            sound, at = False, data.find(_MARK, at + 1)
            continue
        damages += not sound
        record, at = found
        records.append(record)
        sound = True
    return records, damages


def _record(data: bytes, at: int) -> tuple[Record, int] | None:
    """The record that begins there and where it ends; None where none does."""
    behind = at + _HEAD.size
    start = behind + _SUM.size
    if start > len(data) or _SUM.unpack_from(data, behind)[0] != zlib.crc32(data[at:behind]):
        return None
    mark, length, checksum, digest, name, further = _HEAD.unpack_from(data, at)
    payload = data[start : start + length]
    if mark != _MARK or len(payload) < length or zlib.crc32(payload) != checksum:
        return None
    body = name + further
    enrichment = orjson.loads(payload[name:body]) if further else {}
    return Record(digest, payload[:name].decode(), payload[body:], enrichment), start + length
