"""The three signals: their messages, and the way from a body to rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

from exos.errors import BadTelemetry
from exos.ingest.otlp.columns import BadIdentifier
from exos.ingest.otlp.json_reader import read_json
from exos.ingest.otlp.logs import decode_logs
from exos.ingest.otlp.metrics import decode_metrics
from exos.ingest.otlp.pruning import prune
from exos.ingest.otlp.traces import decode_traces

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


TRACES = Signal(
    "traces",
    trace_service_pb2.ExportTraceServiceRequest,
    trace_service_pb2.ExportTraceServiceResponse,
    "rejected_spans",
    decode_traces,
    ("otel_traces",),
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
class Decoded:
    """The rows of one request, per table, and how many of its items cannot be stored, with the reason."""

    batches: Batches
    rejected: int = 0
    reason: str = ""

    @property
    def rows(self) -> int:
        """Rows in all tables."""
        return sum(batch.num_rows for batch in self.batches.values())


def decode(signal: Signal, body: bytes, *, json: bool, enrichment: Mapping[str, str] | None = None) -> Decoded:
    """Read one request. `enrichment` is added to resources that are browsers.

    Raises BadTelemetry when the body is not an OTLP request of that signal, TooLarge when it holds too many rows.
    """
    request = read(signal, body, json=json)
    try:
        return Decoded(signal.rows(request, enrichment))
    except BadIdentifier as error:
        rejected = prune(request)
        return Decoded(signal.rows(request, enrichment), rejected, error.message)


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
