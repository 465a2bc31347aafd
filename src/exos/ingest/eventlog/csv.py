"""CSV: any delimiter, encoding and quoting, in blocks of whole records, each parsed by Arrow."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from exos.errors import BadFile
from exos.ingest.eventlog import csv_text
from exos.ingest.eventlog.arrays import Ints, booleans, flags, no_texts
from exos.ingest.eventlog.csv_text import Block
from exos.ingest.eventlog.events import nothing
from exos.ingest.eventlog.format import LINES, Format, Piece, Report
from exos.ingest.eventlog.options import Options
from exos.ingest.eventlog.pipeline import ahead
from exos.ingest.eventlog.rejections import Rejections
from exos.ingest.eventlog.source import Head, Source
from exos.ingest.eventlog.table import Layout, Rows, distinct

SAMPLE_BLOCKS = 8
_NUMBER_OR_TIME = re.compile(r"^[\d\s:.,/+TZ-]+$")
_SEPARATOR_LINE = re.compile(rb'^"?sep=(.)"?\r?\n', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Dialect:
    delimiter: str
    names: list[str]
    source: str


def read(source: Source, options: Options, report: Report) -> Generator[Piece]:
    """The rows of a CSV file. Raises BadFile for a file without delimiter, header or the columns that are needed."""
    head = source.head()
    encoding = options.encoding or csv_text.encoding_of(head)
    sample = head.data.removeprefix(b"\xef\xbb\xbf").decode(encoding, "replace")
    delimiter = options.delimiter or _announced(head.data) or _found(sample, head, source.name)
    texts = csv_text.as_utf8(source.blocks(), encoding, report, source.name)
    blocks = csv_text.cut(texts, delimiter, source.name)
    names, blocks = _header(blocks, delimiter, source.name, report)
    dialect = _Dialect(delimiter, names, source.name)
    layout = Layout(names, options, report, source.name)
    blocks = _learn(layout, blocks, dialect)
    yield from ahead(partial(_piece, block, dialect, layout, report) for block in blocks)


def _matches(head: Head) -> bool:
    return not head.binary and not head.text.startswith(("<", "{", "["))


FORMAT = Format("csv", "comma-separated values", (".csv", ".tsv", ".txt"), _matches, read, rank=90)


def _announced(head: bytes) -> str:
    """Excel's first line `sep=;`."""
    found = _SEPARATOR_LINE.match(head.removeprefix(b"\xef\xbb\xbf"))
    return found.group(1).decode() if found else ""


def _found(sample: str, head: Head, source: str) -> str:
    if head.complete and not sample.endswith("\n"):
        sample += "\n"
    delimiter = csv_text.delimiter_of(sample.replace("\r\n", "\n").replace("\r", "\n"), head.complete)
    if not delimiter:
        first = sample.lstrip().split("\n", 1)[0][:80].strip()
        raise BadFile(
            f"{source} is no table: no comma, semicolon, tab or bar cuts its lines alike. It begins with {first!r}.",
            "Name the delimiter with --delimiter, or the right --format.",
        )
    return delimiter


def _header(blocks: Iterator[Block], delimiter: str, source: str, report: Report) -> tuple[list[str], Iterator[Block]]:
    """The column names, and the blocks without them."""
    first = next(blocks, None)
    if first is None:
        raise BadFile(f"{source} has no rows.", "Export the log again.")
    data, line = first.data, first.line
    if skipped := _SEPARATOR_LINE.match(data):
        data, line = data[skipped.end() :], line + 1
    while data[:1] in (b"\n", b"\r"):
        line += data[:1] == b"\n"
        data = data[1:]
    end = int(csv_text.record_ends(data, delimiter)[0]) + 1
    names = csv_text.split(csv_text.repaired(data[:end], report).decode(), delimiter)[0]
    _check_header(names, source)
    rest = Block(data[end:], line + data[:end].count(b"\n"), first.unclosed)
    return distinct(names, report), chain([rest] if rest.data else [], blocks)


def _check_header(names: list[str], source: str) -> None:
    if any("\0" in name for name in names):
        raise BadFile(f"{source} has a NUL byte in its header.", "Export it again, or remove the byte.")
    if len(names) > 1 and sum(bool(_NUMBER_OR_TIME.match(name)) for name in names) * 3 > len(names):
        raise BadFile(
            f"{source} has no header: its first line is {', '.join(names)[:200]!r}.",
            "Put the names of the columns above it.",
        )


def _learn(layout: Layout, blocks: Iterator[Block], dialect: _Dialect) -> Iterator[Block]:
    """Let the layout look at the first rows; at more of them while they leave the order of day and month open."""
    seen: list[Block] = []
    samples = []
    while True:
        block = next(blocks, None)
        if block is not None:
            seen.append(block)
        if block is not None and block.data:
            samples.append(_parse(block.data, dialect, [], Report()))
        try:
            layout.learn(samples)
        except BadFile:
            if block is None or len(seen) >= SAMPLE_BLOCKS:
                raise
            continue
        if dialect.delimiter != ",":
            layout.learn_costs(samples)
        return chain(seen, blocks)


def _piece(block: Block, dialect: _Dialect, layout: Layout, report: Report) -> Piece:
    rejections = Rejections()
    for line, written in block.unclosed:
        rejections.add(line, "", written, "a quoted field that does not end")
    if not block.data:
        return nothing(rejections)
    invalid: list[pyarrow.csv.InvalidRow] = []
    columns = _parse(block.data, dialect, invalid, report)
    length = len(next(iter(columns.values())))
    records = np.arange(length + len(invalid))
    if invalid:
        records = np.delete(records, [row.number - 1 for row in invalid])
    starts = None

    def lines(places: np.ndarray[tuple[int], np.dtype[np.int64]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        nonlocal starts
        if starts is None:
            starts = csv_text.record_lines(block, dialect.delimiter)
        return starts[records[places]]

    if invalid:
        starts = csv_text.record_lines(block, dialect.delimiter)
        for row in invalid:
            reason = f"{row.actual_columns} fields instead of {row.expected_columns}"
            if "\n" in row.text.strip():
                reason += ", over several lines: a quote may be missing"
            rejections.add(int(starts[row.number - 1]), "", row.text.strip(), reason)
    if b"\0" in block.data:
        columns, records = _without_nul(columns, records, lines, rejections)
    if csv_text.QUOTE in block.data:
        _tell_breaks(columns, layout, lines, report)
    return layout.settle(Rows(columns, block.line + records, lines, rejections))


def _without_nul(
    columns: dict[str, pa.Array], records: Ints, lines: Callable[[Ints], Ints], rejections: Rejections
) -> tuple[dict[str, pa.Array], Ints]:
    """The rows without a NUL byte: the others are damaged."""
    damaged = np.logical_or.reduce([flags(pc.match_substring(column, "\0")) for column in columns.values()])
    places, rejected = np.flatnonzero(damaged), Rejections()
    for place, line in zip(places.tolist(), lines(places).tolist(), strict=True):
        name, value = next((name, text) for name, column in columns.items() if "\0" in (text := column[place].as_py()))
        rejected.add(line, name, value, "a NUL byte: the row is damaged")
    rejections.mix(rejected)
    kept = booleans(~damaged)
    return {name: column.filter(kept) for name, column in columns.items()}, records[~damaged]


def _tell_breaks(columns: dict[str, pa.Array], layout: Layout, lines: Callable[[Ints], Ints], report: Report) -> None:
    """A quote that is missing takes the lines up to the next one into its field."""
    for role in ("case", "activity"):
        name = layout.roles[role]
        places = np.flatnonzero(flags(pc.match_substring(columns[name], "\n")))
        if len(places):
            text = f"{{n}} rows have a line break in {name!r}: a quote may be missing there."
            report.count(text, len(places), lines(places[:LINES]).tolist())


def _parse(
    data: bytes, dialect: _Dialect, invalid: list[pyarrow.csv.InvalidRow], report: Report
) -> dict[str, pa.Array]:
    """Columns of text."""

    def skip(row: pyarrow.csv.InvalidRow) -> str:
        invalid.append(row)
        return "skip"

    data = csv_text.repaired(data, report)
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(data),
            read_options=pyarrow.csv.ReadOptions(
                column_names=dialect.names, use_threads=False, block_size=len(data) + 1
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=dialect.delimiter, newlines_in_values=True, invalid_row_handler=skip
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(dialect.names, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise BadFile(f"{dialect.source} cannot be read as CSV: {error}.", "Check its quotes and delimiters.") from None
    return {name: _one(table.column(name)) for name in dialect.names}


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks or [no_texts(0)])
