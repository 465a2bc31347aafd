"""Subscribers: who they are, how good their network is, whether they upgrade, and when they leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from exos.demo.calendar import DAY, Flags, Floats, Ints, second
from exos.demo.people import FAR, pick
from exos.demo.storeys import Plan
from exos.demo.telco.facts import Facts, facts
from exos.demo.truths import planted

PERSONS = 16_000
PERIOD_DAYS = 365
_CAP = 3
_BASE, _OWN = -3.1, 3.2
"""Log odds of upgrading without interest, and what the greatest interest adds."""
_CONTRACT_MONTHS = 24
_PREPAID_FACTOR = 2.1


@dataclass(frozen=True, slots=True)
class Subscribers:
    """One element per subscriber. Moments are UTC seconds, FAR where it has not happened; names are those of `facts()`.

    exposures: touches by channel in the year, shape (n, channels); looked: whether they looked at the offers by themselves.
    wanted: the moment at which they upgraded or would have; dropped: share of their calls that drop; months_left of the contract.
    """

    number: Ints
    segment: Ints
    age: Ints
    site: Ints
    prepaid: Flags
    gigabytes: Floats
    minutes: Floats
    night: Floats
    fee: Floats
    dropped: Floats
    months_left: Ints
    holdout: Ints
    exposures: Ints
    looked: Flags
    wanted: Ints
    upgraded: Flags
    joined: Ints
    churned: Ints

    def __len__(self) -> int:
        return len(self.number)


def subscribers(plan: Plan) -> Iterator[Subscribers]:
    """Blocks of subscribers, as many as the network is large."""
    for block in range(plan.size):
        yield _block(plan, block)


def _block(plan: Plan, block: int) -> Subscribers:
    known, rng, n, end = facts(), plan.rng("subscribers", block), PERSONS, second(plan.end)
    segment, site = pick(known.segment_share, rng.random(n)), pick(known.site_share, rng.random(n))
    prepaid = rng.random(n) < known.prepaid[segment]
    dropped = np.round(_dropped(plan, known)[site] * rng.gamma(6, 1 / 6, n), 4)
    months_left = np.where(prepaid, 0, rng.integers(0, _CONTRACT_MONTHS + 1, n))
    own = rng.beta(1.3, 2.8, n)
    holdout, exposures, looked = _offers(known, own, rng)
    odds = _BASE + _OWN * own + np.minimum(exposures, _CAP) @ known.lift
    begun = end - PERIOD_DAYS * DAY
    joined = begun - (rng.exponential(700, n) * DAY).astype(np.int64) - DAY
    churned = _churned(known, prepaid, dropped, months_left, begun, rng)
    wanted = begun + 30 * DAY + (rng.random(n) * (PERIOD_DAYS - 31) * DAY).astype(np.int64)
    return Subscribers(
        number=block * n + np.arange(n),
        segment=segment,
        age=pick(known.ages[segment], rng.random(n)),
        site=site,
        prepaid=prepaid,
        gigabytes=np.round(known.gigabytes[segment] * np.exp(rng.normal(0, 0.45, n)), 2),
        minutes=np.round(known.minutes[segment] * np.exp(rng.normal(0, 0.5, n)), 0),
        night=np.clip(np.round(known.night[segment] + rng.normal(0, 0.06, n), 3), 0.0, 1.0),
        fee=np.round(known.fee[segment] * np.where(prepaid, 0.6, 1.0) * np.exp(rng.normal(0, 0.12, n)), 2),
        dropped=dropped,
        months_left=months_left,
        holdout=holdout,
        exposures=exposures,
        looked=looked,
        wanted=wanted,
        upgraded=(rng.random(n) < 1 / (1 + np.exp(-odds))) & (wanted < churned),
        joined=joined,
        churned=np.where(churned < end, churned, FAR),
    )


def _dropped(plan: Plan, known: Facts) -> Floats:
    """The share of dropped calls of each site, the same for all blocks."""
    truth, (mean, spread) = planted("telco-churn-causes"), known.dropped
    dropped = mean * np.exp(plan.rng("sites").normal(0, spread, len(known.sites)))
    dropped[known.sites.index(truth["worst_site"])] = truth["worst"]
    return dropped


def _offers(known: Facts, own: Floats, rng: np.random.Generator) -> tuple[Ints, Ints, Flags]:
    """Who was kept from which channel, how often each channel reached them, and who looked at the offers."""
    truth = planted("telco-reminder-without-lift")
    reminder, counterpart = known.channels.index(truth["channel"]), known.channels.index(truth["counterpart"])
    draw, share = rng.random(len(own)), truth["holdout"]
    holdout = np.where(draw < share, reminder, np.where(draw < 2 * share, counterpart, -1))
    exposures = rng.poisson(known.touches[None, :] * (0.6 + 1.1 * own[:, None]))
    looked = rng.random(len(own)) < own**0.8
    exposures[:, reminder] = np.where(
        looked & (rng.random(len(own)) < truth["reach"]), 1 + rng.poisson(0.5, len(own)), 0
    )
    kept = np.flatnonzero(holdout >= 0)
    exposures[kept, holdout[kept]] = 0
    return holdout, exposures.astype(np.int64), looked


def _churned(
    known: Facts, prepaid: Flags, dropped: Floats, months_left: Ints, begun: int, rng: np.random.Generator
) -> Ints:
    """When they would leave. Segment and age are no part of it beyond the terms that they are on."""
    truth = planted("telco-churn-causes")
    terms = np.where(prepaid, _PREPAID_FACTOR, np.where(months_left <= 2, truth["ending_factor"], 1.0))
    yearly = known.churn * terms * np.exp(truth["dropped_weight"] * dropped)
    churned: Ints = begun + (rng.exponential(1.0, len(dropped)) / yearly * 365 * DAY).astype(np.int64)
    return churned
