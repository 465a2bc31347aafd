"""Log records as rows of `otel_logs`, and recordings of browser sessions as rows of `hyperdx_sessions`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from exos.ingest.otlp import log_transform
from exos.ingest.otlp.columns import Maps, batch, identifier, nanoseconds, strings
from exos.ingest.otlp.shared import Shared
from exos.ingest.otlp.values import as_string, pairs, raw, text
from exos.store.clickstack import LOGS, RECORDINGS

_RECORDING = "rr-web.event"


def decode_logs(
    request: ExportLogsServiceRequest, enrichment: Mapping[str, str] | None = None
) -> dict[str, pa.RecordBatch]:
    """Batches for `otel_logs` and `hyperdx_sessions`, those that have rows. Raises BadIdentifier, TooLarge."""
    shared, records = Shared(enrichment or {}), list[LogRecord]()
    for resource in request.resource_logs:
        shared.resource(resource.resource, resource.schema_url)
        for scope in resource.scope_logs:
            shared.scope(scope.scope, scope.schema_url)
            shared.rows(len(scope.log_records))
            records += scope.log_records
    recorded = [any(one.key == _RECORDING for one in record.attributes) for record in records]
    batches = {}
    for table, schema, kind in (("otel_logs", LOGS, False), ("hyperdx_sessions", RECORDINGS, True)):
        rows = [row for row, is_recording in enumerate(recorded) if is_recording == kind]
        if rows:
            chosen = [records[row] for row in rows]
            said = _recordings(chosen) if kind else _transformed(chosen, shared)
            batches[table] = batch({**shared.columns(rows), **_common(chosen), **said}, schema)
    return batches


def _common(records: Sequence[LogRecord]) -> dict[str, Any]:
    return {
        "Timestamp": nanoseconds(record.time_unix_nano or record.observed_time_unix_nano for record in records),
        "TraceId": strings([identifier(record.trace_id, 16) for record in records]),
        "SpanId": strings([identifier(record.span_id, 8) for record in records]),
        "TraceFlags": pa.array([record.flags & 0xFF for record in records], pa.uint8()),
        "EventName": strings([record.event_name for record in records]),
    }


def _recordings(records: Sequence[LogRecord]) -> dict[str, Any]:
    attributes = Maps()
    for record in records:
        attributes.add(record.attributes)
    return {
        "Body": strings([as_string(record.body) for record in records]),
        "SeverityText": strings([record.severity_text for record in records]),
        "SeverityNumber": pa.array([record.severity_number & 0xFF for record in records], pa.uint8()),
        "LogAttributes": attributes.array(),
    }


def _transformed(records: Sequence[LogRecord], shared: Shared) -> dict[str, Any]:
    attributes, bodies = Maps(), list[str]()
    texts, numbers = list[str](), list[int]()
    for record in records:
        body = raw(record.body)
        spread = log_transform.spread(pairs(record.attributes), body, shared.spend)
        number, level = log_transform.severity(record.severity_number, record.severity_text, spread, body)
        attributes.add_texts({key: text(value) for key, value in spread.items()})
        bodies.append(text(body))
        texts.append(level)
        numbers.append(number & 0xFF)
    return {
        "Body": strings(bodies),
        "SeverityText": strings(texts),
        "SeverityNumber": pa.array(numbers, pa.uint8()),
        "LogAttributes": attributes.array(),
    }
