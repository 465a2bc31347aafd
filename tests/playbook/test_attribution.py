"""Analyses of customers and channels: golden rows, and properties that they must have.

These tables have no service to keep tests apart by, and customers of the past still are customers: each test has years
of its own, each earlier than all before, so that nobody has signed up by then.
"""

from __future__ import annotations

import itertools
import random
import statistics
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

import goldens
from exos.analysis import Playbook
from exos.store.database import Database
from exos.types import Result
from marketing import SMALL, Conversion, Market, Person, Touch, between, load, moment

PLAYBOOK = Playbook.load()
SLUGS = [one.slug for one in PLAYBOOK if one.area == "attribution"]
ADDING = {
    "attribution/channels": ("touches", "cost", "conversions", "value"),
    "attribution/conversions": ("conversions", "value"),
    "attribution/customers": ("new_customers", "churned_customers", "conversions", "value"),
    "attribution/groups": ("new_customers", "churned_customers"),
    "attribution/people": (),
    "attribution/trend": ("touches", "cost", "conversions", "value"),
}
GIVEN: dict[str, dict[str, Any]] = {"attribution/trend": {"interval": "month"}}
# Years and keys of customers differ from test to test.
OWN = ("customer_id", "signed_up_at", "churned_at", "time")
_YEARS = itertools.count(1995, -2)


@pytest.fixture(scope="module", autouse=True)
def _leave_no_customers(database: Database) -> Iterator[None]:
    yield
    database.command("DELETE FROM customers WHERE match(customer_id, '^19..-')")


@pytest.fixture
def year() -> int:
    """A year that no other test uses."""
    return next(_YEARS)


def run(database: Database, slug: str, year: int, first: float = 31, last: float = 120, **params: Any) -> Result:
    return PLAYBOOK.run(database, slug, {**between(year, first, last), **GIVEN.get(slug, {}), **params})


def rows_of(result: Result) -> list[tuple[Any, ...]]:
    """The rows without what is of one year only."""
    keep = [at for at, name in enumerate(result.names) if name not in OWN]
    return [tuple(row[at] for at in keep) for row in result.rows]


@pytest.mark.parametrize("slug", SLUGS)
def test_golden_rows(database: Database, year: int, slug: str, request: pytest.FixtureRequest) -> None:
    load(database, year, SMALL)
    goldens.check(slug, run(database, slug, year), request, without=OWN)


@pytest.mark.parametrize("slug", SLUGS)
def test_order_and_repetition_change_nothing(database: Database, year: int, slug: str) -> None:
    load(database, year, SMALL)
    expected = rows_of(run(database, slug, year))
    rng = random.Random(5)
    people, touches = rng.sample(SMALL.people, len(SMALL.people)), rng.sample(SMALL.touches, len(SMALL.touches))
    conversions = rng.sample(SMALL.conversions, len(SMALL.conversions))
    other = next(_YEARS)
    for part in (Market(people[:4], touches[:5]), Market(people, touches, conversions), Market((), touches[3:])):
        load(database, other, part)
    assert rows_of(run(database, slug, other)) == expected


@pytest.mark.parametrize("slug", SLUGS)
def test_a_range_split_at_a_moment_adds_up(database: Database, year: int, slug: str) -> None:
    load(database, year, SMALL)
    whole = run(database, slug, year)
    for cut in (34, 40, 45, 82):
        parts = [run(database, slug, year, 31, cut), run(database, slug, year, cut, 120)]
        for column in ADDING[slug]:
            assert sum(sum(part.column(column)) for part in parts) == sum(whole.column(column)), (cut, column)


def anybody(rng: random.Random) -> Market:
    people = [
        Person(
            f"p{number}",
            rng.choice([None, rng.uniform(-100, 200)]),
            rng.choice([None, rng.uniform(200, 300), rng.uniform(0, 200)]),
            rng.randrange(400) / 8,
            rng.choice(["Broker", "Owner", ""]),
        )
        for number in range(200)
    ]
    visitors = ["", *(f"v{number}" for number in range(25))]
    # Whole days make touches meet each other and conversions at the same moment.
    touches = [
        Touch(number, rng.randrange(160), rng.choice(visitors), rng.choice("abcd"), rng.randrange(100) / 8)
        for number in range(400)
    ]
    conversions = [
        Conversion(
            number, rng.randrange(160), rng.choice(visitors), rng.randrange(1000), rng.choice(["sign_up", "order"])
        )
        for number in range(150)
    ]
    return Market(people, touches, conversions)


def last_touch(market: Market, conversion: Conversion) -> str | None:
    known = [
        (touch.day, touch.key, touch.channel)
        for touch in market.touches
        if conversion.visitor and touch.visitor == conversion.visitor and 0 <= conversion.day - touch.day <= 30
    ]
    return max(known)[2] if known else None


@pytest.mark.parametrize("seed", range(3))
def test_channels_are_what_a_person_counts(database: Database, year: int, seed: int) -> None:
    market = anybody(random.Random(seed))
    load(database, year, market)
    rows = run(database, "attribution/channels", year).records()
    touches = [touch for touch in market.touches if 31 <= touch.day < 120]
    won = [(last_touch(market, one), one.value) for one in market.conversions if 31 <= one.day < 120]
    expected: list[dict[str, Any]] = []
    for channel in {touch.channel for touch in touches} | {by for by, _ in won if by}:
        mine, values = [one for one in touches if one.channel == channel], [value for by, value in won if by == channel]
        cost = sum(one.cost for one in mine)
        expected.append({
            "channel": channel, "touches": len(mine), "visitors": len({one.visitor for one in mine} - {""}), "cost": cost,
            "conversions": len(values), "value": sum(values), "cost_per_conversion": cost / len(values) if values else None,
        })  # fmt: skip
    assert rows == sorted(expected, key=lambda row: (-row["conversions"], -row["touches"], row["channel"]))


@pytest.mark.parametrize("seed", range(3))
def test_customers_are_what_a_person_counts(database: Database, year: int, seed: int) -> None:
    market = anybody(random.Random(seed))
    load(database, year, market)
    (row,) = run(database, "attribution/customers", year).records()
    signed = [(one, one.signed_up) for one in market.people if one.signed_up is not None and one.signed_up < 120]
    active = [one for one, _ in signed if one.churned is None or one.churned >= 120]
    values = [one.value for one in market.conversions if 31 <= one.day < 120]
    assert row == {
        "customers": len(signed),
        "active_customers": len(active),
        "new_customers": sum(day >= 31 for _, day in signed),
        "churned_customers": sum(one.churned is not None and 31 <= one.churned < 120 for one, _ in signed),
        "monthly_value": sum(one.monthly for one in active),
        "conversions": len(values),
        "value": sum(values),
    }


@pytest.mark.parametrize("seed", range(3))
def test_groups_are_what_a_person_counts(database: Database, year: int, seed: int) -> None:
    market = anybody(random.Random(seed))
    load(database, year, market)
    rows = run(database, "attribution/groups", year).records()
    whole = run(database, "attribution/customers", year).records()[0]
    for name in ("active_customers", "new_customers", "churned_customers", "monthly_value"):
        assert sum(row[name] for row in rows) == whole[name]
    assert {row["value"] for row in rows} == {"Broker", "Owner", ""}
    for row in rows:
        mine = [one for one in market.people if one.segment == row["value"] and (one.signed_up or 999) < 120]
        left = sum(one.churned is not None and 31 <= one.churned < 120 for one in mine)
        stayed = sum(one.churned is None or one.churned >= 120 for one in mine)
        assert (row["churned_customers"], row["active_customers"]) == (left, stayed)
        assert row["churn_rate"] == pytest.approx(left / (left + stayed))


@pytest.mark.parametrize("seed", range(3))
def test_people_are_those_whom_groups_count(database: Database, year: int, seed: int) -> None:
    load(database, year, anybody(random.Random(seed)))
    for which in ("active", "new", "churned"):
        everybody = run(database, "attribution/people", year, which=which).column("customer_id")
        found = []
        for row in run(database, "attribution/groups", year).records():
            mine = run(database, "attribution/people", year, which=which, by="segment", value=row["value"])
            assert len(mine.rows) == row[f"{which}_customers"]
            assert set(mine.column("segment")) <= {row["value"]}
            found += mine.column("customer_id")
        assert sorted(found) == sorted(everybody)


@pytest.mark.parametrize("seed", range(3))
def test_conversions_are_what_a_person_counts(database: Database, year: int, seed: int) -> None:
    market = anybody(random.Random(seed))
    load(database, year, market)
    rows = run(database, "attribution/conversions", year).records()
    assert {row["kind"] for row in rows} == {"sign_up", "order"}
    for row in rows:
        mine = [one for one in market.conversions if one.kind == row["kind"] and 31 <= one.day < 120]
        values = [one.value for one in mine]
        assert row["visitors"] == len({one.visitor for one in mine} - {""})
        assert (row["conversions"], row["value"], row["highest_value"]) == (len(values), sum(values), max(values))
        assert row["median_value"] == statistics.median(values)


@pytest.mark.parametrize("seed", range(3))
def test_a_trend_adds_up_to_its_channel(database: Database, seed: int) -> None:
    # Calendar buckets begin in 1970; these tables take any year, as long as nobody signs up in it.
    year, drawn = 2003 + 2 * seed, anybody(random.Random(seed))
    load(database, year, Market((), drawn.touches, drawn.conversions))
    for row in run(database, "attribution/channels", year).records():
        course = run(database, "attribution/trend", year, channel=row["channel"], interval="day").records()
        for name in ("touches", "cost", "conversions", "value"):
            assert sum(one[name] for one in course) == row[name]
    for row in run(database, "attribution/trend", year, interval="day").records():
        day = (datetime.fromisoformat(row["time"]) - moment(year, 0)).days
        touches = [one for one in drawn.touches if one.day == day]
        assert (row["touches"], row["visitors"]) == (len(touches), len({one.visitor for one in touches} - {""}))
        assert row["conversions"] == sum(one.day == day for one in drawn.conversions)


def test_nobody_there(database: Database, year: int) -> None:
    for slug in ("channels", "conversions", "groups", "people", "trend"):
        assert run(database, f"attribution/{slug}", year).rows == []
    assert run(database, "attribution/trend", year, interval="auto").rows == []
    assert set(run(database, "attribution/customers", year).rows[0]) == {0}
