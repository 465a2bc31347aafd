"""Arrow record batches as the bytes that engines read."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterable, Iterator

import pyarrow as pa


def stream(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Generator[bytes, None, None]:
    """The Arrow IPC stream of the batches, one piece per batch, so that only one batch is in memory as bytes."""
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
            yield sink.getvalue()
            sink.seek(0)
            sink.truncate()
    yield sink.getvalue()


def pieces(batches: Iterable[pa.RecordBatch], size: int) -> Iterator[list[pa.RecordBatch]]:
    """The batches in groups of at least `size` bytes each, save the last."""
    group: list[pa.RecordBatch] = []
    held = 0
    for batch in batches:
        group.append(batch)
        held += batch.nbytes
        if held >= size:
            yield group
            group, held = [], 0
    if group:
        yield group
