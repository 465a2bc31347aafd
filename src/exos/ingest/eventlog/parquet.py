"""Parquet: typed columns, read a row group's part at a time."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from exos.errors import BadFile
from exos.ingest.eventlog.arrays import Ints
from exos.ingest.eventlog.format import Format, Piece, Report
from exos.ingest.eventlog.options import Options
from exos.ingest.eventlog.pipeline import ahead
from exos.ingest.eventlog.rejections import Rejections
from exos.ingest.eventlog.source import Source
from exos.ingest.eventlog.table import Layout, Rows, distinct

MAGIC = b"PAR1"
BATCH_ROWS = 65_536


def read(source: Source, options: Options, report: Report) -> Generator[Piece]:
    """The rows of a Parquet file. Raises BadFile where it is damaged or lacks the columns that are needed."""
    with source.unpacked_path() as path:
        yield from ahead(_tasks(path, source, options, report))


FORMAT = Format(
    "parquet", "Apache Parquet", (".parquet", ".pq"), lambda head: head.data.startswith(MAGIC), read, rank=5
)


def _tasks(path: Path, source: Source, options: Options, report: Report) -> Iterator[Callable[[], Piece]]:
    # Not at the top: the Parquet reader takes 80 ms to load, and most imports do without it.
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(path, memory_map=False)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise BadFile(f"{source.name} is no complete Parquet file: {error}.", "Copy or export it again.") from None
    with file:
        names = distinct(file.schema_arrow.names, report)
        layout = Layout(names, options, report, source.name)
        total, first = file.metadata.num_rows, 0
        for batch in _batches(file, source.name):
            columns = dict(zip(names, batch.columns, strict=True))
            if first == 0:
                layout.learn([columns])
            yield partial(_piece, layout, columns, batch.num_rows, first)
            first += batch.num_rows
            source.position = source.size * first // max(1, total)


def _batches(file: pa.parquet.ParquetFile, source: str) -> Iterator[pa.RecordBatch]:
    try:
        for batch in file.iter_batches(BATCH_ROWS):
            yield pa.RecordBatch.from_arrays([_plain(column) for column in batch.columns], batch.schema.names)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise BadFile(f"{source} is damaged: {error}.", "Copy or export it again.") from None


def _piece(layout: Layout, columns: dict[str, pa.Array], length: int, first: int) -> Piece:
    return layout.settle(Rows(columns, first + np.arange(length), partial(_row_numbers, first), Rejections()))


def _row_numbers(first: int, places: Ints) -> Ints:
    """Parquet has no lines: rows are counted from 1."""
    return first + places + 1


def _plain(column: pa.Array) -> pa.Array:
    """Without dictionaries, and with plain texts that are known to be UTF-8."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_large_string(column.type) or pa.types.is_string_view(column.type):
        column = column.cast(pa.string())
    return column.cast(pa.binary()).cast(pa.string()) if pa.types.is_string(column.type) else column
