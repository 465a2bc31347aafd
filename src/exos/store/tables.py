"""Arrow schemas of EXOS's own tables that Python code writes; those of ClickStack's are in clickstack.py."""

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
