"""How people come to sign up, or do not: what they meet with while they are interested, and what of it moves them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exos.demo.calendar import DAY, Flags, Floats, Ints
from exos.demo.people.facts import Facts
from exos.demo.people.moments import Moments
from exos.demo.truths import planted

_CAP = 3
"""Touches of a channel beyond this number move nobody any further."""
_BASE, _OWN_INTEREST = -2.9, 3.0
"""Log odds of signing up without interest, and what the greatest interest adds."""
_VISITS = 2.6
_LONGEST = 45.0


@dataclass(frozen=True, slots=True)
class Journeys:
    """One element per person. Those who signed up before the period have no touches and decided when they began."""

    exposures: Ints
    holdout: Ints
    channel: Ints
    begun: Ints
    decided: Ints
    converts: Flags


def journeys(
    known: Facts,
    segment: Ints,
    moments: Moments,
    state: Ints,
    earlier: Flags,
    spans: tuple[int, int],
    rng: np.random.Generator,
) -> Journeys:
    """`earlier`: who had signed up before the period. `spans`: days before the period, and of it."""
    n = len(segment)
    before, period = spans
    own = rng.beta(1.4, 2.6, n)
    holdout = _holdouts(known, earlier, rng)
    exposures = _exposures(known, own, holdout, rng)
    exposures[earlier] = 0
    odds = _BASE + known.interest[segment] + _OWN_INTEREST * own + np.minimum(exposures, _CAP) @ known.lift
    converts = (rng.random(n) < 1 / (1 + np.exp(-odds))) | earlier
    day = np.where(earlier, rng.random(n) * before, before + rng.random(n) * period)
    length = np.where(earlier, 0.0, np.clip(np.exp(rng.normal(2.1, 0.7, n)), 0.5, _LONGEST))
    begun, decided = moments.at(day, state, rng), _beyond(moments, day + length, state, rng)
    return Journeys(
        exposures=exposures,
        holdout=holdout,
        channel=_first(known, exposures, rng),
        begun=np.where(earlier, np.maximum(begun, decided), begun),
        decided=np.where(earlier, np.maximum(begun, decided), np.maximum(decided, begun + 600)),
        converts=converts,
    )


def _holdouts(known: Facts, earlier: Flags, rng: np.random.Generator) -> Ints:
    """A random part of the newcomers is kept from one channel, another part from another."""
    draw, holdout, start = rng.random(len(earlier)), np.full(len(earlier), -1, np.int64), 0.0
    for truth in (planted("retargeting-without-lift"), planted("webinar-lift")):
        chosen = (draw >= start) & (draw < start + truth["holdout"]) & ~earlier
        holdout[chosen] = known.channel(truth["channel"])
        start += truth["holdout"]
    return holdout


def _exposures(known: Facts, own: Floats, holdout: Ints, rng: np.random.Generator) -> Ints:
    """Who is interested meets with a little more of everything and visits without any ad; who visits is followed."""
    exposures = rng.poisson(known.touches[None, :] * (0.6 + 0.9 * own[:, None]))
    direct, following = known.channel("direct"), known.channel("retargeting")
    exposures[:, direct] = rng.poisson(_VISITS * own**1.5 * 2)
    followed = (exposures[:, direct] > 0) & (rng.random(len(own)) < planted("retargeting-without-lift")["reach"])
    exposures[:, following] = np.where(followed, 1 + rng.poisson(1.6, len(own)), 0)
    kept = np.flatnonzero(holdout >= 0)
    exposures[kept, holdout[kept]] = 0
    return exposures.astype(np.int64)


def _first(known: Facts, exposures: Ints, rng: np.random.Generator) -> Ints:
    """The channel of the first touch: one of those met with, rather one that comes early. direct where there is none."""
    early = known.when[:, 1] / known.when.sum(axis=1)
    # Nobody is followed before the first visit.
    early[known.channel("retargeting")] = 0
    weight = exposures * early
    total = weight.sum(axis=1, keepdims=True)
    share = np.where(total > 0, weight / np.maximum(total, 1e-9), 0)
    drawn = (rng.random(len(exposures))[:, None] >= np.cumsum(share, axis=1)).sum(axis=1)
    return np.where(total[:, 0] > 0, np.minimum(drawn, len(known.channels) - 1), known.channel("direct"))


def _beyond(moments: Moments, day: Floats, state: Ints, rng: np.random.Generator) -> Ints:
    """Moments that may lie after the end."""
    over = np.maximum(np.ceil(day - moments.last + 1), 0)
    return moments.at(day - over, state, rng) + (over * DAY).astype(np.int64)
