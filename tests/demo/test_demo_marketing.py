"""Marketing and churn: rows against stated targets, truths that hold for other seeds, and who the anonymous really were."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from demowriting import HashingWriter, aside
from exos import demo
from exos.demo.marketing import storey, touches
from exos.demo.marketing.customers import FIRST_CUSTOMER
from exos.demo.people import facts
from exos.demo.storeys import Plan
from exos.demo.worlds import SEED
from exos.store.database import Database

pytestmark = pytest.mark.timeout(180)
NAMES = (
    "retargeting-without-lift", "webinar-lift", "anonymous-touches", "price-rise-churn", "late-orders-churn",
)  # fmt: skip
TRUTHS = [truth for truth in demo.truths() if truth.id in NAMES]
PERIOD = "time >= {end:DateTime64(6, 'UTC')} - toIntervalDay(366) AND time < {end:DateTime64(6, 'UTC')}"


def one(database: Database, sql: str, **params: object) -> dict[str, float]:
    """The only row of an answer."""
    (row,) = database.query(sql, params).records()
    return row


def test_same_plan_same_bytes(end: date) -> None:
    digests = []
    for seed in (SEED, SEED, 1):
        storey.build(Plan(seed, 1, end), writer := HashingWriter())
        digests.append(writer.digests())
    assert digests[0] == digests[1]
    assert not set(digests[0].values()) & set(digests[2].values())


def test_ids_are_keys(world: Database) -> None:
    for table, key in (("customers", "customer_id"), ("touches", "touch_id"), ("conversions", "conversion_id")):
        got = one(world, f"SELECT count() AS rows, uniqExact({key}) AS keys FROM {table}")
        assert got["rows"] == got["keys"] > 5000


def test_everything_happens_within_the_period(world: Database, end: date) -> None:
    for table in ("touches", "conversions"):
        got = one(world, f"SELECT countIf({PERIOD}) AS inside, count() AS rows FROM {table}", end=f"{end} 00:00:00")
        assert got["inside"] == got["rows"]


def test_conversions_follow_touches(world: Database) -> None:
    """The join that attribution needs: for each sign-up the nearest touch before it."""
    sql = """
        SELECT count() AS signed, countIf(t.touch_id > 0) AS touched, countIf(t.time > c.time) AS later
        FROM (SELECT * FROM conversions FINAL WHERE kind = 'sign_up') AS c
        ASOF LEFT JOIN (SELECT visitor_id, time, touch_id FROM touches FINAL WHERE visitor_id != '') AS t
            ON c.visitor_id = t.visitor_id AND c.time >= t.time
    """
    got = one(world, sql)
    assert got["later"] == 0
    assert 0.7 < got["touched"] / got["signed"] < 0.99


def test_conversions_are_those_of_customers(world: Database) -> None:
    sql = """
        SELECT count() AS conversions, countIf(has(visitor_ids, visitor_id)) AS on_their_devices,
               countIf(kind = 'sign_up' AND time = signed_up_at) AS signed, countIf(kind = 'sign_up') AS sign_ups,
               countIf(kind = 'first_order' AND time > signed_up_at) / (conversions - sign_ups) AS after
        FROM conversions AS v FINAL INNER JOIN customers AS c FINAL USING (customer_id)
    """
    got = one(world, sql)
    assert got["conversions"] == got["on_their_devices"] == one(world, "SELECT count() AS n FROM conversions")["n"]
    assert got["signed"] == got["sign_ups"]
    assert got["after"] == 1


def test_values_spread_by_segment_and_product(world: Database) -> None:
    sql = """
        SELECT kind, segment, v.attributes['product'] AS product, count() AS n, uniqExact(value) / n AS different,
               median(value) AS middle
        FROM (SELECT * FROM conversions FINAL) AS v INNER JOIN (SELECT * FROM customers FINAL) AS c USING (customer_id)
        WHERE value > 0 GROUP BY kind, segment, product
    """
    rows = world.query(sql).records()
    assert {row["product"] for row in rows if row["kind"] == "first_order"} == set(facts().products)
    assert all(row["different"] > 0.2 for row in rows if row["n"] > 50)
    middle = {(row["segment"], row["product"]): row["middle"] for row in rows if row["kind"] == "first_order"}
    assert (
        middle["Homeowner", "Title insurance"]
        > 1.5 * middle["Homeowner", "Title search"]
        > middle["Broker", "Title search"]
    )


def test_values_are_those_that_the_documentation_names(world: Database) -> None:
    """Of a year of a customer, and of one order beside the fees of the orders themselves."""
    sql = "SELECT kind, quantiles(0.1, 0.5, 0.9)(value) AS found FROM conversions FINAL GROUP BY kind"
    found = {row["kind"]: row["found"] for row in world.query(sql).records()}
    text = (Path(__file__).parents[2] / "docs" / "demo.md").read_text(encoding="utf-8")
    for kind, values in found.items():
        (row,) = [line.split("|") for line in text.splitlines() if line.startswith(f"| `{kind}` |")]
        assert [float(cell.replace(",", "")) for cell in row[3:6]] == pytest.approx(values, rel=0.05)
    assert 0.05 < found["first_order"][1] / found["sign_up"][1] < 0.1


def test_kinds_and_costs(world: Database) -> None:
    sql = "SELECT channel, sum(cost) / count() AS price, groupUniqArray(kind) AS kinds FROM touches GROUP BY channel"
    rows = {row["channel"]: row for row in world.query(sql).records()}
    assert set(rows) == {"search", "social", "display", "email", "partner", "webinar", "retargeting", "direct"}
    assert 2.2 < rows["search"]["price"] < 3.2
    assert rows["direct"]["price"] == 0
    assert set(rows["email"]["kinds"]) == {"email_open"}
    assert {kind for row in rows.values() for kind in row["kinds"]} == {
        "impression", "click", "email_open", "call", "visit",
    }  # fmt: skip


def test_people_are_awake_when_they_see_it(world: Database) -> None:
    sql = "SELECT avg(toHour(time) BETWEEN 6 AND 10) AS night FROM touches WHERE channel != 'retargeting'"
    assert one(world, sql)["night"] < 0.12


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_truths_hold_for_other_seeds(database: Database, end: date, seed: int) -> None:
    with aside(database) as writer:
        storey.build(Plan(seed, 1, end), writer)
        assert [failure for truth in TRUTHS for failure in writer.failures(truth, end)] == []


def test_anonymous_touches_can_be_matched_but_not_always(world: Database, end: date) -> None:
    """Who agrees in everything and was there within ten days, against who it was."""
    sql = """
        WITH
            known AS (
                SELECT customer_id, time, region, device, browser, os, network
                FROM (SELECT * FROM touches FINAL WHERE visitor_id != '') AS t
                INNER JOIN (SELECT customer_id, arrayJoin(visitor_ids) AS visitor_id FROM customers FINAL) AS c USING (visitor_id)
            )
        SELECT u.touch_id AS touch, argMin(k.customer_id, abs(dateDiff('second', u.time, k.time))) AS customer
        FROM (SELECT * FROM touches FINAL WHERE visitor_id = '') AS u
        INNER JOIN known AS k USING (region, device, browser, os, network)
        WHERE abs(dateDiff('day', u.time, k.time)) <= 10
        GROUP BY touch
    """
    found = world.query(sql).rows
    ((ids, persons),) = touches.true_matches(Plan(SEED, 1, end))
    who = dict(zip(ids.tolist(), persons.tolist(), strict=True))
    right = np.mean([customer == f"C-{who[touch] + FIRST_CUSTOMER}" for touch, customer in found])
    assert len(who) == one(world, "SELECT count() AS n FROM touches WHERE visitor_id = ''")["n"]
    assert 0.5 < len(found) / len(who) < 0.85
    assert 0.8 < right < 0.995
