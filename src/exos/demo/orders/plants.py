"""Turns the numbers in planted/orders.yaml into effects on orders, suppliers and people. Nothing is planted anywhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from exos.demo.calendar import DAY, HOUR, Days, Flags, Floats, Ints, second
from exos.demo.orders.company import Company, client_shares
from exos.demo.orders.desks import Desks
from exos.demo.orders.lines import Line, Steps
from exos.demo.orders.roster import Roster, Shift
from exos.demo.truths import planted


class Plants:
    """What is planted in one world. `last` is the index of the day after the last one."""

    def __init__(self, company: Company, lines: tuple[Line, ...], steps: Steps, days: Days, last: int) -> None:
        self._company = company
        self._lines = {line.process: line for line in lines}
        self._days = days
        self._last = last
        self._outage = planted("vendor-outage")
        self._newcomer = planted("inspection-drift")
        self._hurry = planted("skipped-review")
        self._slow = planted("slow-handover")
        self._training = planted("queue-anomaly")
        self._trained = np.zeros(0, np.bool_)
        self._outage_days = self._span(self._outage)
        title = self._lines["title"].index
        self._skips = (steps.find(title, self._hurry["step"]), steps.find(title, self._hurry["next"]))
        self._handed_to = steps.find(title, self._slow["target"])
        self._slow_desk = -1
        self._place = (company.states.index(self._outage["state"]), company.vendors.index(self._outage["vendor"]))

    def volume(self) -> Floats:
        """Factors on the order volume, per line and day."""
        factors = np.ones((len(self._lines), len(self._days)))
        first, until = self._outage_days
        surge = self._client_shares_of(self._outage["surging_client"], "title") * (self._outage["surge"] - 1)
        factors[self._lines["title"].index, first:until] *= 1 + surge
        quiet = planted("intake-drop")
        factors[self._lines[quiet["process"]].index, self.quiet_day()] *= quiet["factor"]
        return factors

    def quiet_day(self) -> int:
        """The day on which order intake drops."""
        quiet = planted("intake-drop")
        wanted = self._days.day(self._last - quiet["days_before_end"])
        return self._days.index(self._days.nearest(wanted, quiet["weekday"]))

    def clients(self, process: str, day: int, shares: Floats) -> Floats:
        """The clients' shares of the orders of a day, not scaled."""
        newcomer = self._company.clients.index(self._newcomer["new_client"])
        changed = shares.copy()
        if process == self._newcomer["process"]:
            changed[newcomer] = self._newcomer["new_share"] * self._drifted(np.array([day]), self._last)[0]
        if process == "title" and self._outage_days[0] <= day < self._outage_days[1]:
            changed[self._company.clients.index(self._outage["surging_client"])] *= self._outage["surge"]
        return changed

    def suppliers(self, process: str, known: tuple[int, ...], shares: Floats) -> Floats:
        """Suppliers' shares per state: the vendor of the outage has much of its state, and as much as others elsewhere."""
        state, vendor = self._place
        if process != "title":
            return shares
        changed = shares.copy()
        place = known.index(vendor)
        changed[state] *= (1 - self._outage["vendor_share"]) / (1 - changed[state, place])
        changed[state, place] = self._outage["vendor_share"]
        return changed

    def supply(self, state: Ints, vendor: Ints, moment: Ints) -> Floats:
        """Factor on the time a supplier takes for what is asked of it at `moment`."""
        first, until = (self._start(index) for index in self._outage_days)
        hit = (state == self._place[0]) & (vendor == self._place[1]) & (moment >= first) & (moment < until)
        return np.where(hit, self._outage["factor"], 1.0)

    def drift(self, moment: Ints) -> Floats:
        """Factor on the wait that drifts."""
        factors: Floats = 1 + self._newcomer["gain"] * self._drifted(moment, self._start(self._last), DAY)
        return factors

    def skipping(self, towards: Ints, slack: Ints, draw: Floats) -> tuple[Flags, int]:
        """Which cases skip the step that they go to, given seconds left until due; and where they go instead."""
        step, instead = self._skips
        hurried = slack < self._hurry["slack_hours"] * HOUR
        chance = np.where(hurried, self._hurry["hurried_share"], self._hurry["usual_share"])
        return (towards == step) & (draw < chance), instead

    @property
    def haste_costs(self) -> float:
        """Factor on corrections after a skipped step."""
        return float(self._hurry["corrections_factor"])

    def transferred(self, towards: Ints, desk: Ints) -> Flags:
        """Which hand-overs go by the slow way, given the desk that hands over (-1: nobody's)."""
        slow: Flags = (towards == self._handed_to) & (desk == self._slow_desk)
        return slow

    @property
    def transfers(self) -> tuple[list[float], tuple[int, ...]]:
        """Hours and weekdays of the slow way."""
        return list(self._slow["hours"]), tuple(self._slow["weekdays"])

    def interrupted(self, shift: Shift, day: int) -> Shift:
        """The shifts of a day; on the day of the training, who attends it does nothing else while it lasts."""
        begin, end = self.training_hours()
        if not self._start(day) <= begin < self._start(day + 1):
            return shift
        away = self._trained
        return shift._replace(
            end1=np.where(away, np.minimum(shift.end1, begin), shift.end1),
            grace1=np.where(away, np.minimum(shift.grace1, begin), shift.grace1),
            start2=np.where(away, np.maximum(shift.start2, end), shift.start2),
        )

    def training_hours(self) -> tuple[int, int]:
        """From when to when the training is: on the last such weekday that is far enough from the end."""
        wanted = self._days.day(self._last - self._training["days_before_end"])
        day = self._days.index(self._days.nearest(wanted, self._training["weekday"]))
        begin = self._start(day) + self._training["hour"] * HOUR
        return begin, begin + self._training["hours"] * HOUR

    def staff(self, roster: Roster, desks: Desks) -> Floats:
        """Mark operators: slow ones, named ones, those to be trained. Returns the factor on the faults of each desk."""
        slow = planted("slow-operator")
        self._trained = self._sent_to_training(roster, desks)
        labels = [(desk.label, desk.specialists) for desk in desks.known]
        self._slow_desk = labels.index((self._slow["from_team"], False))
        self._name(roster, labels.index((slow["team"], False)), slow["operator"])
        self._name(roster, labels.index((slow["team"], True)), slow["specialist"])
        roster.pace[roster.number == _number(slow["operator"])] = slow["pace"]
        roster.pace[roster.number == _number(slow["specialist"])] = 1.0
        rework = planted("rework-team")
        return np.array([rework["factor"] if desk.label == rework["team"] else 1.0 for desk in desks.known])

    def _sent_to_training(self, roster: Roster, desks: Desks) -> Flags:
        """Everybody at the desks that work for the line and no other."""
        works_for = desks.hours > 0
        alone = works_for[self._lines[self._training["process"]].index] & (works_for.sum(axis=0) == 1)
        sent: Flags = alone[roster.desk]
        return sent

    @staticmethod
    def _name(roster: Roster, desk: int, name: str) -> None:
        """Give a veteran of a desk, one who stays, a certain number; whoever had it gets theirs."""
        here = np.flatnonzero(roster.desk == desk)
        # Of those who stay longest, who has been there longest.
        chosen = int(here[np.lexsort((roster.hired[here], -roster.leaves[here]))[0]])
        other = int(np.flatnonzero(roster.number == _number(name))[0])
        roster.number[[chosen, other]] = roster.number[[other, chosen]]

    def _client_shares_of(self, client: str, process: str) -> float:
        shares = client_shares(len(self._company.clients), len(self._lines))
        return float(shares[self._lines[process].index, self._company.clients.index(client)])

    def _span(self, said: Mapping[str, Any]) -> tuple[int, int]:
        first = self._last - int(said["starts_days_before_end"])
        return first, first + int(said["days"])

    def _start(self, day: int) -> int:
        return second(self._days.first) + day * DAY

    def _drifted(self, moment: Ints, end: int, unit: int = 1) -> Floats:
        """How far the drift has come, zero to one; `moment` and `end` in days or (unit = DAY) in seconds."""
        length = int(self._newcomer["starts_days_before_end"]) * unit
        return np.clip((moment - (end - length)) / length, 0, 1)


def _number(name: str) -> int:
    return int(name.rsplit(" ", 1)[1])
