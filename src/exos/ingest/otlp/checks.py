"""What a request is checked for before it is acknowledged: all that could keep its rows from being stored later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue

from exos.errors import BadTelemetry, TooLarge
from exos.ingest.otlp.columns import bad_identifier
from exos.ingest.otlp.shared import check_count, check_growth

LARGE_BYTES, NESTED_VALUES = 1024**2, 500_000
"""Requests beyond that size are looked at for values in arrays and maps; how many of them one request may hold."""
DAYS = 100
"""Days that the rows of one request may be of: the engine makes a part of each, and refuses more at a time."""
_SECONDS = 86_400
_NANOSECONDS = _SECONDS * 10**9
_TRACE, _SPAN = 16, 8


def check_spans(request: ExportTraceServiceRequest) -> tuple[int, frozenset[int]]:
    """The number of spans, and their days since 1970. Raises BadIdentifier, TooLarge, BadTelemetry for spans of too many days."""
    count = expanded = 0
    days: set[int] = set()
    for resource in request.resource_spans:
        weight = resource.resource.ByteSize()
        for scope in resource.scope_spans:
            spans = scope.spans
            count += len(spans)
            expanded += len(spans) * (weight + scope.scope.ByteSize())
            check_count(count)
            for span in spans:
                days.add(span.start_time_unix_nano // _NANOSECONDS)
                if len(span.trace_id) != _TRACE or len(span.span_id) != _SPAN or len(span.parent_span_id) != _SPAN:
                    _check_identifiers((span.trace_id, _TRACE), (span.span_id, _SPAN), (span.parent_span_id, _SPAN))
                for link in span.links:
                    _check_identifiers((link.trace_id, _TRACE), (link.span_id, _SPAN))
    check_growth(expanded)
    _check_days(len(days))
    return count, frozenset(days)


def check_nesting(request: ExportTraceServiceRequest) -> None:
    """Raises TooLarge for more values in arrays and maps than can be made text in a moment."""
    count = 0
    for resource in request.resource_spans:
        count = _nested(resource.resource.attributes, count)
        for scope in resource.scope_spans:
            for span in scope.spans:
                for attributes in (
                    span.attributes,
                    *(event.attributes for event in span.events),
                    *(link.attributes for link in span.links),
                ):
                    count = _nested(attributes, count)


def _nested(attributes: Iterable[KeyValue], count: int) -> int:
    waiting = [one.value for one in attributes]
    while waiting:
        value = waiting.pop()
        if value.HasField("array_value"):
            count += len(value.array_value.values)
        elif value.HasField("kvlist_value"):
            count += len(value.kvlist_value.values)
        else:
            continue
        if count > NESTED_VALUES:
            raise TooLarge(
                f"The request holds more than {NESTED_VALUES:,} values in arrays and maps.", "Send smaller batches."
            )
        waiting += value.array_value.values
        waiting += [one.value for one in value.kvlist_value.values]
    return count


def check_batches(batches: Mapping[str, pa.RecordBatch]) -> tuple[int, frozenset[int]]:
    """The number of rows in all tables, and their days since 1970. Raises BadTelemetry when those of one table are of too
    many days.
    """
    days = frozenset[int]()
    for batch in batches.values():
        own = _days(batch)
        _check_days(len(own))
        days |= own
    return sum(int(batch.num_rows) for batch in batches.values()), days


def _days(batch: pa.RecordBatch) -> frozenset[int]:
    if "Timestamp" in batch.schema.names:
        numbers = pc.divide(batch.column("Timestamp").cast(pa.int64()), _NANOSECONDS)
    else:
        numbers = pc.divide(batch.column("TimeUnix"), _SECONDS)
    return frozenset(pc.unique(numbers).to_pylist())


def _check_days(count: int) -> None:
    if count > DAYS:
        raise BadTelemetry(f"The rows are of {count} days.", f"Send at most {DAYS} days in a request.")


def _check_identifiers(*given: tuple[bytes, int]) -> None:
    for value, size in given:
        if value and len(value) != size:
            raise bad_identifier(value, size)
