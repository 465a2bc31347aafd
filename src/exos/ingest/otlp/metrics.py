"""Metric data points as rows of the five `otel_metrics_*` tables. Times are whole seconds there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric

from exos.ingest.otlp.columns import Lists, Maps, batch, identifier, seconds, strings
from exos.ingest.otlp.shared import Shared
from exos.store.clickstack import COUNTS, METRICS, REALS


@dataclass(slots=True)
class _Points:
    """The points of one kind, each with its metric and its place among the request's rows."""

    metrics: list[Metric] = field(default_factory=list)
    points: list[Any] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)


def decode_metrics(
    request: ExportMetricsServiceRequest, enrichment: Mapping[str, str] | None = None
) -> dict[str, pa.RecordBatch]:
    """A batch for each of the five tables that has rows. Raises BadIdentifier, TooLarge."""
    shared, kinds, count = Shared(enrichment or {}), {kind: _Points() for kind in METRICS}, 0
    for resource in request.resource_metrics:
        shared.resource(resource.resource, resource.schema_url)
        for scope in resource.scope_metrics:
            shared.scope(scope.scope, scope.schema_url)
            for metric in scope.metrics:
                kind = metric.WhichOneof("data")
                if kind is None:
                    continue
                points = getattr(metric, kind).data_points
                shared.rows(len(points))
                found = kinds[kind]
                found.metrics += [metric] * len(points)
                found.points += points
                found.rows += range(count, count + len(points))
                count += len(points)
    return {
        f"otel_metrics_{kind}": batch({**shared.columns(found.rows), **_columns(kind, found)}, METRICS[kind])
        for kind, found in kinds.items()
        if found.points
    }


def _columns(kind: str, found: _Points) -> dict[str, Any]:
    columns = _common(found)
    if kind != "summary":
        columns |= _exemplars(found.points)
    if kind in ("gauge", "sum"):
        columns["Value"] = pa.array([_value(point) for point in found.points], pa.float64())
    else:
        columns["Count"] = pa.array([point.count for point in found.points], pa.uint64())
        columns["Sum"] = _doubles(found.points, "sum")
    return columns | _OF_KIND[kind](kind, found)


def _common(found: _Points) -> dict[str, Any]:
    attributes = Maps()
    for point in found.points:
        attributes.add(point.attributes)
    return {
        "MetricName": strings([metric.name for metric in found.metrics]),
        "MetricDescription": strings([metric.description for metric in found.metrics]),
        "MetricUnit": strings([metric.unit for metric in found.metrics]),
        "Attributes": attributes.array(),
        "StartTimeUnix": seconds(point.start_time_unix_nano for point in found.points),
        "TimeUnix": seconds(point.time_unix_nano for point in found.points),
        "Flags": pa.array([point.flags for point in found.points], pa.uint32()),
    }


def _exemplars(points: Sequence[Any]) -> dict[str, Any]:
    lists, attributes = Lists(), Maps()
    times, values, spans, traces = list[int](), list[float](), list[str](), list[str]()
    for point in points:
        for one in point.exemplars:
            attributes.add(one.filtered_attributes)
            times.append(one.time_unix_nano)
            values.append(_value(one))
            spans.append(identifier(one.span_id, 8))
            traces.append(identifier(one.trace_id, 16))
        lists.close(len(times))
    return {
        "Exemplars.FilteredAttributes": lists.of(attributes.array()),
        "Exemplars.TimeUnix": lists.of(seconds(times)),
        "Exemplars.Value": lists.of(pa.array(values, pa.float64())),
        "Exemplars.SpanId": lists.of(strings(spans)),
        "Exemplars.TraceId": lists.of(strings(traces)),
    }


def _value(point: Any) -> float:
    """Of a data point or an exemplar; 0 when it bears none, as the collector writes it."""
    kind = point.WhichOneof("value")
    return 0.0 if kind is None else float(getattr(point, kind))


def _doubles(points: Sequence[Any], name: str) -> Any:
    return pa.array([getattr(point, name) for point in points], pa.float64())


def _nothing(_: str, __: _Points) -> dict[str, Any]:
    return {}


def _temporality(kind: str, found: _Points) -> Any:
    return pa.array([getattr(metric, kind).aggregation_temporality for metric in found.metrics], pa.int32())


def _sum(kind: str, found: _Points) -> dict[str, Any]:
    monotonic = pa.array([metric.sum.is_monotonic for metric in found.metrics], pa.bool_())
    return {"AggregationTemporality": _temporality(kind, found), "IsMonotonic": monotonic}


def _bounds(kind: str, found: _Points) -> dict[str, Any]:
    return {
        "Min": _doubles(found.points, "min"),
        "Max": _doubles(found.points, "max"),
        "AggregationTemporality": _temporality(kind, found),
    }


def _histogram(kind: str, found: _Points) -> dict[str, Any]:
    return {
        **_bounds(kind, found),
        "BucketCounts": pa.array([list(point.bucket_counts) for point in found.points], COUNTS),
        "ExplicitBounds": pa.array([list(point.explicit_bounds) for point in found.points], REALS),
    }


def _exponential(kind: str, found: _Points) -> dict[str, Any]:
    positive, negative = [point.positive for point in found.points], [point.negative for point in found.points]
    return {
        **_bounds(kind, found),
        "Scale": pa.array([point.scale for point in found.points], pa.int32()),
        "ZeroCount": pa.array([point.zero_count for point in found.points], pa.uint64()),
        "PositiveOffset": pa.array([side.offset for side in positive], pa.int32()),
        "PositiveBucketCounts": pa.array([list(side.bucket_counts) for side in positive], COUNTS),
        "NegativeOffset": pa.array([side.offset for side in negative], pa.int32()),
        "NegativeBucketCounts": pa.array([list(side.bucket_counts) for side in negative], COUNTS),
    }


def _summary(_: str, found: _Points) -> dict[str, Any]:
    quantiles = [point.quantile_values for point in found.points]
    return {
        "ValueAtQuantiles.Quantile": pa.array([[one.quantile for one in row] for row in quantiles], REALS),
        "ValueAtQuantiles.Value": pa.array([[one.value for one in row] for row in quantiles], REALS),
    }


_OF_KIND = {
    "gauge": _nothing,
    "sum": _sum,
    "histogram": _histogram,
    "exponential_histogram": _exponential,
    "summary": _summary,
}
