"""OTLP requests for tests: made by hand, and at random."""

from __future__ import annotations

import base64
import time
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from hypothesis import strategies as st
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.metrics.v1 import metrics_pb2 as metric_messages
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

START = (int(time.time()) // 86_400 - 1) * 86_400 * 10**9 + 123_000_000
"""Shortly after the last midnight but one, in nanoseconds: the tables drop what is a month old."""

_TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
_LEAVES = st.one_of(
    st.builds(AnyValue),
    st.builds(AnyValue, string_value=_TEXTS),
    st.builds(AnyValue, bool_value=st.booleans()),
    st.builds(AnyValue, int_value=st.integers(-(2**63), 2**63 - 1)),
    st.builds(AnyValue, double_value=st.floats()),
    st.builds(AnyValue, bytes_value=st.binary(max_size=6)),
)


def _nested(inner: Any) -> Any:
    arrays = st.builds(ArrayValue, values=st.lists(inner, max_size=3))
    maps = st.builds(KeyValueList, values=st.lists(st.builds(KeyValue, key=_TEXTS, value=inner), max_size=3))
    return st.builds(AnyValue, array_value=arrays) | st.builds(AnyValue, kvlist_value=maps)


VALUES = st.recursive(_LEAVES, _nested, max_leaves=6)
_ATTRIBUTES = st.lists(st.builds(KeyValue, key=_TEXTS, value=VALUES), max_size=4, unique_by=lambda one: one.key)
_TIMES = st.integers(0, 2**64 - 1) | st.integers(START, START + 10**12)


def _identifiers(size: int) -> Any:
    return st.just(b"") | st.just(bytes(size)) | st.binary(min_size=size, max_size=size)


SPANS = st.builds(
    Span,
    trace_id=_identifiers(16),
    span_id=_identifiers(8),
    parent_span_id=_identifiers(8),
    trace_state=_TEXTS,
    name=_TEXTS,
    kind=st.integers(0, 7),
    start_time_unix_nano=_TIMES,
    end_time_unix_nano=_TIMES,
    attributes=_ATTRIBUTES,
    events=st.lists(st.builds(Span.Event, time_unix_nano=_TIMES, name=_TEXTS, attributes=_ATTRIBUTES), max_size=2),
    links=st.lists(
        st.builds(Span.Link, trace_id=_identifiers(16), span_id=_identifiers(8), attributes=_ATTRIBUTES), max_size=2
    ),
    status=st.builds(Status, message=_TEXTS, code=st.integers(0, 3)),
)


@st.composite
def trace_requests(draw: st.DrawFn) -> ExportTraceServiceRequest:
    """A request with a few resources, scopes and spans."""
    request = ExportTraceServiceRequest()
    for _ in range(draw(st.integers(0, 2))):
        resource = ResourceSpans(schema_url=draw(_TEXTS))
        resource.resource.attributes.extend(draw(_ATTRIBUTES))
        for _ in range(draw(st.integers(0, 2))):
            scope = ScopeSpans(schema_url=draw(_TEXTS), spans=draw(st.lists(SPANS, max_size=3)))
            scope.scope.name, scope.scope.version = draw(_TEXTS), draw(_TEXTS)
            resource.scope_spans.append(scope)
        request.resource_spans.append(resource)
    return request


def attribute(key: str, value: Any) -> KeyValue:
    """An attribute with a string, bool, int or float value."""
    kind = {str: "string_value", bool: "bool_value", int: "int_value", float: "double_value"}[type(value)]
    return KeyValue(key=key, value=AnyValue(**{kind: value}))


def traces(service: str, first: int = 0, count: int = 1, **attributes: Any) -> ExportTraceServiceRequest:
    """`count` spans of a service, with ids that follow from `service` and their number."""
    made = [attribute(key, value) for key, value in attributes.items()]
    spans = [
        Span(
            trace_id=service.encode()[:8].ljust(8) + number.to_bytes(8, "big"),
            span_id=(number + 1).to_bytes(8, "big"),
            name=f"step {number % 5}",
            kind=Span.SpanKind.SPAN_KIND_SERVER,
            start_time_unix_nano=START + number * 1000,
            end_time_unix_nano=START + number * 1000 + 500,
            attributes=made,
        )
        for number in range(first, first + count)
    ]
    resource = ResourceSpans(scope_spans=[ScopeSpans(spans=spans)])
    resource.resource.attributes.append(attribute("service.name", service))
    return ExportTraceServiceRequest(resource_spans=[resource])


def metrics_of_all_kinds() -> ExportMetricsServiceRequest:
    """A metric of each kind with all that it can have, and one without data."""
    m: Any = metric_messages
    request = ExportMetricsServiceRequest()
    resource = request.resource_metrics.add(schema_url="resource-url")
    resource.resource.attributes.append(attribute("service.name", "api"))
    scope = resource.scope_metrics.add(schema_url="scope-url")
    scope.scope.name, scope.scope.version, scope.scope.dropped_attributes_count = "meter", "1", 2
    when: dict[str, Any] = {"start_time_unix_nano": START, "time_unix_nano": START + 2_900_000_000, "flags": 1}
    common: dict[str, Any] = {**when, "attributes": [attribute("k", "v")]}
    exemplar = m.Exemplar(
        as_int=4,
        time_unix_nano=START,
        span_id=b"\x01" * 8,
        trace_id=b"\x02" * 16,
        filtered_attributes=[attribute("e", 1)],
    )
    sides: dict[str, Any] = {
        "positive": {"offset": 1, "bucket_counts": [1, 2]},
        "negative": {"offset": -1, "bucket_counts": [3]},
    }
    counted: dict[str, Any] = {"count": 3, "sum": 6.5, "min": 1, "max": 4}
    for name, data in {
        "gauge": m.Gauge(data_points=[m.NumberDataPoint(**common, as_double=1.5, exemplars=[exemplar])]),
        "sum": m.Sum(data_points=[m.NumberDataPoint(**common, as_int=7)], aggregation_temporality=2, is_monotonic=True),
        "histogram": m.Histogram(
            data_points=[m.HistogramDataPoint(**common, **counted, bucket_counts=[1, 2], explicit_bounds=[5])],
            aggregation_temporality=1,
        ),
        "exponential_histogram": m.ExponentialHistogram(
            data_points=[m.ExponentialHistogramDataPoint(**common, **counted, scale=-2, zero_count=9, **sides)],
            aggregation_temporality=2,
        ),
        "summary": m.Summary(
            data_points=[
                m.SummaryDataPoint(**common, count=3, sum=6.5, quantile_values=[{"quantile": 0.5, "value": 2}])
            ]
        ),
    }.items():
        scope.metrics.add(name=f"my.{name}", description="d", unit="ms", **{name: data})
    scope.metrics.add(name="empty")
    return request


def as_otlp_json(message: Message) -> Any:
    """The message in OTLP/JSON: protobuf's JSON with enums as numbers and ids in hexadecimal."""
    return _with_hex_ids(MessageToDict(message, use_integers_for_enums=True))


def _with_hex_ids(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_hex_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    ids = {"traceId", "spanId", "parentSpanId"}
    return {
        key: base64.b64decode(item).hex() if key in ids and isinstance(item, str) else _with_hex_ids(item)
        for key, item in value.items()
    }
