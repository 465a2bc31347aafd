"""Arrow schemas of the tables that Python code writes."""

from __future__ import annotations

import pyarrow as pa

_TIME = pa.timestamp("us", tz="UTC")
_MAP = pa.map_(pa.string(), pa.string())

CASE_EVENTS = pa.schema(
    [
        ("process", pa.string()),
        ("case_id", pa.string()),
        ("activity", pa.string()),
        ("start_time", _TIME),
        ("end_time", _TIME),
        ("resource", pa.string()),
        ("lifecycle", pa.string()),
        ("cost", pa.float64()),
        ("attributes", _MAP),
        ("case_attributes", _MAP),
        ("session_id", pa.string()),
        ("trace_id", pa.string()),
        ("span_id", pa.string()),
        ("sequence", pa.uint64()),
        ("source", pa.string()),
    ]
)
"""What an importer gives for `case_events`: one row per event. Empty strings mean "none"; `cost` may be null."""

_PRODUCT_TEXTS = (
    "event", "kind", "visitor_id", "user_id", "session_id", "service", "page", "url", "referrer", "element", "text", "utm_source",
    "utm_medium", "utm_campaign", "country", "region", "city", "browser", "browser_version", "os", "device", "network", "release",
    "process", "case_id", "trace_id", "span_id", "source",
)  # fmt: skip

PRODUCT_EVENTS = pa.schema(
    [
        ("time", _TIME),
        *[(name, pa.string()) for name in _PRODUCT_TEXTS],
        ("value", pa.float64()),
        ("properties", _MAP),
    ]
)
"""What an importer gives for `product_events`: one row per event. Empty strings mean "none"; `value` may be null."""

_NANOSECONDS = pa.timestamp("ns", tz="UTC")

TRACES = pa.schema(
    [
        ("Timestamp", _NANOSECONDS),
        *[(name, pa.string()) for name in ("TraceId", "SpanId", "ParentSpanId", "SpanName", "SpanKind", "ServiceName")],
        ("ResourceAttributes", _MAP),
        ("ScopeName", pa.string()),
        ("ScopeVersion", pa.string()),
        ("SpanAttributes", _MAP),
        ("Duration", pa.uint64()),
        ("StatusCode", pa.string()),
        ("StatusMessage", pa.string()),
        ("Events.Timestamp", pa.list_(_NANOSECONDS)),
        ("Events.Name", pa.list_(pa.string())),
        ("Events.Attributes", pa.list_(_MAP)),
    ]
)
"""What the demo gives for `otel_traces`: one row per span. Duration in nanoseconds; ids in lower-case hexadecimal,
empty for none.
"""

LOGS = pa.schema(
    [
        ("Timestamp", _NANOSECONDS),
        ("TraceId", pa.string()),
        ("SpanId", pa.string()),
        ("TraceFlags", pa.uint8()),
        ("SeverityText", pa.string()),
        ("SeverityNumber", pa.uint8()),
        ("ServiceName", pa.string()),
        ("Body", pa.string()),
        ("ResourceAttributes", _MAP),
        ("ScopeName", pa.string()),
        ("LogAttributes", _MAP),
    ]
)
"""What the demo gives for `otel_logs`: one row per line."""

RECORDINGS = pa.schema(
    [
        ("Timestamp", _NANOSECONDS),
        ("ServiceName", pa.string()),
        ("Body", pa.string()),
        ("ResourceAttributes", _MAP),
        ("ScopeName", pa.string()),
        ("ScopeVersion", pa.string()),
        ("LogAttributes", _MAP),
    ]
)
"""What the demo gives for `hyperdx_sessions`: one row per chunk of an rrweb event, whose JSON is the body."""

_METRIC = [
    ("ResourceAttributes", _MAP),
    *[(name, pa.string()) for name in ("ScopeName", "ServiceName", "MetricName", "MetricDescription", "MetricUnit")],
    ("Attributes", _MAP),
    ("StartTimeUnix", pa.uint32()),
    ("TimeUnix", pa.uint32()),
]
GAUGES = pa.schema([*_METRIC, ("Value", pa.float64())])
SUMS = pa.schema([*GAUGES, ("AggregationTemporality", pa.int32()), ("IsMonotonic", pa.bool_())])
HISTOGRAMS = pa.schema(
    [
        *_METRIC,
        ("Count", pa.uint64()),
        ("Sum", pa.float64()),
        ("BucketCounts", pa.list_(pa.uint64())),
        ("ExplicitBounds", pa.list_(pa.float64())),
        ("Min", pa.float64()),
        ("Max", pa.float64()),
        ("AggregationTemporality", pa.int32()),
    ]
)
"""What the demo gives for the metric tables: one row per point; times in seconds."""

CUSTOMERS = pa.schema(
    [
        ("customer_id", pa.string()),
        ("visitor_ids", pa.list_(pa.string())),
        *[(name, pa.string()) for name in ("segment", "region", "age_band", "plan", "channel", "holdout")],
        *[(name, _TIME) for name in ("interested_at", "signed_up_at", "churned_at")],
        ("monthly_value", pa.float64()),
        ("attributes", _MAP),
        ("measures", pa.map_(pa.string(), pa.float64())),
        ("source", pa.string()),
    ]
)
"""What an importer gives for `customers`: one row per person. `signed_up_at` and `churned_at` may be null."""

TOUCHES = pa.schema(
    [
        ("time", _TIME),
        ("touch_id", pa.uint64()),
        *[(name, pa.string()) for name in ("visitor_id", "channel", "campaign", "kind")],
        ("cost", pa.float64()),
        *[(name, pa.string()) for name in ("region", "device", "browser", "os", "network", "network_class")],
        ("attributes", _MAP),
        ("source", pa.string()),
    ]
)
"""What an importer gives for `touches`: one row per contact. Empty strings mean "none"."""

CONVERSIONS = pa.schema(
    [
        ("time", _TIME),
        ("conversion_id", pa.uint64()),
        *[(name, pa.string()) for name in ("visitor_id", "customer_id", "kind")],
        ("value", pa.float64()),
        ("attributes", _MAP),
        ("source", pa.string()),
    ]
)
"""What an importer gives for `conversions`: one row per conversion."""
