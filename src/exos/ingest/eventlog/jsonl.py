"""JSON Lines: one object per line, one event per object."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from exos.errors import BadFile
from exos.ingest.eventlog.arrays import Ints, rows_to_maps, texts
from exos.ingest.eventlog.csv_text import UTF8, Block, as_utf8
from exos.ingest.eventlog.format import Format, Piece, Report
from exos.ingest.eventlog.options import Options
from exos.ingest.eventlog.pipeline import ahead
from exos.ingest.eventlog.rejections import Rejections
from exos.ingest.eventlog.source import Head, Source
from exos.ingest.eventlog.table import CASE_PREFIX, Layout, Rows
from exos.ingest.eventlog.texts import text_of

LONGEST_LINE = 64 * 1024**2
MANY_CASE_KEYS = 1_000
NOT_JSON = "not a JSON object"


def read(source: Source, options: Options, report: Report) -> Generator[Piece]:
    """The events of a JSONL file. Raises BadFile where its objects lack what is needed."""
    encoding = options.encoding or source.head().wide or UTF8
    blocks = _lines(as_utf8(source.blocks(), encoding, report, source.name), source.name)
    first = next(blocks, None)
    if first is None:
        raise BadFile(f"{source.name} has no lines.", "Export the log again.")
    objects, _, _ = _objects(first)
    if not objects:
        raise BadFile(f"{source.name} has no JSON object on its first lines.", "Write one JSON object per line.")
    layout = Layout(list(dict.fromkeys(chain.from_iterable(objects))), options, report, source.name)
    layout.learn([_columns(objects, layout.used)])
    yield from ahead(partial(_piece, block, layout) for block in chain([first], blocks))


def _matches(head: Head) -> bool:
    first, _, second = head.text.partition("\n")
    return (
        not head.binary and first.startswith("{") and (first.rstrip().endswith("}") or (head.complete and not second))
    )


FORMAT = Format("jsonl", "JSON Lines", (".jsonl", ".ndjson", ".json"), _matches, read, rank=40)


def _lines(blocks: Iterator[bytes], source: str) -> Iterator[Block]:
    carry, line = b"", 1
    for block in blocks:
        carry += block
        end = carry.rfind(b"\n") + 1
        if end:
            yield Block(carry[:end], line)
            line += carry.count(b"\n", 0, end)
            carry = carry[end:]
        elif len(carry) > LONGEST_LINE:
            raise BadFile(
                f"{source}: line {line} is longer than {LONGEST_LINE >> 20} MiB.", "Write one object per line."
            )
    if carry.strip():
        yield Block(carry, line)


def _piece(block: Block, layout: Layout) -> Piece:
    objects, where, rejections = _objects(block)

    def lines(places: Ints) -> Ints:
        return where[places]

    cases = sorted({name for name in chain.from_iterable(objects) if name.startswith(CASE_PREFIX)} - layout.used)
    if len(cases) > MANY_CASE_KEYS:
        raise BadFile(
            f"The lines from {block.line} on have {len(cases):,} different keys that begin with {CASE_PREFIX!r}.",
            "Give attributes of a case under few names.",
        )
    names = layout.used | set(cases)
    extra = ([(key, _text(value) or "") for key, value in row.items() if key not in names] for row in objects)
    attributes = rows_to_maps(extra, len(objects))
    return layout.settle(Rows(_columns(objects, names), where, lines, rejections, attributes))


def _objects(block: Block) -> tuple[list[dict[str, Any]], Ints, Rejections]:
    """Objects, the line number of each, and the lines that hold none."""
    lines = block.data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    rejections = Rejections()
    objects, where = [], []
    for number, line in enumerate(lines, block.line):
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            value = None
            if not line.strip():
                continue
        if isinstance(value, dict):
            objects.append(value)
            where.append(number)
        else:
            rejections.add(number, "", line.decode("utf-8", "replace").strip(), NOT_JSON)
    return objects, np.array(where, np.int64), rejections


def _columns(objects: list[dict[str, Any]], names: Iterable[str]) -> dict[str, pa.Array]:
    """Columns of text. Only for keys that most objects have: one object may bring keys of its own."""
    return {name: texts(_text(row.get(name)) for row in objects) for name in names}


def _text(value: Any) -> str | None:
    return value if value is None or type(value) is str else text_of(value)
