"""Analyses of metrics: golden rows, and properties that they must have."""

from __future__ import annotations

import itertools
import random
from typing import Any

import numpy as np
import pytest

import goldens
from exos.analysis import Playbook
from exos.store.database import Database
from exos.types import Result
from measured import SITES, Point, load

PLAYBOOK = Playbook.load()
SLUGS = [one.slug for one in PLAYBOOK if one.area == "metrics"]
_NUMBERS = itertools.count(1)


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
