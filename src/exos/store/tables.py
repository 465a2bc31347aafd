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
