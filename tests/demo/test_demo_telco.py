"""The mobile network: its truths hold whatever the seed, and its rows are what they are said to be."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from demowriting import HashingWriter, aside
from exos import demo
from exos.demo.people import FAR
from exos.demo.storeys import Plan
from exos.demo.telco.facts import facts
from exos.demo.telco.subscribers import PERSONS, Subscribers, subscribers
from exos.demo.worlds import SEED, WORLDS
from exos.store.database import Database

pytestmark = pytest.mark.timeout(180)
TRUTHS = demo.truths("telco")
END = date(2026, 11, 24)


@pytest.fixture(scope="module")
def people() -> Subscribers:
    return next(subscribers(Plan(SEED, 1, END)))


@pytest.mark.parametrize("seed", [SEED, 1, 2, 3])
def test_truths_hold_whatever_the_seed(database: Database, end: date, seed: int) -> None:
    with aside(database) as writer:
        WORLDS["telco"].build(Plan(seed, 1, end), writer)
        assert [failure for truth in TRUTHS for failure in writer.failures(truth, end)] == []


def test_the_worlds_have_truths_of_their_own() -> None:
    assert len(TRUTHS) >= 3
    assert all(truth.herring for truth in TRUTHS)
    assert not {truth.id for truth in TRUTHS} & {truth.id for truth in demo.truths("mortgage")}
    assert len(demo.truths()) == len(TRUTHS) + len(demo.truths("mortgage"))


def test_same_plan_same_bytes(end: date) -> None:
    digests = []
    for seed in (SEED, SEED, 1):
        WORLDS["telco"].build(Plan(seed, 1, end), writer := HashingWriter())
        digests.append(writer.digests())
    assert digests[0] == digests[1]
    assert set(digests[0]) == {"customers", "touches", "conversions", "otel_metrics_gauge"}
    assert not set(digests[0].values()) & set(digests[2].values())


def test_segments(people: Subscribers) -> None:
    known = facts()
    assert np.bincount(people.segment) / PERSONS == pytest.approx(known.segment_share, abs=0.015)
    for index, median in enumerate(known.gigabytes):
        assert np.median(people.gigabytes[people.segment == index]) == pytest.approx(median, rel=0.08)
    owls = people.segment == known.segments.index("Night owl")
    assert people.night[owls].min() > people.night[~owls].mean()


def test_lives(people: Subscribers) -> None:
    left = people.churned < FAR
    assert 0.13 < left.mean() < 0.25
    assert 0.12 < people.upgraded.mean() < 0.3
    assert (people.joined < people.churned).all()
    assert (people.wanted[people.upgraded] < people.churned[people.upgraded]).all()


def test_rows(database: Database, end: date) -> None:
    with aside(database) as writer:
        WORLDS["telco"].build(Plan(SEED, 1, end), writer)
        sql = """
            SELECT
                (SELECT count() FROM aside_customers) AS customers,
                (SELECT count() FROM aside_touches) AS touches,
                (SELECT uniqExact(touch_id) FROM aside_touches) AS touch_ids,
                (SELECT avg(visitor_id = '') FROM aside_touches WHERE channel = 'social') AS anonymous,
                (SELECT count() FROM aside_conversions) AS upgrades,
                (SELECT uniqExact(MetricName, Attributes['site'], TimeUnix) FROM aside_otel_metrics_gauge) AS points,
                (SELECT countIf(time >= {end:DateTime64(6, 'UTC')}) FROM aside_touches) AS late
        """
        (got,) = database.query(sql, {"end": f"{end} 00:00:00"}).records()
    assert got["customers"] == PERSONS
    assert got["touches"] == got["touch_ids"] > 50_000
    assert got["anonymous"] == pytest.approx(0.4, abs=0.03)
    assert got["upgrades"] > 1500
    assert got["points"] == 24 * 3 * 28 * 48
    assert got["late"] == 0
