"""Points of gauges small enough to be counted by hand, and how to get them into the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pyarrow as pa

from exos.store.clickstack import METRICS
from exos.store.database import Database

_NINE = 1_772_442_000
"""2026-03-02 09:00 UTC."""


class Point(NamedTuple):
    """Minutes after nine, metric, value, attributes."""

    minute: int
    metric: str
    value: float
    attributes: dict[str, str]


SITES = [
    Point(0, "latency", 20, {"site": "A"}),
    Point(30, "latency", 40, {"site": "A"}),
    Point(60, "latency", 30, {"site": "A"}),
    Point(0, "latency", 100, {"site": "B"}),
    Point(30, "latency", 60, {"site": "B"}),
    Point(0, "memory", 512, {}),
    Point(60, "memory", 1024, {}),
]


def load(database: Database, service: str, points: Sequence[Point]) -> None:
    """Write the points of a service."""
    time = pa.array([_NINE + 60 * one.minute for one in points], pa.uint32())
    given: dict[str, Any] = {
        "ServiceName": [service] * len(points),
        "MetricName": [one.metric for one in points],
        "MetricUnit": ["ms" if one.metric == "latency" else "MiB" for one in points],
        "Attributes": [list(one.attributes.items()) for one in points],
        "StartTimeUnix": time,
        "TimeUnix": time,
        "Value": [float(one.value) for one in points],
    }
    schema = pa.schema([METRICS["gauge"].field(name) for name in METRICS["gauge"].names if name in given])
    columns = [pa.array(given[field.name], field.type) for field in schema]
    database.insert(f"{database.telemetry}.otel_metrics_gauge", pa.record_batch(columns, schema=schema))
