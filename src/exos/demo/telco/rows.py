"""The rows of `customers`, `touches` and `conversions` of the mobile network."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from exos.demo import batches
from exos.demo.calendar import DAY, Ints, second
from exos.demo.columns import Maps, filled, hex_ids, join, mix, no_maps
from exos.demo.people import FAR
from exos.demo.people.networks import MOBILE, names, of_class
from exos.demo.storeys import Plan
from exos.demo.telco.facts import facts
from exos.demo.telco.subscribers import Subscribers, subscribers
from exos.demo.telemetry import SOURCE
from exos.store.tables import CONVERSIONS, CUSTOMERS, TOUCHES

_FIRST = 70_000_000
_BLOCK_TOUCHES = 1_000_000
_BEFORE_DAYS, _REMINDED_DAYS = 30, 0.8
_UPGRADE, _SPREAD = 0.24, 0.3
"""What an upgrade adds to the fee of a month, about, and how that spreads (as a logarithm)."""


def customers(plan: Plan) -> Iterator[pa.RecordBatch]:
    """The rows of `customers`."""
    known = facts()
    for one in subscribers(plan):
        yield batches.batch(
            CUSTOMERS,
            {
                "customer_id": _ids(one.number),
                "visitor_ids": pa.ListArray.from_arrays(
                    pa.array(np.arange(len(one) + 1, dtype=np.int32)), _visitors(plan, one)
                ),
                "segment": batches.named(known.segments, one.segment),
                "region": batches.named(known.cities, known.city_of_site[one.site]),
                "age_band": batches.named(known.age_bands, one.age),
                "plan": batches.named(["contract", "prepaid"], one.prepaid.astype(np.int64)),
                "holdout": batches.named(known.channels, one.holdout),
                "interested_at": batches.times(one.joined),
                "signed_up_at": batches.times(one.joined),
                "churned_at": batches.times(one.churned, one.churned < FAR),
                "monthly_value": pa.array(one.fee),
                "attributes": _attributes(one),
                "measures": batches.numbers(
                    {
                        "gigabytes_a_month": one.gigabytes,
                        "minutes_a_month": one.minutes,
                        "night_share": one.night,
                        "dropped_share": one.dropped,
                        "months_left": one.months_left.astype(np.float64),
                    }
                ),
                "source": SOURCE,
            },
        )


def touches(plan: Plan) -> Iterator[pa.RecordBatch]:
    """The rows of `touches`: what reached subscribers around the time at which they upgraded or would have."""
    known, end = facts(), second(plan.end)
    reminder = [kind == "reminder" for kind in known.channels]
    for block, one in enumerate(subscribers(plan)):
        rng, counts = plan.rng("offers", block), one.exposures.ravel()
        person, channel = np.divmod(np.repeat(np.arange(len(counts)), counts), len(known.channels))
        early = rng.random(len(person)) * (_BEFORE_DAYS - 2) + 2
        days = np.where(np.array(reminder)[channel], rng.exponential(_REMINDED_DAYS, len(person)), early)
        moment = one.wanted[person] - (days * DAY).astype(np.int64) - 60
        shown = np.flatnonzero((moment < np.minimum(one.churned[person], end)) & (moment >= end - 365 * DAY))
        person, channel, moment = person[shown], channel[shown], moment[shown]
        n = len(person)
        anonymous = rng.random(n) < known.anonymous[channel]
        yield batches.batch(
            TOUCHES,
            {
                "time": batches.times(moment),
                "touch_id": pa.array((_BLOCK_TOUCHES * block + np.arange(n)).astype(np.uint64)),
                "visitor_id": pa.concat_arrays([_visitors(plan, one), pa.array([""])]).take(
                    pa.array(np.where(anonymous, len(one), person))
                ),
                "channel": batches.named(known.channels, channel),
                "campaign": filled("⟨quarter⟩ offers", quarter=_quarters(moment)),
                "kind": batches.named(known.kinds, channel),
                "cost": pa.array(np.round(known.cost[channel] * np.exp(rng.normal(-0.03, 0.25, n)), 4)),
                "region": batches.named(known.cities, known.city_of_site[one.site[person]]),
                "device": "mobile",
                "network": names(np.full(n, MOBILE), one.site[person]),
                "network_class": of_class(np.full(n, MOBILE)),
                "attributes": no_maps(n),
                "source": SOURCE,
            },
        )


def conversions(plan: Plan) -> Iterator[pa.RecordBatch]:
    """The rows of `conversions`: upgrades."""
    for block, one in enumerate(subscribers(plan)):
        who = np.flatnonzero(one.upgraded)
        more = _UPGRADE * one.fee[who] * np.exp(plan.rng("upgrades", block).normal(0, _SPREAD, len(who)))
        yield batches.batch(
            CONVERSIONS,
            {
                "time": batches.times(one.wanted[who]),
                "conversion_id": pa.array(one.number[who].astype(np.uint64)),
                "visitor_id": _visitors(plan, one).take(pa.array(who)),
                "customer_id": _ids(one.number[who]),
                "kind": pa.repeat("upgrade", len(who)),
                "value": pa.array(np.round(12 * more, 2)),
                "attributes": no_maps(len(who)),
                "source": SOURCE,
            },
        )


def _ids(number: Ints) -> pa.Array:
    return join("S-", number + _FIRST)


def _visitors(plan: Plan, one: Subscribers) -> pa.Array:
    return hex_ids(mix(one.number, plan.seed, 1), mix(one.number, plan.seed, 2))


def _attributes(one: Subscribers) -> pa.MapArray:
    known, maps, everyone = facts(), Maps(len(one)), slice(None)
    maps.put("site", everyone, pa.array(known.sites), one.site)
    maps.put("contract", everyone, pa.array(["contract", "prepaid"]), one.prepaid.astype(np.int64))
    maps.put("looked_at_offers", everyone, pa.array(["no", "yes"]), one.looked.astype(np.int64))
    return maps.build()


def _quarters(moment: Ints) -> pa.Array:
    month = moment.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
    known, place = np.unique(month // 3, return_inverse=True)
    return pa.array([f"Q{one % 4 + 1} {1970 + one // 4}" for one in known.tolist()]).take(pa.array(place))
