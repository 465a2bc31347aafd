"""A file as a stream of unpacked bytes, with its size, place and content hash."""

from __future__ import annotations

import codecs
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from exos.errors import BadFile

BLOCK = 4 * 1024**2
STEP = 1024**2
HEAD = 64 * 1024
GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Unpacking:
    """How far a packed file may swell: `bytes` in all, and `ratio` times its size once it is past `free` bytes."""

    bytes: int = 1024**4
    ratio: int = 400
    free: int = 256 * 1024**2


@dataclass(frozen=True, slots=True)
class Head:
    """The first bytes of a file, unpacked; its name without `.gz`; whether that is all of it."""

    data: bytes
    name: str
    complete: bool

    @property
    def text(self) -> str:
        """The bytes as text, whatever their encoding, without leading space: for looking at, not for reading."""
        return self.data.removeprefix(codecs.BOM_UTF8).decode(self.wide or "utf-8", "replace").lstrip()

    @property
    def wide(self) -> str:
        """The UTF-16 encoding that the bytes are in, by their mark or by every second one being zero; empty where in none."""
        if self.data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        sample = self.data[: len(self.data) // 2 * 2]
        few = len(sample) // 8
        low, high = sample[0::2].count(0), sample[1::2].count(0)
        if high > 3 * few and low < few:
            return "utf-16-le"
        return "utf-16-be" if low > 3 * few and high < few else ""

    @property
    def binary(self) -> bool:
        """Whether this is no text in any encoding. One character in a hundred may be damaged, and one in a short file."""
        control = sum(self.data.count(byte) for byte in _CONTROL)
        return not self.wide and control > max(1, len(self.data) // 100)


_CONTROL = tuple(bytes([code]) for code in range(32) if code not in (9, 10, 12, 13, 27))


class Source:
    """One file to import. `position` is how many of its `size` bytes were read so far.

    Raises BadFile when it is missing, a folder, empty or may not be read.
    """

    def __init__(self, path: Path, name: str = "", unpacking: Unpacking | None = None) -> None:
        self.path = path
        self.name = name or path.name
        self.unpacking = unpacking or Unpacking()
        self.position = 0
        self.unpacked = ""
        """SHA-256 of the unpacked bytes, in hex: of a packed file known once it was read to its end."""
        self._state = _stat(path, self.name)
        self.size = self._state.st_size
        if self.size == 0:
            raise BadFile(f"{self.name} is empty.", "Export the log again.")
        with self._opened() as raw:
            self.packed = raw.read(2) == GZIP

    @property
    def plain_name(self) -> str:
        """The name without `.gz`."""
        return self.name[:-3] if self.packed and self.name.lower().endswith(".gz") else self.name

    def head(self) -> Head:
        """The first bytes, unpacked."""
        stream = self.blocks(HEAD)
        data = b""
        for block in stream:
            data += block
            if len(data) >= HEAD:
                break
        stream.close()
        self.position = 0
        if not data:
            raise BadFile(f"{self.name} unpacks to nothing.", "Export the log again.")
        return Head(data[:HEAD], self.plain_name, len(data) < HEAD)

    def blocks(self, size: int = BLOCK) -> Any:
        """A generator of the unpacked bytes, in blocks of at most `size`.

        Raises BadFile when the packed stream is damaged, ends early or swells beyond `unpacking`.
        """
        return self._unpacked(size) if self.packed else self._plain(size)

    def digest(self) -> str:
        """SHA-256 of the file as it is on disk, in hex."""
        with self._opened() as raw:
            digest = hashlib.sha256()
            while piece := raw.read(BLOCK):
                digest.update(piece)
        if not self.packed:
            self.unpacked = digest.hexdigest()
        return digest.hexdigest()

    @contextmanager
    def unpacked_path(self) -> Iterator[Path]:
        """A path to the unpacked file, for formats that need to seek; a temporary one where the file is packed."""
        if not self.packed:
            yield self.path
            return
        folder = Path(tempfile.mkdtemp(prefix="exos-import-"))
        try:
            target = folder / "unpacked"
            with target.open("wb") as out:
                for block in self.blocks():
                    out.write(block)
            yield target
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def verify_unchanged(self) -> None:
        """Raises BadFile when the file was written to since it was opened: what was read is then neither old nor new."""
        now = _stat(self.path, self.name)
        if (now.st_size, now.st_mtime_ns) != (self._state.st_size, self._state.st_mtime_ns):
            raise BadFile(f"{self.name} was changed while it was being read.", "Import it again when it is complete.")

    def _opened(self) -> Any:
        try:
            return self.path.open("rb")
        except OSError as error:
            raise _unreadable(self.name, error) from None

    def _plain(self, size: int) -> Iterator[bytes]:
        with self._opened() as raw:
            while piece := raw.read(size):
                self.position += len(piece)
                yield piece

    def _unpacked(self, size: int) -> Iterator[bytes]:
        gathered: list[bytes] = []
        try:
            for piece in self._steps(min(size, STEP)):
                gathered.append(piece)
                if sum(map(len, gathered)) >= size:
                    yield b"".join(gathered)
                    gathered = []
        except BadFile:
            if gathered:
                yield b"".join(gathered)
            raise
        if gathered:
            yield b"".join(gathered)

    def _steps(self, size: int) -> Iterator[bytes]:
        """Small pieces: only the one that holds the damage is lost with it."""
        seen, digest = 0, hashlib.sha256()
        with self._opened() as raw, pa.CompressedInputStream(raw, "gzip") as stream:
            while True:
                try:
                    piece = stream.read(size)
                except OSError as error:
                    raise self._damaged(error, seen) from None
                if not piece:
                    self.unpacked = digest.hexdigest()
                    return
                digest.update(piece)
                seen += len(piece)
                self.position = raw.tell()
                self._check_swelling(seen)
                yield piece

    def _check_swelling(self, seen: int) -> None:
        limit = min(self.unpacking.bytes, max(self.unpacking.free, self.unpacking.ratio * self.size))
        if seen > limit:
            raise BadFile(
                f"{self.name} has {self.size:,} bytes and unpacks to more than {limit:,}.",
                "If it is meant to be that large, unpack it and import the plain file.",
            )

    def _damaged(self, error: OSError, seen: int) -> BadFile:
        if "Truncated" in str(error):
            what = (
                f"{self.name} is cut short: its gzip stream ends early, after {seen:,} unpacked bytes or a little more."
            )
        else:
            what = f"{self.name} is damaged: its gzip stream cannot be read past {seen:,} unpacked bytes ({error})."
        return BadFile(what, "Copy or download the file again.")


def _stat(path: Path, name: str) -> os.stat_result:
    try:
        state = path.stat()
    except OSError as error:
        raise _unreadable(name, error) from None
    if path.is_dir():
        raise BadFile(f"{name} is a folder.", "Give the files in it, one import each.")
    if not path.is_file():
        raise BadFile(f"{name} is not a regular file.", "Save it to a file and import that.")
    return state


def _unreadable(name: str, error: OSError) -> BadFile:
    if isinstance(error, FileNotFoundError):
        return BadFile(f"There is no file {name}.", "Check the path.")
    if isinstance(error, PermissionError):
        return BadFile(
            f"{name} may not be read by this user.", "Change its permissions, or copy it to where it may be."
        )
    return BadFile(f"{name} cannot be read: {error.strerror}.", "Check the path and the disk.")
