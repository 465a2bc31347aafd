"""The three signals: their messages, and the way from a body to rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

from exos.errors import BadTelemetry
from exos.ingest.otlp.checks import LARGE_BYTES, check_batches, check_nesting, check_spans
from exos.ingest.otlp.columns import BadIdentifier
from exos.ingest.otlp.json_reader import read_json
from exos.ingest.otlp.logs import decode_logs
from exos.ingest.otlp.metrics import decode_metrics
from exos.ingest.otlp.pruning import prune
from exos.ingest.otlp.spans_in_engine import LOADING
from exos.ingest.otlp.traces import decode_traces
from exos.ingest.otlp.withholding import withhold
from exos.store.loading import Loading

Batches = dict[str, pa.RecordBatch]
"""A batch of rows per table."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One of traces, logs and metrics: what its requests and answers are, and how they become rows."""

    name: str
    request: type[Message]
    response: type[Message]
    rejected: str
    """The field of the answer's partial success that counts what was not taken."""
    rows: Callable[[Any, Mapping[str, str] | None], Batches]
    tables: tuple[str, ...]
    loading: Loading | None = None
    """How the embedded engine makes the rows of a request itself."""


TRACES = Signal(
    "traces",
    trace_service_pb2.ExportTraceServiceRequest,
    trace_service_pb2.ExportTraceServiceResponse,
    "rejected_spans",
    decode_traces,
    ("otel_traces",),
    LOADING,
)
LOGS = Signal(
    "logs",
    logs_service_pb2.ExportLogsServiceRequest,
    logs_service_pb2.ExportLogsServiceResponse,
    "rejected_log_records",
    decode_logs,
    ("otel_logs", "hyperdx_sessions"),
)
METRICS = Signal(
    "metrics",
    metrics_service_pb2.ExportMetricsServiceRequest,
    metrics_service_pb2.ExportMetricsServiceResponse,
    "rejected_data_points",
    decode_metrics,
    tuple(f"otel_metrics_{kind}" for kind in ("gauge", "sum", "histogram", "exponential_histogram", "summary")),
)
SIGNALS = {signal.name: signal for signal in (TRACES, LOGS, METRICS)}


@dataclass(frozen=True, slots=True)
class Accepted:
    """A request that can be stored: its protobuf, and its rows per table, or None where the database makes them of it.

    `rows` are those of all tables, of `days` since 1970; `rejected` counts the items that were taken out because of `reason`.
    """

    signal: Signal
    body: bytes
    enrichment: Mapping[str, str]
    rows: int
    batches: Batches | None
    days: frozenset[int]
    rejected: int = 0
    reason: str = ""

    @property
    def size(self) -> int:
        """Bytes that it holds in memory."""
        return len(self.body) + sum(int(batch.nbytes) for batch in (self.batches or {}).values())


def accept(
    signal: Signal,
    body: bytes,
    *,
    json: bool,
    enrichment: Mapping[str, str] | None = None,
    natively: bool = False,
    withheld: Callable[[str], bool] | None = None,
) -> Accepted:
    """Read and check one request. `enrichment` is added to resources that are browsers, and attributes whose names are
    `withheld` are taken out of them. `natively`: the database makes the rows, and they are not made here.

    Raises BadTelemetry when the body is not an OTLP request of that signal or its rows cannot be stored, TooLarge when it
    holds too many.
    """
    request = read(signal, body, json=json)
    if withheld is not None:
        withhold(request, withheld)
    try:
        return _accepted(signal, request, enrichment or {}, natively)
    except BadIdentifier as error:
        rejected = prune(request)
        kept = _accepted(signal, request, enrichment or {}, natively)
        return replace(kept, rejected=rejected, reason=error.message)


def _accepted(signal: Signal, request: Any, enrichment: Mapping[str, str], natively: bool) -> Accepted:
    """Written anew, a request has each known field once and in order: nothing is left for two readers to see differently."""
    request.DiscardUnknownFields()
    batches = None if natively else signal.rows(request, enrichment)
    rows, days = check_spans(request) if batches is None else check_batches(batches)
    body = request.SerializeToString()
    if batches is None and len(body) > LARGE_BYTES:
        check_nesting(request)
    return Accepted(signal, body, enrichment, rows, batches, days)


def read(signal: Signal, body: bytes, *, json: bool) -> Message:
    """The request's message. Raises BadTelemetry."""
    if json:
        return read_json(body, signal.request)
    message = signal.request()
    try:
        message.ParseFromString(body)
    except DecodeError:
        raise BadTelemetry(
            f"The body is not a protobuf request of {signal.name}.", "Check the path and the Content-Type."
        ) from None
    return message
