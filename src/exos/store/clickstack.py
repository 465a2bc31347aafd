"""Arrow schemas of ClickStack's tables, as its collector writes them; schema/010_clickstack.sql and 011_* say the same in SQL.
Who has only some of a table's columns takes a `part`; the others keep their defaults.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

MAP = pa.map_(pa.string(), pa.string())
NANOSECONDS = pa.timestamp("ns", tz="UTC")

TRACES = pa.schema(
    [
        ("Timestamp", NANOSECONDS),
        *((name, pa.string()) for name in ("TraceId", "SpanId", "ParentSpanId", "TraceState", "SpanName", "SpanKind")),
        ("ServiceName", pa.string()),
        ("ResourceAttributes", MAP),
        ("ScopeName", pa.string()),
        ("ScopeVersion", pa.string()),
        ("SpanAttributes", MAP),
        ("Duration", pa.uint64()),
        ("StatusCode", pa.string()),
        ("StatusMessage", pa.string()),
        ("Events.Timestamp", pa.list_(NANOSECONDS)),
        ("Events.Name", pa.list_(pa.string())),
        ("Events.Attributes", pa.list_(MAP)),
        *((f"Links.{name}", pa.list_(pa.string())) for name in ("TraceId", "SpanId", "TraceState")),
        ("Links.Attributes", pa.list_(MAP)),
    ]
)
"""One row per span. Duration in nanoseconds; ids in lower-case hexadecimal, empty for none."""

RECORDINGS = pa.schema(
    [
        ("Timestamp", NANOSECONDS),
        ("TraceId", pa.string()),
        ("SpanId", pa.string()),
        ("TraceFlags", pa.uint8()),
        ("SeverityText", pa.string()),
        ("SeverityNumber", pa.uint8()),
        ("ServiceName", pa.string()),
        ("Body", pa.string()),
        ("ResourceSchemaUrl", pa.string()),
        ("ResourceAttributes", MAP),
        ("ScopeSchemaUrl", pa.string()),
        ("ScopeName", pa.string()),
        ("ScopeVersion", pa.string()),
        ("ScopeAttributes", MAP),
        ("LogAttributes", MAP),
    ]
)
LOGS = RECORDINGS.append(pa.field("EventName", pa.string()))
"""One row per log record; in RECORDINGS one per chunk of an rrweb event, whose JSON is the body."""

_TIME = pa.uint32()
_COMMON: list[tuple[str, Any]] = [
    ("ResourceAttributes", MAP),
    ("ResourceSchemaUrl", pa.string()),
    ("ScopeName", pa.string()),
    ("ScopeVersion", pa.string()),
    ("ScopeAttributes", MAP),
    ("ScopeDroppedAttrCount", pa.uint32()),
    ("ScopeSchemaUrl", pa.string()),
    ("ServiceName", pa.string()),
    ("MetricName", pa.string()),
    ("MetricDescription", pa.string()),
    ("MetricUnit", pa.string()),
    ("Attributes", MAP),
    ("StartTimeUnix", _TIME),
    ("TimeUnix", _TIME),
    ("Flags", pa.uint32()),
]
_EXEMPLARS: list[tuple[str, Any]] = [
    ("Exemplars.FilteredAttributes", pa.list_(MAP)),
    ("Exemplars.TimeUnix", pa.list_(_TIME)),
    ("Exemplars.Value", pa.list_(pa.float64())),
    ("Exemplars.SpanId", pa.list_(pa.string())),
    ("Exemplars.TraceId", pa.list_(pa.string())),
]
_COUNTED: list[tuple[str, Any]] = [("Count", pa.uint64()), ("Sum", pa.float64())]
_BOUNDED: list[tuple[str, Any]] = [("Min", pa.float64()), ("Max", pa.float64()), ("AggregationTemporality", pa.int32())]
COUNTS, REALS = pa.list_(pa.uint64()), pa.list_(pa.float64())

METRICS = {
    "gauge": pa.schema([*_COMMON, *_EXEMPLARS, ("Value", pa.float64())]),
    "sum": pa.schema(
        [*_COMMON, *_EXEMPLARS, ("Value", pa.float64()), ("AggregationTemporality", pa.int32()), ("IsMonotonic", pa.bool_())]
    ),
    "histogram": pa.schema(
        [*_COMMON, *_EXEMPLARS, *_COUNTED, *_BOUNDED, ("BucketCounts", COUNTS), ("ExplicitBounds", REALS)]
    ),
    "exponential_histogram": pa.schema(
        [
            *_COMMON, *_EXEMPLARS, *_COUNTED, *_BOUNDED, ("Scale", pa.int32()), ("ZeroCount", pa.uint64()),
            ("PositiveOffset", pa.int32()), ("PositiveBucketCounts", COUNTS),
            ("NegativeOffset", pa.int32()), ("NegativeBucketCounts", COUNTS),
        ]
    ),
    "summary": pa.schema([*_COMMON, *_COUNTED, ("ValueAtQuantiles.Quantile", REALS), ("ValueAtQuantiles.Value", REALS)]),
}  # fmt: skip
"""By kind, one row per data point; times in whole seconds."""


def part(schema: pa.Schema, *without: str) -> pa.Schema:
    """The schema without these columns, and without those whose names begin with one that ends in a dot."""
    kept = [
        one
        for one in schema
        if not any(one.name == name or (name[-1] == "." and one.name.startswith(name)) for name in without)
    ]
    return pa.schema(kept)
