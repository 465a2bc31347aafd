"""Analyses of customers and channels: golden rows, and properties that they must have.

These tables have no service to keep tests apart by, and customers of the past still are customers: each test has years
of its own, each earlier than all before, so that nobody has signed up by then.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

import pytest

import goldens
from exos.analysis import Playbook
from exos.store.database import Database
from exos.types import Result
from marketing import SMALL, Conversion, Market, Person, Touch, between, load

PLAYBOOK = Playbook.load()
SLUGS = [one.slug for one in PLAYBOOK if one.area == "attribution"]
ADDING = {
    "attribution/channels": ("touches", "cost", "conversions", "value"),
    "attribution/customers": ("new_customers", "churned_customers", "conversions", "value"),
}
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
    return PLAYBOOK.run(database, slug, {**between(year, first, last), **params})


@pytest.mark.parametrize("slug", SLUGS)
def test_golden_rows(database: Database, year: int, slug: str, request: pytest.FixtureRequest) -> None:
    load(database, year, SMALL)
    goldens.check(slug, run(database, slug, year), request)


@pytest.mark.parametrize("slug", SLUGS)
def test_order_and_repetition_change_nothing(database: Database, year: int, slug: str) -> None:
    load(database, year, SMALL)
    expected = run(database, slug, year).rows
    rng = random.Random(5)
    people, touches = rng.sample(SMALL.people, len(SMALL.people)), rng.sample(SMALL.touches, len(SMALL.touches))
    conversions = rng.sample(SMALL.conversions, len(SMALL.conversions))
    other = next(_YEARS)
    for part in (Market(people[:4], touches[:5]), Market(people, touches, conversions), Market((), touches[3:])):
        load(database, other, part)
    assert run(database, slug, other).rows == expected


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
        Conversion(number, rng.randrange(160), rng.choice(visitors), rng.randrange(1000)) for number in range(150)
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


def test_nobody_there(database: Database, year: int) -> None:
    assert run(database, "attribution/channels", year).rows == []
    assert set(run(database, "attribution/customers", year).rows[0]) == {0}
