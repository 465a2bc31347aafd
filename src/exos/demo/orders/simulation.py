"""Lives a year of orders hour by hour: all queues of all lines at once, as arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from exos.demo.calendar import HOUR, ZONES, Clocks, Days, Floats, Ints, Runs, opening_hours, run_times, second
from exos.demo.orders import arrivals, queues
from exos.demo.orders.arrivals import Arrivals, Orders
from exos.demo.orders.cases import Cases, Done, Work
from exos.demo.orders.company import Company, company
from exos.demo.orders.depths import Depths
from exos.demo.orders.desks import Desks, desks
from exos.demo.orders.lines import SYSTEM, Line, Steps, lines
from exos.demo.orders.plants import Plants
from exos.demo.orders.roster import Roster, Shift, roster
from exos.demo.orders.routing import NO_REASON, Router

PERIOD_DAYS = 365
_WARM_UP_DAYS = 42
_AFTER_DAYS = 60
_STRETCH = 7
_NEW_YORK = 0
_OPENING = {0: (8.0, 17.0, 5), 1: (8.0, 19.0, 6)}
"""Opening hours and days a week of suppliers and clients (0) and of people in the field (1)."""


@dataclass(frozen=True, slots=True)
class Written:
    """Finished steps ready to be written: done, the reason for the way on, and the case as it was numbered."""

    done: Done
    reason: Ints
    number: Ints
    line: Ints


class Simulation:
    """One world. `period` yields what happens; the other fields name it. Days are counted from the start of the warm-up."""

    def __init__(self, seed: int, size: int, end: date) -> None:
        """`size`: the company's size, one being 50,000 orders a year. `end` is the first day that is not in the data."""
        self.company: Company = company()
        self.lines: tuple[Line, ...]
        self.steps: Steps
        self.lines, self.steps = lines()
        self.end = second(end)
        first = end - timedelta(days=PERIOD_DAYS + _WARM_UP_DAYS)
        self._days = Days.between(first, end + timedelta(days=_AFTER_DAYS))
        self._last = self._days.index(end)
        self.first_day = self._last - PERIOD_DAYS
        self._pods = size
        streams = [np.random.default_rng(each) for each in np.random.SeedSequence(seed).spawn(4)]
        self._orders_rng, self._serving_rng = streams[1], streams[2]
        self.plants = Plants(self.company, self.lines, self.steps, self._days, self._last)
        inside = (self.first_day, self._last)
        volume, planned = arrivals.daily(self.lines, self._days, inside, self.plants)
        self._counts = arrivals.counts(self.lines, volume, inside, size, streams[1])
        self.desks: Desks = desks(self.company, self.lines, self.steps)
        zones = np.array([self.company.sites[desk.site] for desk in self.desks.known], np.int64)
        self.roster: Roster = roster(self.desks, planned, self._days, zones, size, streams[0])
        faults = self.plants.staff(self.roster, self.desks)
        self.systems = tuple(sorted({name for name in self.steps.system if name}))
        self._clocks = self._make_clocks()
        self._arrivals = Arrivals(self.company, self.lines, self._days, self.plants, self._clocks)
        self._router = self._make_router(faults, streams[3])
        self._cases = _no_cases()
        self.depths = Depths(len(self.lines), second(first), self.end)
        self._today = 0
        self._pool, self._later, self._pending = Work.none(), Work.none(), Done.none()

    @property
    def share_done(self) -> float:
        """How much of the period has been lived, zero to one."""
        return self._today / self._last

    def period(self) -> Iterator[Orders | Written]:
        """What happens, in the order in which it becomes known: new orders, and steps done.

        Steps that wait for nobody become known before they are done.
        """
        for day in range(self._last):
            self._today = day
            if day % _STRETCH == 0:
                yield self._welcome(day)
            if self._days.working[day]:
                yield from self._work(day)
        while len(self._pending):
            yield self._send_on(self._pending, 0)

    def at_work(self, moments: Ints, luck: Floats) -> Ints:
        """The number of an operator for each moment, drawn by `luck` (zero to one) from all who work on its day (New York's).

        Only for moments of working days.
        """
        day = np.searchsorted(self._days.midnights[_NEW_YORK], moments, side="right") - 1
        chosen = np.zeros(len(moments), np.int64)
        for each in np.unique(day):
            here, today = self.roster.number[self.roster.present[:, each]], day == each
            chosen[today] = here[(luck[today] * len(here)).astype(np.int64)]
        return chosen

    def _welcome(self, day: int) -> Orders:
        until = min(day + _STRETCH, self._last)
        orders = self._arrivals.make(self._counts, day, until, self._pods, self.first_day, self.end, self._orders_rng)
        self._cases, moved = self._cases.joined(orders.cases, self._pending.case)
        before = len(self._cases) - len(orders)
        self._pool, self._later = self._pool.renumbered(moved), self._later.renumbered(moved)
        self._pending = self._pending.renumbered(moved)
        case = before + np.arange(len(orders))
        step = np.array([line.first for line in self.lines], np.int64)[orders.cases.line]
        received = Done(case, step, orders.moment, orders.moment + 2, self._router.system[step])
        self._pending = Done.all([self._pending, received])
        return orders

    def _work(self, day: int) -> Iterator[Written]:
        shift = self.plants.interrupted(self.roster.shift(self._days, day), day)
        opens = int(self._days.midnights[_NEW_YORK, day]) + 8 * HOUR
        closes = int(self._days.midnights[len(ZONES) - 1, day]) + 19 * HOUR
        today = self._later.ready < closes
        self._pool = Work.all([self._pool, self._later.take(today)])
        self._later = self._later.take(~today)
        for begin in range(opens, closes, HOUR):
            yield self._send_on(Done.all([self._pending, self._served(shift, begin)]), closes)

    def _served(self, shift: Shift, begin: int) -> Done:
        """What people get done in the hour."""
        offered = self._pool.ready < begin + HOUR
        work = self._pool.take(offered)
        hour = (begin, begin + HOUR)
        served = queues.serve(work, self._cases, self.steps, self.roster, shift, hour, self._serving_rng)
        left = np.ones(len(work), np.bool_)
        left[served.place] = False
        self._pool = Work.all([self._pool.take(~offered), work.take(left)])
        done = Done(work.case[served.place], work.step[served.place], served.start, served.end, served.operator)
        self._router.note_makers(done, self._cases)
        self.depths.begun(self._cases.line[done.case], done.start)
        return done

    def _send_on(self, done: Done, closes: int) -> Written:
        """Send finished steps on. What follows without people goes on with the next hour's work: its times are fixed."""
        number, line = self._cases.number[done.case], self._cases.line[done.case]
        self._pending, work, reason = self._router.go_on(done, self._cases)
        self.depths.ready(self._cases.line[work.case], work.ready)
        soon = work.ready < closes
        self._pool = Work.all([self._pool, work.take(soon)])
        self._later = Work.all([self._later, work.take(~soon)])
        return Written(done, reason, number, line)

    def _system(self, step: int) -> int:
        name = self.steps.system[step]
        return len(self.roster) + self.systems.index(name) if self.steps.kind[step] == SYSTEM else NO_REASON

    def _make_router(self, faults: Floats, rng: np.random.Generator) -> Router:
        hours, weekdays = self.plants.transfers
        batches = [run_times(self._days, _NEW_YORK, list(each)) for each in self.steps.series]
        return Router(
            company=self.company,
            steps=self.steps,
            desks=self.desks,
            roster=self.roster,
            plants=self.plants,
            clocks=self._clocks,
            runs=Runs([*batches, run_times(self._days, _NEW_YORK, hours, weekdays)]),
            transfer=len(batches),
            pods=self._pods,
            faults=faults,
            system=np.array([self._system(step) for step in range(len(self.steps.names))], np.int64),
            vendor=len(self.roster) + len(self.systems),
            rng=rng,
        )

    def _make_clocks(self) -> Clocks:
        return Clocks(
            [
                opening_hours(self._days, zone, *_OPENING[kind])
                for kind in sorted(_OPENING)
                for zone in range(len(ZONES))
            ]
        )


def _no_cases() -> Cases:
    whole, part = np.zeros(0, np.int64), np.zeros(0)
    return Cases(
        whole, whole, whole, whole, whole, whole, whole, whole, part, whole, part, part, whole, np.zeros(0, np.bool_)
    )
