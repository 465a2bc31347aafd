"""One hour of all queues at once: who takes which work, and when it starts and ends.

Every queue is served by priority, then by age. Within the hour its operators take turns; each works off their own share one
piece after the other, which is Lindley's recursion, start(k) = max(ready(k), end(k-1)), solved for all operators by one
running maximum. What an operator cannot start within the hour, or finish before the break, stays in the queue. Work that
becomes ready by an end within the hour is seen in the next round and may then still start in the past, where its operator was
idle.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exos.demo.calendar import DAY, Flags, Ints
from exos.demo.orders.cases import Cases, Work
from exos.demo.orders.desks import PAUSE_SECONDS
from exos.demo.orders.lines import Steps
from exos.demo.orders.roster import Roster, Shift

LONGEST = 8_400.0
"""Seconds that one piece of work approaches but does not exceed: it has to fit between two breaks."""
_TURNS = 24
"""Pieces of work one operator may start in an hour."""
_FAR = 1 << 40
_RUSH = 2 * DAY


class Served(NamedTuple):
    """Work that was done: its place in what was offered, by whom, from when to when."""

    place: Ints
    operator: Ints
    start: Ints
    end: Ints


def serve(
    work: Work,
    cases: Cases,
    steps: Steps,
    roster: Roster,
    shift: Shift,
    hour: tuple[int, int],
    rng: np.random.Generator,
) -> Served:
    """Serve all queues for the hour from `hour[0]` to `hour[1]`; moves `roster.free` on."""
    begin, end = hour
    second_block = np.maximum(roster.free, begin) >= shift.end1
    available = np.maximum(roster.free, np.where(second_block, shift.start2, shift.start1))
    stop = np.where(second_block, shift.end2, shift.end1)
    last = np.where(second_block, shift.grace2, shift.grace1)
    able = np.flatnonzero((available < stop) & (available < end))
    if not len(able):
        return Served(*(np.zeros(0, np.int64),) * 4)
    able = able[np.lexsort((available[able], roster.queue[able]))]
    index, seat = _dealt(work, cases, roster.queue[able], begin)
    who = able[seat]
    effort = _effort(work.take(index), cases, steps, roster, who, begin)
    pause = (rng.exponential(PAUSE_SECONDS - 15, len(index)) + 15).astype(np.int64)
    start = _starts(np.maximum(work.ready[index], available[who]), effort + pause, seat)
    done = start + effort
    kept = _until_first_false((start < end) & (start < stop[who]) & (done <= last[who]), seat)
    index, who, start, done, pause = index[kept], who[kept], start[kept], done[kept], pause[kept]
    late_lunch = ~second_block[who] & (done > shift.end1[who])
    # Of several values for one operator the last one stays: their last piece of work.
    roster.free[who] = done + np.where(late_lunch, shift.lunch[who], pause)
    return Served(index, who, start, done)


def _dealt(work: Work, cases: Cases, queues: Ints, begin: int) -> tuple[Ints, Ints]:
    """Deal the work of every queue to the seats of that queue in turn; the pieces of one seat come together, in order."""
    urgency = np.where(work.ready < begin, work.ready - _RUSH * cases.rush[work.case], work.ready + _FAR)
    order = np.lexsort((urgency, work.queue))
    queue = work.queue[order]
    size = max(int(queues.max()), int(queue.max()) if len(queue) else 0) + 1
    seats = np.bincount(queues, minlength=size)
    first_seat = np.cumsum(seats) - seats
    waiting = np.bincount(queue, minlength=size)
    rank = np.arange(len(queue)) - (np.cumsum(waiting) - waiting)[queue]
    served = rank < seats[queue] * _TURNS
    order, queue, rank = order[served], queue[served], rank[served]
    turn, place = np.divmod(rank, seats[queue])
    seat = first_seat[queue] + place
    together = np.argsort(seat * _TURNS + turn, kind="stable")
    return order[together], seat[together]


def _effort(work: Work, cases: Cases, steps: Steps, roster: Roster, who: Ints, moment: int) -> Ints:
    """Seconds each piece takes its operator."""
    step, case = work.step, work.case
    seconds = steps.minutes[step] * 60 * np.exp(steps.spread[step] * work.draw)
    seconds *= cases.complexity[case] ** steps.complexity[step] * np.where(
        cases.rounds[case] > 0, steps.again[step], 1.0
    )
    seconds *= roster.pace[who] * (1 + 0.7 * roster.learning(moment, who))
    eased = seconds / (1 + (seconds / LONGEST) ** 4) ** 0.25
    return np.maximum(eased, 20).astype(np.int64)


def _starts(ready: Ints, took: Ints, seat: Ints) -> Ints:
    """When each piece starts, given when it is ready, how long it keeps its operator, and whose it is.

    The pieces of one seat stand together, in the order in which they are done.
    """
    if not len(seat):
        return ready
    before = np.cumsum(took) - took
    opens = np.concatenate([[True], seat[1:] != seat[:-1]])
    person = np.cumsum(opens) - 1
    before -= before[opens][person]
    ahead = person * _FAR
    earliest = np.maximum.accumulate(ready - before + ahead) - ahead
    starts: Ints = earliest + before
    return starts


def _until_first_false(good: Flags, seat: Ints) -> Flags:
    """True for the pieces of each seat before its first one that is not good."""
    if not len(seat):
        return good
    failed = np.maximum.accumulate(np.where(good, 0, seat + 1))
    kept: Flags = failed != seat + 1
    return kept
