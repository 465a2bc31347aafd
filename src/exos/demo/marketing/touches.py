"""The touches of each person's journey, in the order in which the journey took place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import yaml

from exos.demo import batches
from exos.demo.calendar import DAY, Flags, Floats, Ints, second
from exos.demo.columns import no_maps
from exos.demo.people import People, facts, pick, population
from exos.demo.people.networks import BUSINESS, MOBILE, RESIDENTIAL, names, of_class
from exos.demo.storeys import Plan
from exos.demo.telemetry import SOURCE
from exos.demo.truths import planted
from exos.store.tables import TOUCHES

BLOCK_TOUCHES = 10_000_000
"""More than any block of people has: numbers of touches start anew with each."""
_FIRST_DEVICE = 0.72
_ON_CARRIER = 0.45


@dataclass(frozen=True, slots=True)
class Kinds:
    """What campaigns.yaml says: names, and for each channel the shares and prices. Shapes are (channels, names)."""

    kinds: tuple[str, ...]
    share: Floats
    price: Floats
    campaigns: tuple[str, ...]
    campaign_share: Floats


@dataclass(frozen=True, slots=True)
class Touches:
    """One element per touch, by person. `person` is an index of the block; `anonymous` are those whom nothing names."""

    number: Ints
    person: Ints
    channel: Ints
    moment: Ints
    anonymous: Flags
    kind: Ints
    campaign: Ints
    cost: Floats
    kit: Ints
    device: Ints
    network_class: Ints
    network: Ints

    def __len__(self) -> int:
        return len(self.number)


def rows(plan: Plan) -> Iterator[pa.RecordBatch]:
    """The rows of `touches`."""
    for people, touches in _blocks(plan):
        yield _batch(people, touches)


def true_matches(plan: Plan) -> Iterator[tuple[Ints, Ints]]:
    """Per block, the ids of its anonymous touches and the numbers of the people they were: what no table says.

    For measuring how well anonymous touches are matched.
    """
    for people, touches in _blocks(plan):
        mine = touches.anonymous
        yield touches.number[mine], people.number[touches.person[mine]]


def _blocks(plan: Plan) -> Iterator[tuple[People, Touches]]:
    for block, people in enumerate(population(plan)):
        yield people, _touches(people, block, second(plan.end), plan.rng("touches", block))


def _touches(people: People, block: int, end: int, rng: np.random.Generator) -> Touches:
    known, kinds = facts(), read_kinds()
    counts = people.exposures.ravel()
    pair = np.repeat(np.arange(len(counts)), counts)
    person, channel = np.divmod(pair, len(known.channels))
    moment = _moments(people, person, channel, rng)
    happened = np.flatnonzero(moment < end)
    person, channel, moment = person[happened], channel[happened], moment[happened]
    n = len(person)
    kind = pick(kinds.share[channel], rng.random(n))
    device = ((people.kit[person, 1] >= 0) & (rng.random(n) > _FIRST_DEVICE)).astype(np.int64)
    network_class, network = _networks(people, person, device, rng)
    return Touches(
        number=block * BLOCK_TOUCHES + np.arange(n),
        person=person,
        channel=channel,
        moment=moment,
        anonymous=rng.random(n) < known.anonymous[channel],
        kind=kind,
        campaign=pick(kinds.campaign_share[channel], rng.random(n)),
        cost=np.round(kinds.price[channel, kind] * np.exp(rng.normal(-0.045, 0.3, n)), 4),
        kit=people.kit[person, device],
        device=device,
        network_class=network_class,
        network=network,
    )


def _moments(people: People, person: Ints, channel: Ints, rng: np.random.Generator) -> Ints:
    """Within each person's time of interest, as is usual for the channel; the first touch of `channel` opens it."""
    known, n = facts(), len(person)
    begun, length = people.journey[person], people.decided[person] - people.journey[person]
    place = rng.beta(known.when[channel, 0], known.when[channel, 1])
    raw = begun + (place * length).astype(np.int64)
    # Rather at an hour at which people are awake, where that leaves the touch within the time of interest.
    night = raw % DAY
    shifted = raw - night + (night + rng.integers(0, 4, n) * 6 * 3600) % DAY
    awake = (shifted > begun) & (shifted < begun + length) & _awake(shifted) & ~_awake(raw)
    moment = np.where(awake, shifted, raw)
    opens = np.flatnonzero(channel == people.channel[person])
    _, first = np.unique(person[opens], return_index=True)
    moment[opens[first]] = begun[opens[first]]
    within: Ints = np.minimum(moment, begun + np.maximum(length - 60, 0))
    return within


def _awake(moment: Ints) -> Flags:
    """Whether it is day in America: 11:00 to 5:00 UTC."""
    hour = moment // 3600 % 24
    awake: Flags = (hour >= 11) | (hour < 5)
    return awake


def _networks(people: People, person: Ints, device: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Phones are on the air or at home, other devices at the office or at home; some touches come from anywhere."""
    n, kit = len(person), people.kit[person, device]
    phone = np.array([one[0] == "mobile" for one in facts().kits])[kit]
    on_air = phone & (rng.random(n) < _ON_CARRIER)
    kind = np.where(on_air, MOBILE, np.where(people.office[person] & ~phone, BUSINESS, RESIDENTIAL))
    usual = np.where(on_air, people.carrier[person], people.home[person])
    away = rng.random(n) < planted("anonymous-touches")["away"]
    elsewhere = people.home[rng.integers(0, len(people), n)]
    return np.where(away, RESIDENTIAL, kind), np.where(away, elsewhere, usual)


def _batch(people: People, touches: Touches) -> pa.RecordBatch:
    known, kinds = facts(), read_kinds()
    visitor = batches.ascii_text(np.where(touches.anonymous, b"", people.visitor[touches.person, touches.device]))
    kit = [batches.named([one[part] for one in known.kits], touches.kit) for part in range(3)]
    return batches.batch(
        TOUCHES,
        {
            "time": batches.times(touches.moment),
            "touch_id": pa.array(touches.number.astype(np.uint64)),
            "visitor_id": visitor,
            "channel": batches.named(known.channels, touches.channel),
            "campaign": batches.named(kinds.campaigns, touches.campaign),
            "kind": batches.named(kinds.kinds, touches.kind),
            "cost": pa.array(touches.cost),
            "region": batches.named(known.company.states, people.state[touches.person]),
            "device": kit[0],
            "browser": kit[1],
            "os": kit[2],
            "network": names(touches.network_class, touches.network),
            "network_class": of_class(touches.network_class),
            "attributes": no_maps(len(touches)),
            "source": SOURCE,
        },
    )


@cache
def read_kinds() -> Kinds:
    """What campaigns.yaml says."""
    said: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "campaigns.yaml").read_text(encoding="utf-8"))
    by_channel = [said[channel] for channel in facts().channels]
    kinds = tuple(dict.fromkeys(kind for one in by_channel for kind in one["kinds"]))
    campaigns = tuple(dict.fromkeys(name for one in by_channel for name in one["campaigns"]))
    return Kinds(
        kinds=kinds,
        share=np.array([[one["kinds"].get(kind, (0.0, 0.0))[0] for kind in kinds] for one in by_channel]),
        price=np.array([[one["kinds"].get(kind, (0.0, 0.0))[1] for kind in kinds] for one in by_channel]),
        campaigns=campaigns,
        campaign_share=np.array([[one["campaigns"].get(name, 0.0) for name in campaigns] for one in by_channel]),
    )
