"""Who works when: operators, their desks, shifts, holidays, skill and how they learn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from exos.demo.calendar import DAY, HOUR, Days, Flags, Floats, Ints, second
from exos.demo.orders.desks import Desks

FULL_DAY = 7.6
"""Hours of work in a usual working day."""
WORKING_DAYS = 250
ABSENCE = 0.075
SMALLEST_DESK = 3
_HOURS = (3.5, 9.2)
"""Least and most hours a day that people work at their desk: who is there works longer when others are away."""
_HOLIDAY_WEEKS = 3
TURNOVER = 0.11
LEARNING_DAYS = 45.0
_GRACE_NOON, _GRACE_NIGHT = 40 * 60, 30 * 60
"""Nobody drops an order at noon: how long a lunch may be put off, and how long one may stay in the evening."""
OPENS, CLOSES = 8 * HOUR, 18 * HOUR


class Shift(NamedTuple):
    """One day of all operators: two blocks of work with their last moments of grace; zeros for who is not there."""

    start1: Ints
    end1: Ints
    grace1: Ints
    start2: Ints
    end2: Ints
    grace2: Ints
    lunch: Ints


@dataclass(slots=True)
class Roster:
    """One element per operator, ordered by queue. `free` is when they can begin the next piece of work."""

    number: Ints
    desk: Ints
    queue: Ints
    zone: Ints
    hired: Ints
    leaves: Ints
    pace: Floats
    fault: Floats
    place: Floats
    lunch: Ints
    present: Flags
    late: Ints
    hours: Floats
    free: Ints

    def __len__(self) -> int:
        return len(self.desk)

    def learning(self, moment: int, who: Ints) -> Floats:
        """What is still to be learnt, from one (first day) towards zero."""
        tenure = np.maximum(moment - self.hired[who], 0) / DAY
        return np.exp(-tenure / LEARNING_DAYS)

    def shift(self, days: Days, day: int) -> Shift:
        """The blocks of work of a day."""
        midnight = days.midnights[self.zone, day]
        work = (self.hours[self.desk, day] * HOUR).astype(np.int64)
        slack = (CLOSES - OPENS - work - self.lunch) * self.place
        start = midnight + OPENS + slack.astype(np.int64) + self.late[:, day]
        noon = start + work // 2
        after = noon + self.lunch
        close = midnight + CLOSES
        evening = np.minimum(after + work // 2, close)
        here = self.present[:, day]
        return Shift(
            np.where(here, start, 0),
            np.where(here, noon, 0),
            np.where(here, noon + _GRACE_NOON, 0),
            np.where(here, after, 0),
            np.where(here, evening, 0),
            np.where(here, np.minimum(evening + _GRACE_NIGHT, close), 0),
            self.lunch,
        )


def roster(desks: Desks, demand: Floats, days: Days, zones: Ints, pods: int, rng: np.random.Generator) -> Roster:
    """Staff every desk so that its planned load is met.

    demand: what is expected relative to the year's mean, per line and day; zones: time zone per desk; pods: parallel desks
    of each kind.
    """
    planned = np.array([desk.team.load for desk in desks.known])
    needed = (desks.hours / (WORKING_DAYS * planned)).T @ demand
    smallest = np.array([2 if desk.specialists else SMALLEST_DESK for desk in desks.known])
    people = needed / (FULL_DAY * (1 - ABSENCE))
    first = np.maximum(np.round(people[:, :90].mean(axis=1)), smallest).astype(np.int64)
    last = np.maximum(np.round(people[:, -90:].mean(axis=1)), first).astype(np.int64)
    queue, hired, leaves = _contracts(first, last, days, pods, rng)
    order = np.argsort(queue, kind="stable")
    queue, hired, leaves = queue[order], hired[order], leaves[order]
    desk, midnights = queue // pods, days.midnights[0]
    present = _presence(queue, len(days), rng)
    present &= (hired[:, None] <= midnights) & (leaves[:, None] > midnights)
    staff = np.zeros((len(first), len(days)))
    np.add.at(staff, desk, present)
    pace = np.exp(rng.normal(0, 0.11, len(desk)))
    number = rng.permutation(len(desk)) + 101
    fault = np.exp(rng.normal(0, 0.16, len(desk)))
    # Desks are alike as a whole: what is known of one team is planted.
    pace, fault = (each / (np.bincount(desk, each) / np.bincount(desk))[desk] for each in (pace, fault))
    return Roster(
        number=number,
        desk=desk,
        queue=queue,
        zone=zones[desk],
        hired=hired,
        leaves=leaves,
        pace=pace,
        fault=fault,
        place=rng.choice(np.array([0.0, 0.35, 0.75, 1.0]), len(desk)),
        lunch=rng.integers(6, 10, len(desk)) * 300,
        present=present & days.working,
        late=rng.integers(0, 600, (len(desk), len(days)), dtype=np.int16),
        hours=np.clip(needed * pods / np.maximum(staff, 1), *_HOURS),
        free=np.zeros(len(desk), np.int64),
    )


def _contracts(first: Ints, last: Ints, days: Days, pods: int, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Queue, hiring and leaving of everybody: the veterans, those hired for growth, and those who replace leavers."""
    queues = np.arange(len(first) * pods)
    start, never = second(days.first), 1 << 40
    length = len(days) * DAY
    old = np.repeat(queues, np.repeat(first, pods))
    since = start - rng.integers(200, 2500, len(old)) * DAY
    moment = start + (rng.uniform(0.1, 0.95, len(old)) * length).astype(np.int64)
    gone = np.where(rng.random(len(old)) < TURNOVER, moment, never)
    follow = gone < never
    extra = np.repeat(last - first, pods)
    new = np.repeat(queues, extra)
    turn = np.arange(len(new)) - np.repeat(np.cumsum(extra) - extra, extra)
    share = (turn + 0.5) / np.repeat(extra, extra)
    desk = np.concatenate([old, new, old[follow]])
    hired = np.concatenate([since, start + (share * length).astype(np.int64), gone[follow] - 6 * DAY])
    leaves = np.concatenate([gone, np.full(len(new), never), np.full(int(follow.sum()), never)])
    return desk, hired, leaves


def _presence(queue: Ints, days: int, rng: np.random.Generator) -> Flags:
    """Three weeks of holiday a year, by turns within a desk, and now and then a day of illness."""
    people = len(queue)
    present = rng.random((people, days), dtype=np.float32) > 0.015
    size = np.bincount(queue)[queue]
    turn = np.arange(people) - (np.cumsum(np.bincount(queue)) - np.bincount(queue))[queue]
    each = 365 / _HOLIDAY_WEEKS
    for week in range(round(days / each)):
        begin = ((week + (turn + rng.uniform(0, 0.6, people)) / size) * each).astype(np.int64)
        for offset in range(7):
            present[np.arange(people), np.minimum(begin + offset, days - 1)] = False
    return present
