"""Analyses of metrics: golden rows, and properties that they must have."""

from __future__ import annotations

import itertools
import random
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

import goldens
from exos.analysis import Playbook
from exos.store.database import Database
from exos.types import Result
from measured import SITES, Point, load

PLAYBOOK = Playbook.load()
GIVEN = {"metrics/gauges": {"by": "site"}, "metrics/trend": {"metric": "latency"}}
_NUMBERS = itertools.count(1)


@pytest.fixture
def service() -> str:
    """A service name that no other test uses."""
    return f"metrics-service-{next(_NUMBERS)}"


def run(
    database: Database, service: str, *filters: dict[str, Any], slug: str = "metrics/gauges", **params: Any
) -> Result:
    """The answer about one service."""
    mine = {"property": "service", "op": "=", "value": service}
    return PLAYBOOK.run(database, slug, {**params, "filters": [mine, *filters]})


@pytest.mark.parametrize("slug", [one.slug for one in PLAYBOOK if one.area == "metrics"])
def test_golden_rows(database: Database, service: str, slug: str, request: pytest.FixtureRequest) -> None:
    load(database, service, SITES)
    goldens.check(slug, run(database, service, slug=slug, **GIVEN[slug]), request)


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


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_a_trend_knows_what_is_usual_at_that_time_of_the_week(database: Database, service: str, zone: str) -> None:
    rng, hours = random.Random(7), 24 * 7 * 7
    # Over the change of the clocks in March, at which the same hour of the week is an hour off by any other clock.
    points = [Point(60 * hour, "queue", rng.randrange(1000) / 8, {}) for hour in range(hours) if rng.random() < 0.8]
    load(database, service, points)
    rows = run(database, service, slug="metrics/trend", metric="queue", timezone=zone).records()
    assert [row["time"] for row in rows] == sorted({row["time"] for row in rows})
    assert sum(row["points"] for row in rows) == len(points)

    def wall(text: str) -> datetime:
        return datetime.fromisoformat(text).astimezone(ZoneInfo(zone)).replace(tzinfo=None)

    means = {wall(row["time"]): row["mean"] for row in rows}
    assert any(row["weeks"] == 4 for row in rows)
    for row in rows:
        before = [means.get(wall(row["time"]) - timedelta(weeks=week)) for week in (1, 2, 3, 4)]
        known = [mean for mean in before if mean is not None]
        assert row["weeks"] == len(known)
        assert row["usual"] == (pytest.approx(np.median(known)) if known else None)


def test_a_trend_is_of_one_place(database: Database, service: str) -> None:
    load(database, service, SITES)
    rows = run(database, service, slug="metrics/trend", metric="latency", by="site", series="B").records()
    assert [(row["points"], row["mean"], row["highest"]) for row in rows] == [(2, 80, 100)]
    both = run(database, service, slug="metrics/trend", metric="latency", interval="day").records()
    assert [(row["points"], row["mean"], row["highest"]) for row in both] == [(5, 50, 100)]
