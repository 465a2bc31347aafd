"""How long customers stay: the causes that they meet with, and the moment at which they leave because of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exos.demo.calendar import DAY, Flags, Floats, Ints
from exos.demo.people.facts import Facts
from exos.demo.people.moments import FAR
from exos.demo.truths import planted

_YEAR = 365 * DAY


@dataclass(frozen=True, slots=True)
class Lives:
    """One element per person; of those who never signed up, what they would have met with. `churned` may lie after the end."""

    orders: Floats
    late_share: Floats
    contacts: Floats
    raised: Flags
    churned: Ints


def lives(
    known: Facts, segment: Ints, state: Ints, signed_up: Ints, period: tuple[int, int], rng: np.random.Generator
) -> Lives:
    """`period`: its first moment and the end. Whoever had signed up before it is still there at its start.

    The risk is constant, except that it grows where and when the price is raised; the moment at which it has added up to a random
    amount is the moment of leaving. Age, region and number of orders are no part of it.
    """
    n, (begun, end) = len(segment), period
    late, rise = planted("late-orders-churn"), planted("price-rise-churn")
    mean = known.late[state]
    late_share = np.round(rng.beta(mean * 7, (1 - mean) * 7), 3)
    contacts = np.round(rng.gamma(1.3, 0.14, n) + 0.45 * late_share, 3)
    orders = np.round(known.orders[segment] * rng.gamma(2.5, 0.4, n), 2)
    risk = known.churn[segment] / _YEAR * np.exp(late["weight"] * late_share + late["contacts_weight"] * contacts)
    raised = (segment == known.segments.index(rise["segment"])) & (signed_up < end)
    raise_at = end - rise["starts_days_before_end"] * DAY
    since = np.maximum(signed_up, begun)
    patience = rng.exponential(1.0, n)
    until_raise = np.where(raised, np.maximum(raise_at - since, 0), end).astype(np.float64)
    before, after = patience / risk, (patience - until_raise * risk) / (risk * rise["factor"])
    stays = np.where(before <= until_raise, before, until_raise + after)
    churned = since + np.minimum(stays, 4.0 * end).astype(np.int64) + 1
    return Lives(orders, late_share, contacts, raised, np.where(signed_up < end, churned, FAR))
