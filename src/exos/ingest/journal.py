"""What was acknowledged and is not in the database yet, on disk: a crash between the two loses nothing.

Requests are appended to a segment, together and with one flush to the disk (group commit), and then acknowledged. A segment
ends when it is large, and is removed when all of its requests are stored. What a crash leaves is read at the next start;
the end of a segment may be torn, and what is torn was not acknowledged. Damage elsewhere costs the requests that it hits:
those after it are found by the mark that each begins with, and the damaged file is kept.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from exos.errors import Unavailable
from exos.ingest.journal_records import DIGEST_BYTES, STORED, SUFFIX, Record, read, stored_in
from exos.settings import Settings

SEGMENT_BYTES = 64 * 1024**2
DAMAGED = "-damaged"
_FOLDER, _REFUSED = "journal", "refused"
_NUMBERED = re.compile(r"\d{16}")
_PROBE_BYTES = 4096
_log = logging.getLogger(__name__)
_flush = getattr(os, "fdatasync", os.fsync)


class Segment:
    """One file of the journal, and how many of its requests are not stored yet."""

    def __init__(self, path: Path, waiting: int = 0) -> None:
        self.path = path
        self.size = 0
        self.waiting = waiting


Written = Callable[[Segment | None, Unavailable | None], None]
"""Told what became of a request: the segment that holds it, or why there is none."""


class Journal:
    """The journal in one folder. Safe to use from many threads; one process at a time, who owns the database beside it."""

    def __init__(self, folder: Path) -> None:
        """Raises Unavailable when the folder cannot be used."""
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _trouble(error) from None
        self._left = sorted(folder.glob(f"*{SUFFIX}"))
        # A request that was set aside may be put back under its own name.
        self._number = max((int(path.stem) for path in self._left if _NUMBERED.fullmatch(path.stem)), default=0)
        self.known = stored_in(self._left)
        """Digests of requests that the last process stored, and had not removed yet."""
        self._queue: list[tuple[Record, Written]] = []
        self._changed = threading.Condition()
        self._closing = False
        self._files = threading.Lock()
        self._segment: Segment | None = None
        self._file = -1
        self._failed: Unavailable | None = None
        self._thread = threading.Thread(target=self._run, name="ingest-journal", daemon=True)
        self._thread.start()

    @classmethod
    def of(cls, settings: Settings) -> Journal | None:
        """The one beside the embedded database; None where the data is on a server."""
        return cls(place(settings)) if settings.embedded else None

    def left(self) -> Iterator[tuple[Segment, list[Record]]]:
        """What the last process did not store, a segment at a time. Each is removed when its requests are `stored`."""
        for path in self._left:
            records, damages = read(path, self.known)
            if damages:
                _log.error(
                    "the journal %s is damaged in %d places; a copy is in %s", path.name, damages, self._keep(path)
                )
            if records:
                yield Segment(path, len(records)), records
            else:
                with suppress(OSError):
                    path.unlink(missing_ok=True)
        self._left = []

    def _keep(self, path: Path) -> Path:
        """A copy of a damaged segment, as far as there is room for it."""
        copy = refused(self._folder) / f"{path.stem}{DAMAGED}"
        with suppress(OSError):
            copy.parent.mkdir(exist_ok=True)
            shutil.copyfile(path, copy)
        return copy

    def put(self, record: Record, written: Written) -> None:
        """Keep a request. `written` is called from the journal's thread when it is safe on disk, or cannot be."""
        with self._changed:
            if not self._closing:
                self._queue.append((record, written))
                if len(self._queue) == 1:
                    self._changed.notify()
                return
        written(None, Unavailable("The server is stopping.", "Send it again."))

    def stored(self, requests: Sequence[tuple[Segment, bytes]]) -> None:
        """Requests are in the database now: the segment that holds each, and its digest."""
        with self._files:
            for segment, _ in requests:
                segment.waiting -= 1
                if segment.waiting == 0:
                    self._forget(segment)
            self._note([digest for segment, digest in requests if segment.waiting])

    def set_aside(self, record: Record) -> Path:
        """Keep a request that can never be stored, for somebody to look at; where it is."""
        folder = refused(self._folder)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{record.digest.hex()}{SUFFIX}"
        path.write_bytes(record.encoded())
        return path

    def trouble(self) -> Unavailable | None:
        """Why requests cannot be kept; found out anew where the last one could not, as its sender may not come again."""
        if self._failed is None:
            return None
        with self._files:
            self._try(bytes(_PROBE_BYTES))
            self._undo()
            return self._failed

    def close(self, seconds: float) -> None:
        """Write what waits and take nothing new."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(seconds)

    def release(self) -> None:
        """Let go of the files; an empty one is removed. Nothing is `stored` after it."""
        with self._files:
            self._end()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._queue and not self._closing:
                    self._changed.wait()
                if not self._queue:
                    return
                group, self._queue = self._queue, []
            segment, error = self._write(b"".join(record.encoded() for record, _ in group), len(group))
            for _, written in group:
                written(segment, error)

    def _write(self, encoded: bytes, count: int) -> tuple[Segment | None, Unavailable | None]:
        with self._files:
            segment = self._try(encoded)
            if segment is None:
                self._undo()
                return None, self._failed
            segment.size += len(encoded)
            segment.waiting += count
            return segment, None

    def _note(self, digests: Sequence[bytes]) -> None:
        """Say what is stored already, so that the next process need not store it again. This is not flushed: what is lost of it
        with the machine is stored twice, and told apart as any retry is.
        """
        if not digests or self._segment is None:
            return
        encoded = Record(bytes(DIGEST_BYTES), STORED, b"".join(digests)).encoded()
        try:
            _write_all(self._file, encoded)
        except OSError:
            self._undo()
        else:
            self._segment.size += len(encoded)

    def _try(self, encoded: bytes) -> Segment | None:
        """Append to a segment, which is still where the next process will look for it; None where that failed."""
        try:
            segment = self._current()
            _write_all(self._file, encoded)
            _flush(self._file)
        except OSError as error:
            if self._failed is None:
                _log.error("telemetry is refused, as the journal in %s cannot be written: %s", self._folder, error)
            self._failed = _trouble(error)
            return None
        self._failed = None
        return segment

    def _current(self) -> Segment:
        if self._segment is not None and not self._there(self._segment):
            self._save(self._segment)
        if self._segment is not None and self._segment.size >= SEGMENT_BYTES:
            self._end()
        if self._segment is None:
            path, self._file = self._begin()
            self._segment = Segment(path)
        return self._segment

    def _there(self, segment: Segment) -> bool:
        """Whether its file is where it was made: somebody may have removed it, or the folder."""
        try:
            return os.path.samestat(os.stat(segment.path), os.fstat(self._file))
        except FileNotFoundError:
            return False

    def _save(self, segment: Segment) -> None:
        """Make the file again: what it held was acknowledged, and as long as it is open it can be read."""
        _log.error("the journal %s is gone while it is in use, and is made again", segment.path)
        path, file = self._begin()
        try:
            _write_all(file, os.pread(self._file, segment.size, 0))
        except OSError:
            os.close(file)
            path.unlink(missing_ok=True)
            raise
        os.close(self._file)
        self._file, segment.path = file, path

    def _begin(self) -> tuple[Path, int]:
        """A new file, and the folder where there is none any more."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._number += 1
        path = self._folder / f"{self._number:016}{SUFFIX}"
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            _flush_folder(self._folder)
        except OSError:
            os.close(file)
            path.unlink(missing_ok=True)
            raise
        return path, file

    def _undo(self) -> None:
        """Take back what was written halfway, or go on in another file."""
        if self._segment is None:
            return
        try:
            os.ftruncate(self._file, self._segment.size)
        except OSError:
            self._end()

    def _forget(self, segment: Segment) -> None:
        """All of it is stored. Should a crash bring it back, its rows are told apart as any retry's are."""
        with suppress(OSError):
            if segment is not self._segment:
                segment.path.unlink(missing_ok=True)
            else:
                os.ftruncate(self._file, 0)
                segment.size = 0

    def _end(self) -> None:
        """Write no more to the current segment."""
        ended, self._segment = self._segment, None
        if ended is None:
            return
        # Whatever fails here: the file is done with, and its number may be another file's next.
        with suppress(OSError):
            os.close(self._file)
        if ended.waiting == 0:
            with suppress(OSError):
                ended.path.unlink(missing_ok=True)


def place(settings: Settings) -> Path:
    """The folder of the journal beside the embedded database."""
    return settings.folder / _FOLDER


def refused(folder: Path) -> Path:
    """Where a journal keeps what somebody should look at."""
    return folder / _REFUSED


def unfinished(settings: Settings) -> bool:
    """Whether a process that was killed has left anything in the journal."""
    return settings.embedded and any(place(settings).glob(f"*{SUFFIX}"))


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _flush_folder(folder: Path) -> None:
    """A new file's name must survive too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _trouble(error: OSError) -> Unavailable:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    hint = "Free some space on the disk; send it again." if full else "Look at the journal's folder; send it again."
    return Unavailable(f"Telemetry cannot be kept: {error.strerror}.", hint)
