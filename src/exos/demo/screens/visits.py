"""When people come to the public site over the year, and what for: before they sign up, to sign up, and as customers."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from exos.demo.calendar import DAY, HOUR, ZONES, Flags, Floats, Ints
from exos.demo.columns import draw
from exos.demo.people import FAR, PERIOD_DAYS, People, facts
from exos.demo.screens.shifts import sampled
from exos.demo.storeys import Plan
from exos.demo.truths import planted

PROSPECT, SIGN_UP, CUSTOMER = range(3)
CONSENT = 0.2
"""Share of people who let the site measure what they do, at small size."""
CLICKS = {
    "search": 0.55,
    "social": 0.16,
    "display": 0.04,
    "email": 0.3,
    "partner": 0.6,
    "webinar": 0.45,
    "retargeting": 0.12,
}
"""Share of the touches of a channel that bring a visit."""
_OFTEN, _PER_ORDER = 0.32, 0.42
"""Visits a month of a customer: at least, and for each order a month."""
_APART = HOUR // 2
"""Seconds between the beginnings of two visits on one device: the browser counts what comes within 15 minutes to the same one."""
_WELCOME, _WELCOME_DAYS = 1.3, 8.0
_WEEKEND = 0.6
_SECOND_DEVICE = 0.25


@dataclass(frozen=True, slots=True)
class Visits:
    """One element per visit, by moment (UTC seconds). person: place in the block; device: 0 or 1; channel: -1 when no
    ad brought it.
    """

    person: Ints
    moment: Ints
    kind: Ints
    channel: Ints
    device: Ints

    def __len__(self) -> int:
        return len(self.moment)

    def take(self, which: Ints | Flags) -> Visits:
        """A selection, by index or mask."""
        return Visits(*(getattr(self, field.name)[which] for field in fields(self)))


def visits(plan: Plan, block: int, people: People, end: int) -> Visits:
    """The visits of a block of people in the year before `end`, a moment."""
    rng = plan.rng("visits", block)
    begin = end - PERIOD_DAYS * DAY
    seen = draw(plan.seed, 41, people.number) < CONSENT * sampled(plan.size)
    parts = [_before(people, seen, rng), _deciding(people, seen), *_customers(people, seen, begin, end, rng)]
    person, moment, kind, channel = (np.concatenate(column) for column in zip(*parts, strict=True))
    moment = _waking(moment, kind, people.state[person], rng)
    kept = (moment >= begin + HOUR) & (moment < end - 3 * HOUR) & (rng.random(len(moment)) < _shown(moment, kind, end))
    second = (people.kit[person, 1] >= 0) & (rng.random(len(person)) < _SECOND_DEVICE) & (kind != SIGN_UP)
    whole = Visits(person, moment, kind, channel, second.astype(np.int64)).take(kept)
    whole = whole.take(_apart(whole))
    return whole.take(np.lexsort((whole.person, whole.moment)))


_Part = tuple[Ints, Ints, Ints, Ints]


def _before(people: People, seen: Flags, rng: np.random.Generator) -> _Part:
    """Visits while interested: those that no ad brought, and clicks on ads."""
    known = facts()
    share = np.array([CLICKS.get(name, 1.0) for name in known.channels])
    counts = rng.binomial(people.exposures, share)
    person, channel = np.nonzero(counts * seen[:, None])
    times = counts[person, channel]
    person, channel = np.repeat(person, times), np.repeat(channel, times)
    when = rng.beta(known.when[channel, 0], known.when[channel, 1])
    span = people.decided[person] - people.journey[person] - 2 * HOUR
    moment = people.journey[person] + (when * np.maximum(span, 600)).astype(np.int64)
    own = np.where(channel == known.channel("direct"), -1, channel)
    return person, moment, np.full(len(person), PROSPECT), own


def _deciding(people: People, seen: Flags) -> _Part:
    """The visit that ends in signing up, some minutes before that moment."""
    person = np.flatnonzero(seen & (people.signed_up < FAR))
    minutes = 5 + 5 * draw(people.number[person], 42)
    moment = people.signed_up[person] - (minutes * 60).astype(np.int64)
    return person, moment, np.full(len(person), SIGN_UP), np.full(len(person), -1)


def _customers(people: People, seen: Flags, begin: int, end: int, rng: np.random.Generator) -> list[_Part]:
    """Visits of customers: more often in the first weeks, then as often as they order, until they leave."""
    person = np.flatnonzero(seen & (people.signed_up < FAR) & (people.churned > begin))
    since = np.maximum(people.signed_up[person] + 3 * HOUR, begin)
    until = np.minimum(people.churned[person], end)
    lasting = _staying(people.signed_up[person], end)
    taste = rng.gamma(2.2, 1 / 2.2, len(person))
    rate = (_OFTEN + _PER_ORDER * people.orders[person]) / 30 * taste * lasting
    counts = rng.poisson(rate * np.maximum(until - since, 0) / DAY)
    who = np.repeat(np.arange(len(person)), counts)
    moment = since[who] + (rng.random(len(who)) * (until - since)[who]).astype(np.int64)
    welcome = np.repeat(np.arange(len(person)), rng.poisson(_WELCOME * lasting))
    early = (
        people.signed_up[person[welcome]]
        + 3 * HOUR
        + (rng.exponential(_WELCOME_DAYS, len(welcome)) * DAY).astype(np.int64)
    )
    fits = early < until[welcome]
    listed = ((who, moment), (welcome[fits], early[fits]))
    return [(person[which], at, np.full(len(which), CUSTOMER), np.full(len(which), -1)) for which, at in listed]


def _apart(whole: Visits) -> Ints:
    """The visits that are far enough from the one before on the same device; those that end in signing up in any case."""
    order = np.lexsort((whole.moment, whole.device, whole.person))
    one = whole.take(order)
    close = (np.diff(one.moment) < _APART) & (np.diff(one.person) == 0) & (np.diff(one.device) == 0)
    last = one.kind[1:] == SIGN_UP
    left_out = np.zeros(len(one), np.bool_)
    left_out[1:] |= close & ~last
    left_out[:-1] |= close & last
    return order[~left_out]


def _staying(signed_up: Ints, end: int) -> Floats:
    """Factor on how often customers come back: one cohort's is lower."""
    said = planted("cohort-drop")
    first = end - said["starts_days_before_end"] * DAY
    there = (signed_up >= first) & (signed_up < first + said["days"] * DAY)
    return np.where(there, said["factor"], 1.0)


def _shown(moment: Ints, kind: Ints, end: int) -> Floats:
    """Share of the visits that take place: fewer at weekends, fewer of customers in the quiet weeks."""
    said = planted("cohort-drop")
    weekday = (moment // DAY + 3) % 7
    share = np.where((weekday >= 5) & (kind != SIGN_UP), _WEEKEND, 1.0)
    first = end - said["quiet_starts"] * DAY
    quiet = (moment >= first) & (moment < first + said["quiet_days"] * DAY) & (kind == CUSTOMER)
    return share * np.where(quiet, said["quiet_factor"], 1.0)


_BY_HOUR = np.array(
    [3, 2, 1, 1, 1, 2, 6, 14, 30, 44, 52, 50, 48, 46, 47, 45, 40, 36, 38, 46, 52, 44, 26, 11], np.float64
)
_OFFSET = {
    "America/New_York": -5,
    "America/Chicago": -6,
    "America/Denver": -7,
    "America/Los_Angeles": -8,
    "America/Phoenix": -7,
}


def _waking(moment: Ints, kind: Ints, state: Ints, rng: np.random.Generator) -> Ints:
    """The same days, at hours that people keep where they live; who signs up does so at the moment that is known."""
    offset = np.array([_OFFSET[zone] for zone in ZONES])[facts().company.zone_of_state[state]] * HOUR
    hour = np.searchsorted(np.cumsum(_BY_HOUR / _BY_HOUR.sum())[:-1], rng.random(len(moment)), side="right")
    awake = (moment + offset) // DAY * DAY + hour * HOUR + rng.integers(0, HOUR, len(moment)) - offset
    return np.where(kind == SIGN_UP, moment, awake)
