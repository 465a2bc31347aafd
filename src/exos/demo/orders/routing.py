"""Where a case goes when a step is done, and when the next step can begin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exos.demo.calendar import HOUR, ZONES, Clocks, Flags, Floats, Ints, Runs
from exos.demo.orders.cases import Cases, Done, Work
from exos.demo.orders.company import Company
from exos.demo.orders.desks import Desks
from exos.demo.orders.lines import END, REJOIN, TEAM, VENDOR, Steps
from exos.demo.orders.plants import Plants
from exos.demo.orders.roster import Roster

NO_REASON = -1


@dataclass(frozen=True, slots=True)
class Router:
    """Everything that decides about ways.

    `system` is the resource of each step that no person does, `vendor` that of the first vendor.
    """

    company: Company
    steps: Steps
    desks: Desks
    roster: Roster
    plants: Plants
    clocks: Clocks
    runs: Runs
    transfer: int
    pods: int
    faults: Floats
    system: Ints
    vendor: int
    rng: np.random.Generator

    def go_on(self, done: Done, cases: Cases) -> tuple[Done, Work, Ints]:
        """Send cases on after finished steps.

        Returns the steps that follow without waiting for people (done already), those that wait for people, and for each finished
        step the reason for the way taken (NO_REASON: none).
        """
        way = self._ways(done, cases)
        at = (done.step, way)
        towards = self.steps.to[at]
        reason = self._reasons(at)
        slack = cases.due[done.case] - done.end
        skipped, instead = self.plants.skipping(towards, slack, self.rng.random(len(done)))
        towards = np.where(skipped, instead, towards)
        cases.hurry[done.case[skipped]] = self.plants.haste_costs
        cases.rounds[done.case] += self.steps.looping[at]
        ready = done.end + self._waits(at, done, cases)
        self._close(towards, done, cases)
        goes = towards >= 0
        case, step, ready = done.case[goes], towards[goes], ready[goes]
        ready = self._held_back(case, step, ready, self._desk_of(done.resource)[goes], cases)
        follow, work = self._begun(case, step, ready, cases)
        aside = self._aside(done)
        return (follow if aside is None else Done.all([follow, aside])), work, reason

    def note_makers(self, done: Done, cases: Cases) -> None:
        """Remember, for later checks, how faulty the work of these people is."""
        makes = self.steps.maker[done.step]
        case, who = done.case[makes], done.resource[makes]
        moment = int(done.end[0]) if len(done) else 0
        trainee = 1 + 0.9 * self.roster.learning(moment, who)
        cases.maker[case] = self.faults[self.roster.desk[who]] * self.roster.fault[who] * trainee

    def _ways(self, done: Done, cases: Cases) -> Ints:
        steps, step, case = self.steps, done.step, done.case
        share = steps.share[step] * cases.complexity[case, None] ** steps.edge_complexity[step]
        share *= steps.loop[step] ** cases.rounds[case, None]
        share *= np.where(steps.by_maker[step], cases.maker[case, None], 1.0)
        share *= np.where(steps.by_hurry[step], cases.hurry[case, None], 1.0)
        past = self.rng.random(len(step))[:, None] >= np.cumsum(share[:, :-1], axis=1)
        return np.asarray(past.sum(axis=1), np.int64)

    def _reasons(self, at: tuple[Ints, Ints]) -> Ints:
        known = self.steps.reason_count[at]
        # The first reason of a list is the most frequent one.
        drawn = (self.rng.random(len(known)) ** 1.6 * known).astype(np.int64)
        return np.where(known > 0, self.steps.first_reason[at] + drawn, NO_REASON)

    def _waits(self, at: tuple[Ints, Ints], done: Done, cases: Cases) -> Ints:
        steps, case = self.steps, done.case
        seconds = steps.wait[at] * HOUR * np.exp(steps.wait_spread[at] * self.rng.standard_normal(len(case)))
        state, vendor = cases.state[case], cases.vendor[case]
        supply = self.company.vendor_speed[vendor] * self.plants.supply(state, vendor, done.end)
        seconds *= np.where(steps.by_supplier[at], supply, 1.0)
        seconds *= np.where(steps.drifting[at], self.plants.drift(done.end), 1.0)
        waits = seconds.astype(np.int64)
        hours = steps.wait_hours[at]
        timed = np.flatnonzero((hours >= 0) & (waits > 0))
        clock = hours[timed] * len(ZONES) + self.company.zone_of_state[state[timed]]
        waits[timed] = self.clocks.add(clock, done.end[timed], waits[timed]) - done.end[timed]
        return waits

    def _close(self, towards: Ints, done: Done, cases: Cases) -> None:
        cases.closed[done.case[towards == END]] = True
        back = towards == REJOIN
        case = done.case[back]
        cases.hold[case] = np.maximum(cases.hold[case], done.end[back])

    def _desk_of(self, resource: Ints) -> Ints:
        people = resource < len(self.roster)
        return np.where(people, self.roster.desk[np.where(people, resource, 0)], -1)

    def _held_back(self, case: Ints, step: Ints, ready: Ints, desk: Ints, cases: Cases) -> Ints:
        """Later than ready: steps that join what ran aside, batch runs, and the slow way between two teams."""
        ready = np.where(self.steps.joins[step], np.maximum(ready, cases.hold[case]), ready)
        slow = np.flatnonzero(self.plants.transferred(step, desk))
        ready[slow] = self.runs.after(np.full(len(slow), self.transfer), ready[slow])
        run = np.flatnonzero(self.steps.runs[step] >= 0)
        # A run takes its orders one after the other: the place in the run spreads them over some minutes.
        ready[run] = self.runs.after(self.steps.runs[step[run]], ready[run]) + self.rng.integers(0, 480, len(run))
        return ready

    def _begun(self, case: Ints, step: Ints, ready: Ints, cases: Cases) -> tuple[Done, Work]:
        kind = self.steps.kind[step]
        people = kind == TEAM
        work = self._queued(case[people], step[people], ready[people], cases)
        alone = ~people
        case, step, ready = case[alone], step[alone], ready[alone]
        took = self.steps.minutes[step] * 60 * np.exp(self.steps.spread[step] * self.rng.standard_normal(len(step)))
        resource = np.where(kind[alone] == VENDOR, self.vendor + cases.vendor[case], self.system[step])
        return Done(case, step, ready, ready + np.maximum(took, 1).astype(np.int64), resource), work

    def _queued(self, case: Ints, step: Ints, ready: Ints, cases: Cases) -> Work:
        region = self.company.region_of_state[cases.state[case]]
        desk = self.desks.of[step, region, cases.kind[case]]
        return Work(case, step, desk * self.pods + cases.pod[case], ready, self.rng.standard_normal(len(case)))

    def _aside(self, done: Done) -> Done | None:
        """What starts beside the way just taken."""
        aside = self.steps.aside[done.step]
        starts: Flags = aside >= 0
        if not starts.any():
            return None
        step, begin = aside[starts], done.end[starts] + 60
        end = begin + np.maximum(self.steps.minutes[step] * 60, 1).astype(np.int64)
        return Done(done.case[starts], step, begin, end, self.system[step])
