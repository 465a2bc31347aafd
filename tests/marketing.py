"""Customers, touches and conversions small enough to be counted by hand, and how to get them into the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from exos.store.database import Database
from exos.store.tables import CONVERSIONS, CUSTOMERS, TOUCHES


@dataclass(frozen=True)
class Person:
    """A prospect or customer: days since the first of January at which they signed up and left."""

    key: str
    signed_up: float | None
    churned: float | None = None
    monthly: float = 10
    segment: str = ""


@dataclass(frozen=True)
class Touch:
    """A contact with a visitor (anonymous: ""), by its day."""

    key: int
    day: float
    visitor: str
    channel: str
    cost: float = 0


@dataclass(frozen=True)
class Conversion:
    """What a visitor did, by its day."""

    key: int
    day: float
    visitor: str
    value: float
    kind: str = "sign_up"


@dataclass(frozen=True)
class Market:
    """Everything that one test puts in. Its keys begin with its year, so that it replaces nothing of other tests."""

    people: Sequence[Person] = ()
    touches: Sequence[Touch] = ()
    conversions: Sequence[Conversion] = ()


SMALL = Market(
    people=[
        Person("prospect", None),
        Person("old", -400, None, 20, "Broker"),
        Person("left-before", -300, -10, 40),
        Person("new", 40, None, 15, "Broker"),
        Person("came-and-left", 35, 60, 12.5, "Owner"),
        Person("old-and-left", -90, 50, 25, "Broker"),
        Person("leaves-later", 45, 200, 30, "Owner"),
        Person("later", 130, None, 99),
    ],
    touches=[
        Touch(1, 20, "ann", "search", 2),  # before the range: only as a last touch
        Touch(2, 36, "ann", "email", 0.25),
        Touch(3, 39, "ann", "retargeting", 0.5),
        Touch(4, 40.5, "ann", "call", 8),  # after her conversion
        Touch(5, 33, "ben", "search", 2),
        Touch(6, 33, "ben", "email", 0.25),  # at the same time, with the higher key
        Touch(7, 33, "", "social", 4),
        Touch(8, 34, "", "social", 4),
        Touch(9, 34, "cid", "social", 4),
        Touch(10, 20, "dot", "fair", 2),  # of a channel that is not seen in the range
        Touch(11, 50, "eve", "shop", 16),  # 31 days before her conversion
        Touch(12, 82, "flo", "retargeting", 0.5),  # at the moment of her conversion
    ],
    conversions=[
        Conversion(1, 40, "ann", 100),
        Conversion(2, 45, "ben", 50, "first_order"),
        Conversion(3, 46, "ben", 25, "first_order"),
        Conversion(4, 41, "dot", 10),
        Conversion(5, 81, "eve", 1000),
        Conversion(6, 82, "flo", 70),
        Conversion(7, 60, "nobody-touched", 5),
        Conversion(8, 60, "", 3),
        Conversion(9, 150, "ann", 7000),
    ],
)  # fmt: skip


def moment(year: int, day: float) -> datetime:
    """That many days after the first of January of a year."""
    return datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day)


def between(year: int, first: float, last: float) -> dict[str, str]:
    """The parameters `since` and `until` of days of a year."""
    return {"since": moment(year, first).isoformat(), "until": moment(year, last).isoformat()}


def load(database: Database, year: int, market: Market) -> None:
    """Write the rows, as of a year."""

    def times(days: Sequence[float | None]) -> pa.Array:
        return pa.array([None if day is None else moment(year, day) for day in days], pa.timestamp("us", tz="UTC"))

    people, touches, conversions = market.people, market.touches, market.conversions
    _insert(
        database,
        "customers",
        CUSTOMERS,
        {
            "customer_id": [f"{year}-{one.key}" for one in people],
            "interested_at": times([one.signed_up or 0 for one in people]),
            "signed_up_at": times([one.signed_up for one in people]),
            "churned_at": times([one.churned for one in people]),
            "monthly_value": [float(one.monthly) for one in people],
            "segment": [one.segment for one in people],
        },
    )
    _insert(
        database,
        "touches",
        TOUCHES,
        {
            "time": times([one.day for one in touches]),
            "touch_id": [one.key for one in touches],
            "visitor_id": [one.visitor and f"{year}-{one.visitor}" for one in touches],
            "channel": [one.channel for one in touches],
            "cost": [float(one.cost) for one in touches],
        },
    )
    _insert(
        database,
        "conversions",
        CONVERSIONS,
        {
            "time": times([one.day for one in conversions]),
            "conversion_id": [one.key for one in conversions],
            "visitor_id": [one.visitor and f"{year}-{one.visitor}" for one in conversions],
            "kind": [one.kind for one in conversions],
            "value": [float(one.value) for one in conversions],
        },
    )


def _insert(database: Database, table: str, schema: pa.Schema, columns: dict[str, object]) -> None:
    mine = pa.schema([schema.field(name) for name in schema.names if name in columns])
    made = [pa.array(columns[field.name], field.type) for field in mine]
    if len(made[0]):
        database.insert(table, pa.record_batch(made, schema=mine))
