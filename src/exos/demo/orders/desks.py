"""Desks: who does which step for which order, and how much work that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exos.demo.calendar import Floats, Ints
from exos.demo.orders.company import Company, Team
from exos.demo.orders.lines import TEAM, Line, Steps

USUAL, COMMERCIAL, COMMERCIAL_LOCAL = 0, 1, 2
LOCAL_SHARE = 0.25
"""Commercial orders that stay with the desk of their region although another desk is made for them."""
PAUSE_SECONDS = 90
"""Between two pieces of work, on average."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A team at a site. Specialists are a desk of their own in the same team."""

    team: Team
    site: str
    specialists: bool

    @property
    def label(self) -> str:
        """What people call the team."""
        return f"{self.team.name} {self.site}"


@dataclass(frozen=True, slots=True)
class Desks:
    """All desks. `of` has shape (steps, regions, kinds), -1 where no desk is needed; `hours` a year per line and desk."""

    known: tuple[Desk, ...]
    of: Ints
    hours: Floats


def desks(company: Company, lines: tuple[Line, ...], steps: Steps) -> Desks:
    """Find the desks and the work that a year at scale small brings to each."""
    known: dict[tuple[str, str, bool], int] = {}
    of = np.full((len(steps.names), len(company.regions), 3), -1, np.int64)
    for step in np.flatnonzero(steps.kind == TEAM):
        team = company.teams[steps.team[step]]
        for region, name in enumerate(company.regions):
            for kind in range(3):
                site = team.commercial if kind == COMMERCIAL and team.commercial else team.site(name)
                key = (team.name, site, kind != USUAL and team.specialists)
                of[step, region, kind] = known.setdefault(key, len(known))
    listed = tuple(Desk(company.teams[team], site, specialists) for team, site, specialists in known)
    return Desks(listed, of, _hours(company, lines, steps, of, len(listed)))


def _hours(company: Company, lines: tuple[Line, ...], steps: Steps, of: Ints, count: int) -> Floats:
    hours = np.zeros((len(lines), count))
    regions = np.bincount(company.region_of_state, company.state_share)
    commercial = company.property_share[company.commercial]
    kinds = np.array([1 - commercial, commercial * (1 - LOCAL_SHARE), commercial * LOCAL_SHARE])
    for line in lines:
        for kind in range(3):
            steps_of, work = _work(company, steps, line, kind)
            for step, each in zip(steps_of, work, strict=True):
                np.add.at(hours[line.index], of[step, :, kind], line.cases * kinds[kind] * regions * each)
    return hours


def _work(company: Company, steps: Steps, line: Line, kind: int) -> tuple[Ints, Floats]:
    """Hours that one order of that kind takes at each step that people do: expected visits times the mean time of one."""
    usual = company.property_share.copy()
    usual[company.commercial] = 0
    typical = usual @ company.complexity / usual.sum() if kind == USUAL else company.complexity[company.commercial]
    mean = float(typical)
    mine = np.flatnonzero(steps.line == line.index)
    first = int(mine[0])
    share = steps.share[mine, :-1] * mean ** steps.edge_complexity[mine, :-1]
    ways = np.concatenate([share, 1 - share.sum(axis=1, keepdims=True)], axis=1)
    moves = np.zeros((len(mine), len(mine)))
    for column in range(ways.shape[1]):
        leads = steps.to[mine, column] >= 0
        np.add.at(moves, (np.flatnonzero(leads), steps.to[mine, column][leads] - first), ways[leads, column])
    start = np.zeros(len(mine))
    start[0] = 1
    visits = np.linalg.solve(np.eye(len(mine)) - moves.T, start)
    again = np.minimum(visits, 1) + np.maximum(visits - 1, 0) * steps.again[mine]
    hours = steps.minutes[mine] / 60 * np.exp(steps.spread[mine] ** 2 / 2) * mean ** steps.complexity[mine] * again
    hours += PAUSE_SECONDS / 3600 * visits
    people = steps.kind[mine] == TEAM
    return mine[people], hours[people]
