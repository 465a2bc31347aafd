"""The population: everyone who came near the mortgage company's public site, as columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from exos.demo.calendar import DAY, Days, Flags, Floats, Ints
from exos.demo.people import churn, interest
from exos.demo.people.facts import Facts, facts, pick
from exos.demo.people.moments import FAR, Moments
from exos.demo.storeys import Plan

PERSONS = 20_000
"""People in a block; a company of small size has one block."""
PERIOD_DAYS = 365
_EARLIER_DAYS = 720
_EARLIER = 0.25
"""Share of people who had signed up before the period, at most so many days before it."""
_RESIDENTS, _CARRIERS = 12, 16
"""People on a network at home or at work, and mobile networks in the whole country."""
Texts = npt.NDArray[np.bytes_]


@dataclass(frozen=True, slots=True)
class People:
    """One block: one element per person. Names are those of `facts()`; moments are UTC seconds, FAR where it has not happened.

    number: of the person, over all blocks.
    state, segment, plan, channel: indices; channel is where the first touch came from.
    kit: device, browser and system of the first and the second device, shape (n, 2); -1: no second device.
    visitor: visitor ids of these devices, ASCII, shape (n, 2); empty: no second device.
    home: number of the network at home or at work, `office` whether it is a business's; carrier: number of the mobile network.
    exposures: touches by channel, shape (n, channels), while interested: from `journey` until `decided`.
    holdout: the channel that this person was kept from at random, -1: none.
    signed_up, churned: moments. late_share, contacts (with support, a month), orders (a month): what a customer meets with.
    raised: whether the price was raised for this customer.
    """

    number: Ints
    segment: Ints
    state: Ints
    age: Ints
    kit: Ints
    visitor: Texts
    home: Ints
    office: Flags
    carrier: Ints
    exposures: Ints
    holdout: Ints
    channel: Ints
    journey: Ints
    decided: Ints
    signed_up: Ints
    plan: Ints
    orders: Floats
    late_share: Floats
    contacts: Floats
    raised: Flags
    churned: Ints

    def __len__(self) -> int:
        return len(self.number)


def population(plan: Plan) -> Iterator[People]:
    """The blocks of the population, each the same for the same seed and end, whatever the size of the world."""
    first = plan.end - timedelta(days=PERIOD_DAYS + _EARLIER_DAYS)
    moments = Moments(Days.between(first, plan.end))
    for block in range(plan.size):
        yield _block(plan, block, facts(), moments)


def _block(plan: Plan, block: int, known: Facts, moments: Moments) -> People:
    rng, n = plan.rng("people", block), PERSONS
    segment = pick(known.segment_share, rng.random(n))
    state = pick(known.company.state_share, rng.random(n))
    age = np.clip(rng.normal(known.age[segment, 0], known.age[segment, 1]), 18, 88).astype(np.int64)
    kit = _kits(known, segment, rng)
    office = rng.random(n) < known.office[segment]
    earlier = rng.random(n) < _EARLIER
    journeys = interest.journeys(known, segment, moments, state, earlier, (_EARLIER_DAYS, PERIOD_DAYS), rng)
    signed_up = np.where(journeys.converts & (journeys.decided < moments.end), journeys.decided, FAR)
    begun = moments.end - PERIOD_DAYS * DAY
    life = churn.lives(known, segment, state, signed_up, (begun, moments.end), rng)
    return People(
        number=block * n + np.arange(n),
        segment=segment,
        state=state,
        age=age,
        kit=kit,
        visitor=_visitors(kit, rng),
        home=block * (n // _RESIDENTS + len(known.company.states)) + _homes(known, state, rng),
        office=office,
        carrier=rng.integers(0, _CARRIERS, n),
        exposures=journeys.exposures,
        holdout=journeys.holdout,
        channel=journeys.channel,
        journey=journeys.begun,
        decided=journeys.decided,
        signed_up=signed_up,
        plan=pick(known.plan_share[segment], rng.random(n)),
        orders=life.orders,
        late_share=life.late_share,
        contacts=life.contacts,
        raised=life.raised,
        churned=np.where(life.churned < moments.end, life.churned, FAR),
    )


def _homes(known: Facts, state: Ints, rng: np.random.Generator) -> Ints:
    """Networks of neighbours: each state has as many as its people need."""
    count = np.ceil(known.company.state_share * len(state) / _RESIDENTS).astype(np.int64)
    first = np.cumsum(count) - count
    homes: Ints = first[state] + (rng.random(len(state)) * count[state]).astype(np.int64)
    return homes


def _kits(known: Facts, segment: Ints, rng: np.random.Generator) -> Ints:
    """Who works at a desk has a phone for a second device, and the other way round."""
    n = len(segment)
    first = pick(known.device_share[segment], rng.random(n))
    desk, phone = known.devices.index("desktop"), known.devices.index("mobile")
    other = np.where(first == desk, phone, desk)
    both = [pick(known.kit_share[device], rng.random(n)) for device in (first, other)]
    return np.stack([both[0], np.where(rng.random(n) < known.second[segment], both[1], -1)], axis=1)


def _visitors(kit: Ints, rng: np.random.Generator) -> Texts:
    """Random UUIDs (version 4), made as text at once."""
    octets = np.frombuffer(rng.bytes(kit.size * 16), np.uint8).reshape(-1, 16).copy()
    octets[:, 6] = octets[:, 6] & 0x0F | 0x40
    octets[:, 8] = octets[:, 8] & 0x3F | 0x80
    digits = np.frombuffer(octets.tobytes().hex().encode(), "S1").reshape(-1, 32)
    text = np.full((kit.size, 36), b"-", "S1")
    for start, stop, place in ((0, 8, 0), (8, 12, 9), (12, 16, 14), (16, 20, 19), (20, 32, 24)):
        text[:, place : place + stop - start] = digits[:, start:stop]
    return np.where(kit >= 0, text.reshape(-1).view("S36").reshape(kit.shape), b"")
