"""The rows of `customers` and `conversions`: the people as the company's own records know them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exos.demo import batches
from exos.demo.calendar import DAY, Floats, Ints, second
from exos.demo.columns import Maps
from exos.demo.people import FAR, PERIOD_DAYS, People, facts, pick, population
from exos.demo.storeys import Plan
from exos.demo.telemetry import SOURCE
from exos.store.tables import CONVERSIONS, CUSTOMERS

FIRST_CUSTOMER = 10_000_000
_SPREAD = 0.3
"""Of what an order leaves, and of what a customer is expected to bring in a year: around the median, as a logarithm."""
_ORDERED, _ORDER_DAYS = 0.72, 9.0
"""Share of new customers that order something, and mean days until then."""


def customers(plan: Plan) -> Iterator[pa.RecordBatch]:
    """The rows of `customers`."""
    known = facts()
    for people in population(plan):
        signed = people.signed_up < FAR
        bands = np.searchsorted(known.age_starts, people.age, side="right") - 1
        yield batches.batch(
            CUSTOMERS,
            {
                "customer_id": customer_ids(people.number),
                "visitor_ids": _visitors(people),
                "segment": batches.named(known.segments, people.segment),
                "region": batches.named(known.company.states, people.state),
                "age_band": batches.named(known.age_bands, bands),
                "plan": batches.named(known.plans, np.where(signed, people.plan, -1)),
                "channel": batches.named(known.channels, people.channel),
                "holdout": batches.named(known.channels, people.holdout),
                "interested_at": batches.times(people.journey),
                "signed_up_at": batches.times(people.signed_up, signed),
                "churned_at": batches.times(people.churned, people.churned < FAR),
                "monthly_value": pa.array(np.where(signed, _monthly_value(people), 0.0)),
                "attributes": _attributes(people),
                "measures": batches.numbers(
                    {
                        "orders_a_month": people.orders * signed,
                        "late_share": people.late_share * signed,
                        "contacts_a_month": people.contacts * signed,
                        "age": people.age.astype(np.float64),
                    }
                ),
                "source": SOURCE,
            },
        )


def conversions(plan: Plan) -> Iterator[pa.RecordBatch]:
    """The rows of `conversions`: who signed up within the period, and the first order of those who order."""
    known, end = facts(), second(plan.end)
    for block, people in enumerate(population(plan)):
        rng = plan.rng("conversions", block)
        device = (people.kit[:, 1] >= 0) & (rng.random(len(people)) < 0.3)
        ordered = people.signed_up + (rng.exponential(_ORDER_DAYS, len(people)) * DAY).astype(np.int64)
        orders = (ordered < np.minimum(people.churned, end)) & (rng.random(len(people)) < _ORDERED)
        newcomer = (people.signed_up < FAR) & (people.signed_up >= end - PERIOD_DAYS * DAY)
        who = np.concatenate([np.flatnonzero(newcomer), np.flatnonzero(newcomer & orders)])
        kind = np.repeat([0, 1], [newcomer.sum(), (newcomer & orders).sum()])
        product = np.where(kind == 1, pick(known.product_share, rng.random(len(who))), -1)
        usual = known.per_order[people.segment[who]] * known.product_value[product]
        value = np.where(kind == 0, 12 * _monthly_value(people)[who], usual) * np.exp(rng.normal(0, _SPREAD, len(who)))
        yield batches.batch(
            CONVERSIONS,
            {
                "time": batches.times(np.where(kind == 0, people.signed_up[who], ordered[who])),
                "conversion_id": pa.array((people.number[who] * 2 + kind).astype(np.uint64)),
                "visitor_id": batches.ascii_text(people.visitor[who, device[who].astype(np.int64)]),
                "customer_id": customer_ids(people.number[who]),
                "kind": batches.named(["sign_up", "first_order"], kind),
                "value": pa.array(np.round(value, 2)),
                "attributes": _ordered(product),
                "source": SOURCE,
            },
        )


def customer_ids(number: Ints) -> pa.Array:
    """C- and eight digits."""
    return pc.binary_join_element_wise("C-", pa.array(number + FIRST_CUSTOMER).cast(pa.string()), "")


def _attributes(people: People) -> pa.MapArray:
    known, maps, everyone = facts(), Maps(len(people)), slice(None)
    maps.put("part_of_country", everyone, pa.array(known.company.regions), known.company.region_of_state[people.state])
    maps.put("device", everyone, pa.array([kit[0] for kit in known.kits]), people.kit[:, 0])
    maps.put("price_raised", everyone, pa.array(["no", "yes"]), people.raised.astype(np.int64))
    return maps.build()


def _ordered(product: Ints) -> pa.MapArray:
    """What a first order was of; nothing where a conversion is none (-1)."""
    maps, which = Maps(len(product)), np.flatnonzero(product >= 0)
    maps.put("product", which, pa.array(facts().products), product[which])
    return maps.build()


def _monthly_value(people: People) -> Floats:
    known = facts()
    value: Floats = np.round(known.fees[people.plan] + known.per_order[people.segment] * people.orders, 2)
    return value


def _visitors(people: People) -> pa.Array:
    two = people.visitor != b""
    offsets = np.concatenate([[0], np.cumsum(two.sum(axis=1))]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), batches.ascii_text(people.visitor[two]))
