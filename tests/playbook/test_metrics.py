"""Analyses of metrics: golden rows, and properties that they must have."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pytest

import goldens
from exos.analysis import Playbook
from exos.demo.telemetry import GAUGES
from exos.store.database import Database
from exos.types import Result

PLAYBOOK = Playbook.load()
SLUGS = [one.slug for one in PLAYBOOK if one.area == "metrics"]
_NINE = 1_772_442_000
"""2026-03-02 09:00 UTC."""
_NUMBERS = itertools.count(1)


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
    schema = pa.schema([GAUGES.field(name) for name in GAUGES.names if name in given])
    columns = [pa.array(given[field.name], field.type) for field in schema]
    database.insert(f"{database.telemetry}.otel_metrics_gauge", pa.record_batch(columns, schema=schema))


@pytest.fixture
def service() -> str:
    """A service name that no other test uses."""
    return f"metrics-service-{next(_NUMBERS)}"


def run(database: Database, service: str, *filters: dict[str, Any], **params: Any) -> Result:
    """The answer about one service."""
    mine = {"property": "service", "op": "=", "value": service}
    return PLAYBOOK.run(database, "metrics/gauges", {**params, "filters": [mine, *filters]})


@pytest.mark.parametrize("slug", SLUGS)
def test_golden_rows(database: Database, service: str, slug: str, request: pytest.FixtureRequest) -> None:
    load(database, service, SITES)
    goldens.check(slug, run(database, service, by="site"), request)


def test_is_what_a_person_counts(database: Database, service: str) -> None:
    rng = random.Random(11)
    points = [
        Point(minute, rng.choice(["latency", "memory"]), rng.randrange(1000) / 8, {"site": rng.choice("ABC")})
        for minute in range(240)
    ]
    load(database, service, points)
    for by in ("", "site"):
        rows = run(database, service, by=by).records()
        assert sum(row["points"] for row in rows) == len(points)
        for row in rows:
            mine = [
                one
                for one in points
                if one.metric == row["metric"] and row["series"] in ("" if not by else one.attributes[by],)
            ]
            values = [one.value for one in mine]
            assert (row["points"], row["highest"], row["latest"]) == (len(mine), max(values), mine[-1].value)
            assert row["mean"] == pytest.approx(np.mean(values))
            assert row["p95"] == pytest.approx(np.quantile(values, 0.95))
        for metric in ("latency", "memory"):
            high = [row["p95"] for row in rows if row["metric"] == metric]
            assert high == sorted(high, reverse=True)


def test_parts_of_a_period_add_up(database: Database, service: str) -> None:
    load(database, service, SITES)
    half = "2026-03-02T09:30:00Z"
    parts = [run(database, service, **{side: half}) for side in ("until", "since")]
    assert sum(sum(part.column("points")) for part in parts) == len(SITES)


def test_filters_select_points(database: Database, service: str) -> None:
    load(database, service, SITES)
    (row,) = run(database, service, {"property": "site", "op": "=", "value": "B"}).records()
    assert (row["metric"], row["points"], row["mean"]) == ("latency", 2, 80)
    assert run(database, service, {"property": "value", "op": ">", "value": 5000}).rows == []
    assert run(database, service, metric="memory").column("attributes") == [[]]
