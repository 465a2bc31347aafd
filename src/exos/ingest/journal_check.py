"""What lies in the journal, for `exos doctor`: read without touching it, beside a running server or without one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from exos.errors import ExosError
from exos.ingest.journal import DAMAGED, place, refused
from exos.ingest.journal_records import SUFFIX, read, stored_in
from exos.settings import Settings


@dataclass(frozen=True, slots=True)
class Contents:
    """Requests that wait to be stored, their bytes, and the files that are damaged among those that hold them. Files that
    were kept for somebody to look at: requests that could not be stored, and copies of damaged files.
    """

    waiting: int
    bytes: int
    spoiled: tuple[str, ...]
    set_aside: int
    copies: int


def check_journal(settings: Settings) -> str:
    """A sentence about the journal beside the embedded database. Raises ExosError when something in it wants looking at."""
    folder, aside = place(settings), refused(place(settings))
    try:
        found = _contents(folder, aside)
    except OSError as error:
        raise ExosError(
            f"{folder} cannot be read: {error.strerror}.", "Give the user that runs EXOS access to it."
        ) from None
    if found.spoiled:
        raise ExosError(
            f"{', '.join(found.spoiled)} in {folder} is damaged.",
            f"All requests in it that can be read are stored when EXOS starts next, and a copy is kept in {aside}.",
        )
    if found.set_aside or found.copies:
        raise ExosError(
            f"{found.set_aside} requests that could not be stored and {found.copies} copies of damaged files are in {aside}.",
            f"The log says why. To try a request again, move its file to {folder} and start EXOS again;"
            " delete what is not needed (what could be read of a damaged file is stored).",
        )
    if not found.waiting:
        return "nothing waits to be stored"
    return (
        f"{found.waiting:,} requests, {found.bytes / 1024**2:,.1f} MiB: the server that runs is storing them,"
        " or the next to open the data does"
    )


def _contents(folder: Path, aside: Path) -> Contents:
    waiting = size = 0
    spoiled = []
    paths = sorted(folder.glob(f"*{SUFFIX}"))
    stored = set[bytes]()
    for path in paths:
        with suppress(FileNotFoundError):  # It has just been stored.
            stored |= stored_in([path])
    for path in paths:
        try:
            records, damages = read(path, stored)
        except FileNotFoundError:
            continue  # It has just been stored.
        waiting, size = waiting + len(records), size + sum(len(one.body) for one in records)
        spoiled += [path.name] if damages else []
    return Contents(waiting, size, tuple(spoiled), *_kept(aside))


def _kept(aside: Path) -> Iterator[int]:
    for pattern in (f"*{SUFFIX}", f"*{DAMAGED}"):
        yield sum(1 for _ in aside.glob(pattern))
