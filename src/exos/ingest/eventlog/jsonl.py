"""JSON Lines: one object per line, one event per object."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from functools import partial
from itertools import chain
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from exos.errors import BadFile
from exos.ingest.eventlog.arrays import Ints, texts
from exos.ingest.eventlog.csv_text import Block
from exos.ingest.eventlog.format import Format, Piece, Report
from exos.ingest.eventlog.options import Options
from exos.ingest.eventlog.pipeline import ahead
from exos.ingest.eventlog.rejections import Rejections
from exos.ingest.eventlog.source import BLOCK, Head, Source
from exos.ingest.eventlog.table import Layout, Rows
from exos.ingest.eventlog.texts import text_of

LONGEST_LINE = 64 * 1024**2
NOT_JSON = "not a JSON object"
_NUMBER = re.compile(r"^-?\d")


def read(source: Source, options: Options, report: Report) -> Generator[Piece]:
    """The events of a JSONL file. Raises BadFile where its objects lack what is needed."""
    blocks = _lines(source)
    first = next(blocks, None)
    if first is None:
        raise BadFile(f"{source.name} has no lines.", "Export the log again.")
    objects, _, _ = _objects(first)
    if not objects:
        raise BadFile(f"{source.name} has no JSON object on its first lines.", "Write one JSON object per line.")
    sample = _columns(objects)
    layout = Layout(list(sample), options, report, source.name)
    layout.learn([sample])
    yield from ahead(partial(_piece, block, layout) for block in chain([first], blocks))


def _matches(head: Head) -> bool:
    first, _, second = head.text.partition("\n")
    return (
        not head.binary and first.startswith("{") and (first.rstrip().endswith("}") or (head.complete and not second))
    )


FORMAT = Format("jsonl", "JSON Lines", (".jsonl", ".ndjson", ".json"), _matches, read, rank=40)


def _lines(source: Source) -> Iterator[Block]:
    carry, line = b"", 1
    for block in source.blocks(BLOCK):
        carry += block
        end = carry.rfind(b"\n") + 1
        if end:
            yield Block(carry[:end], line)
            line += carry.count(b"\n", 0, end)
            carry = carry[end:]
        elif len(carry) > LONGEST_LINE:
            raise BadFile(
                f"{source.name}: line {line} is longer than {LONGEST_LINE >> 20} MiB.", "Write one object per line."
            )
    if carry.strip():
        yield Block(carry, line)


def _piece(block: Block, layout: Layout) -> Piece:
    objects, where, rejections = _objects(block)

    def lines(places: Ints) -> Ints:
        return where[places]

    return layout.settle(Rows(_columns(objects), where, lines, rejections))


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


def _columns(objects: list[dict[str, Any]]) -> dict[str, pa.Array]:
    """Columns of text in the order in which the keys first appear."""
    names = dict.fromkeys(chain.from_iterable(objects))
    return {name: texts(_text(row.get(name)) for row in objects) for name in names}


def _text(value: Any) -> str | None:
    return value if value is None or type(value) is str else text_of(value)
