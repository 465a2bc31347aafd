"""What a format is, and what its reader gives."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field

import pyarrow as pa

from exos.ingest.eventlog.options import Options
from exos.ingest.eventlog.rejections import Rejections
from exos.ingest.eventlog.source import Head, Source
from exos.store.tables import CASE_EVENTS

EVENTS = pa.schema([column for column in CASE_EVENTS if column.name not in ("process", "source")])
"""Rows as readers give them; the importer adds the process and the import."""

LINES = 5
"""Line numbers that a note names."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A bounded part of a log: rows in the schema EVENTS, and what was rejected in that part."""

    rows: pa.RecordBatch
    rejections: Rejections = field(default_factory=Rejections)


@dataclass(frozen=True, slots=True)
class Role:
    """The column that plays a role, and how that was found out."""

    column: str
    how: str


class Report:
    """What a reader finds out about a log besides its rows. May be written from several threads."""

    def __init__(self) -> None:
        self.roles: dict[str, Role] = {}
        self.traces = 0
        self._notes: dict[str, tuple[int, list[int]]] = {}
        self._lock = threading.Lock()

    def note(self, text: str) -> None:
        """Say something once."""
        self.count(text, 0)

    def count(self, text: str, times: int, lines: Iterable[int] = ()) -> None:
        """Say something with a number: `{n}` in the text is the sum of all `times`. The first few `lines` are named."""
        with self._lock:
            known, first = self._notes.get(text, (0, []))
            self._notes[text] = (known + times, sorted({*first, *lines})[:LINES])

    def notes(self) -> list[str]:
        """All that was said."""
        return [
            text.replace("{n}", f"{times:,}") + _where(times, lines) for text, (times, lines) in self._notes.items()
        ]


def _where(times: int, lines: list[int]) -> str:
    if not lines:
        return ""
    return f" Line{'s'[: len(lines) - 1]} {', '.join(map(str, lines))}{' …' if times > len(lines) else ''}."


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write event logs. A module of this package with a constant FORMAT adds a format.

    `matches` looks at the first bytes (unpacked); formats with a lower `rank` are asked first. `read` yields the log in bounded
    pieces, in the order of the file, and raises BadFile for what is not such a file.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    matches: Callable[[Head], bool]
    read: Callable[[Source, Options, Report], Generator[Piece]]
    rank: int = 50
