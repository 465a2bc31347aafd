"""Arrow record batches as the bytes that engines read."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterable

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
