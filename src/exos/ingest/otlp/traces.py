"""Spans as rows of `otel_traces`, value for value what the collector's ClickHouse exporter writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from exos.ingest.otlp.columns import Lists, Maps, batch, identifier, nanoseconds, strings
from exos.ingest.otlp.shared import Shared
from exos.store.clickstack import TRACES

KINDS = ("Unspecified", "Internal", "Server", "Client", "Producer", "Consumer")
STATUSES = ("Unset", "Ok", "Error")


def decode_traces(
    request: ExportTraceServiceRequest, enrichment: Mapping[str, str] | None = None
) -> dict[str, pa.RecordBatch]:
    """The request's spans, as a batch for `otel_traces`; no batch when there are none. Raises BadIdentifier, TooLarge."""
    shared, spans = Shared(enrichment or {}), list[Span]()
    for resource in request.resource_spans:
        shared.resource(resource.resource, resource.schema_url)
        for scope in resource.scope_spans:
            shared.scope(scope.scope, scope.schema_url)
            shared.rows(len(scope.spans))
            spans += scope.spans
    if not spans:
        return {}
    columns = {**shared.columns(), **_own(spans), **_events(spans), **_links(spans)}
    return {"otel_traces": batch(columns, TRACES)}


def _own(spans: Sequence[Span]) -> dict[str, Any]:
    attributes = Maps()
    for span in spans:
        attributes.add(span.attributes)
    starts = [span.start_time_unix_nano for span in spans]
    ends = [span.end_time_unix_nano for span in spans]
    return {
        "Timestamp": nanoseconds(starts),
        "TraceId": strings([identifier(span.trace_id, 16) for span in spans]),
        "SpanId": strings([identifier(span.span_id, 8) for span in spans]),
        "ParentSpanId": strings([identifier(span.parent_span_id, 8) for span in spans]),
        "TraceState": strings([span.trace_state for span in spans]),
        "SpanName": strings([span.name for span in spans]),
        "SpanKind": strings([_named(KINDS, span.kind) for span in spans]),
        "SpanAttributes": attributes.array(),
        # A clock that was set back must not become a span of 584 years.
        "Duration": pa.array([max(end - start, 0) for start, end in zip(starts, ends, strict=True)], pa.uint64()),
        **_status(spans),
    }


def _status(spans: Sequence[Span]) -> dict[str, Any]:
    statuses = [span.status for span in spans]
    return {
        "StatusCode": strings([_named(STATUSES, status.code) for status in statuses]),
        "StatusMessage": strings([status.message for status in statuses]),
    }


def _events(spans: Iterable[Span]) -> dict[str, Any]:
    lists, times, names, attributes = Lists(), list[int](), list[str](), Maps()
    for span in spans:
        for event in span.events:
            times.append(event.time_unix_nano)
            names.append(event.name)
            attributes.add(event.attributes)
        lists.close(len(names))
    return {
        "Events.Timestamp": lists.of(nanoseconds(times)),
        "Events.Name": lists.of(strings(names)),
        "Events.Attributes": lists.of(attributes.array()),
    }


def _links(spans: Iterable[Span]) -> dict[str, Any]:
    lists, traces, ids, states, attributes = Lists(), list[str](), list[str](), list[str](), Maps()
    for span in spans:
        for link in span.links:
            traces.append(identifier(link.trace_id, 16))
            ids.append(identifier(link.span_id, 8))
            states.append(link.trace_state)
            attributes.add(link.attributes)
        lists.close(len(ids))
    return {
        "Links.TraceId": lists.of(strings(traces)),
        "Links.SpanId": lists.of(strings(ids)),
        "Links.TraceState": lists.of(strings(states)),
        "Links.Attributes": lists.of(attributes.array()),
    }


def _named(names: Sequence[str], number: int) -> str:
    """The name of an enum's number; empty for one that is not known, as the collector has it."""
    return names[number] if 0 <= number < len(names) else ""
