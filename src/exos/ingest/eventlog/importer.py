"""Imports one event log: reads it in pieces, fills a staging table, publishes it, brings `cases` up to date."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa

from exos.errors import BadFile, ExosError
from exos.ingest.eventlog import ledger, repeats, staging
from exos.ingest.eventlog.arrays import constant
from exos.ingest.eventlog.format import EVENTS, Format, Piece, Report
from exos.ingest.eventlog.ledger import Entry
from exos.ingest.eventlog.options import Options
from exos.ingest.eventlog.registry import recognise
from exos.ingest.eventlog.rejections import Rejections
from exos.ingest.eventlog.roles import STANDARD
from exos.ingest.eventlog.source import Source, Unpacking
from exos.ingest.eventlog.summary import Summary
from exos.store import cases
from exos.store.database import Database

Progress: TypeAlias = Callable[[int, int, int], None]
ROWS_PER_INSERT = 100_000
"""Storing begins while reading goes on, other writers never wait long, and memory stays small; with a million rows per insert a
2 GB file took 300 MiB more and no less time."""
HALVED = (
    "Starts and completions of activities are events of their own, so each counts as a repetition;"
    " --fold-lifecycle makes one of both."
)
_CONSTANT = ("process", "source")


def import_log(
    database: Database,
    path: Path | str,
    options: Options,
    progress: Progress | None = None,
    *,
    name: str = "",
    unpacking: Unpacking | None = None,
) -> Summary:
    """Import a file into `options.process`. All of it becomes visible at the end, or nothing.

    `name` is what the file is called where its path does not tell (an upload); `unpacking` bounds how far a packed file may
    swell. `progress` is called after every piece of some ten thousand events, with the events and the bytes of the file read so
    far and the size of the file. An import that was done before returns at once,
    with `unchanged`. Raises BadFile, BadParameter and what the database raises.
    """
    begun = time.monotonic()
    source = Source(Path(path), name, unpacking)
    found = recognise(source.head(), options.format, source.name)
    entry = Entry.of(source, found.name, options)
    earlier = ledger.finished(database, entry, source.unpacked)
    if earlier is None:
        with staging.staging(database, entry.id) as table:
            ledger.record(database, entry)
            run = _Run(database, source, found, options, entry, begun, progress)
            try:
                run.fill(table)
            except ExosError:
                with suppress(ExosError):
                    ledger.mark(database, entry.process, [entry.id], ledger.FAILED)
                raise
            # What a packed file holds is only known now.
            earlier = ledger.finished(database, entry, source.unpacked)
            if earlier is None:
                summary = run.publish(table)
                ledger.record(database, entry, summary, source.unpacked)
                return summary
            ledger.mark(database, entry.process, [entry.id], ledger.UNCHANGED)
    return replace(earlier, file=source.name, seconds=time.monotonic() - begun)


class _Run:
    """One import while it goes on."""

    def __init__(
        self,
        database: Database,
        source: Source,
        found: Format,
        options: Options,
        entry: Entry,
        begun: float,
        progress: Progress | None,
    ) -> None:
        self._database = database
        self._source = source
        self._format = found
        self._options = options
        self._entry = entry
        self._begun = begun
        self._progress = progress
        self._report = Report()
        self._rejections = Rejections()
        self._events = 0

    def fill(self, table: str) -> None:
        """Read the file into the staging table.

        Raises BadFile where it cannot be read to its end, or nothing in it can be used.
        """
        pieces = self._format.read(self._source, self._options, self._report)
        try:
            self._insert(table, pieces)
        except BadFile as error:
            if not self._events:
                raise
            raise BadFile(
                f"{error.message} {self._events:,} events had been read until there; none of them was kept.", error.hint
            ) from None
        self._source.verify_unchanged()
        if not self._events and self._rejections.total:
            first = self._rejections.rows[0]
            raise BadFile(
                f"None of the {self._rejections.total:,} rows of {self._source.name} can be used; the first: {first}.",
                "Check which columns were taken for the case, the activity and the time.",
            )

    def publish(self, table: str) -> Summary:
        """Make the staged events visible."""
        if not self._events:
            self._report.note("The log holds no events.")
        if self._options.fold_lifecycle and self._events:
            with staging.folded(self._database, table, self._events) as folded:
                return self._published(folded)
        return self._published(table)

    def _published(self, table: str) -> Summary:
        events, cases_, activities = staging.count(self._database, table)
        self._notes(events, cases_)
        if (
            not self._options.fold_lifecycle
            and "lifecycle" in self._report.roles
            and staging.halved(self._database, table)
        ):
            self._report.note(HALVED)
        if twice := repeats.note(self._database, table, self._entry, events):
            self._report.note(twice)
        staging.publish(self._database, table)
        cases.refresh(self._database)
        return Summary(
            id=self._entry.id,
            process=self._options.process,
            file=self._source.name,
            format=self._format.title,
            events=events,
            cases=cases_,
            activities=activities,
            rejections=self._rejections,
            roles={role: self._report.roles[role] for role in STANDARD if role in self._report.roles},
            notes=self._report.notes(),
            seconds=time.monotonic() - self._begun,
            bytes=self._source.size,
        )

    def _notes(self, events: int, cases_: int) -> None:
        if self._report.traces > cases_ and self._events:
            self._report.note(
                f"The log has {self._report.traces:,} traces and {cases_:,} cases:"
                " traces without events are left out, traces of the same name are one case."
            )
        if events < self._events:
            self._report.note(f"{self._events - events:,} starts were folded into their completions.")
        if ledger.same_file(self._database, self._entry):
            self._report.note(
                f"The same file was imported into {self._options.process!r} before, with other options:"
                " its events from then remain."
            )

    def _insert(self, table: str, pieces: Generator[Piece]) -> None:
        """Read on while the batches before are stored, one insert at a time."""
        with closing(pieces), ThreadPoolExecutor(1, thread_name_prefix="eventlog-storing") as storing:
            stored: Future[int] | None = None
            while batches := list(self._some(pieces)):
                if stored is not None:
                    stored.result()
                stored = storing.submit(self._database.insert, table, batches)
            if stored is not None:
                stored.result()

    def _some(self, pieces: Iterator[Piece]) -> Iterator[pa.RecordBatch]:
        """Batches for one insert; none at the end of the file."""
        rows = 0
        while rows < ROWS_PER_INSERT:
            piece = next(pieces, None)
            if piece is None:
                return
            self._rejections.merge(piece.rejections)
            rows += piece.rows.num_rows
            self._events += piece.rows.num_rows
            if piece.rows.num_rows:
                yield self._complete(piece.rows)
            self._tell()

    def _complete(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """With the process and the import."""
        arrays = [constant(self._options.process, len(rows)), constant(self._entry.id, len(rows)), *rows.columns]
        return pa.RecordBatch.from_arrays(arrays, [*_CONSTANT, *EVENTS.names])

    def _tell(self) -> None:
        if self._progress is not None:
            self._progress(self._events, self._source.position, self._source.size)
