"""New orders: how many on which day, and what they are about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from exos.demo.calendar import HOUR, Clocks, Days, Floats, Ints
from exos.demo.orders.cases import Cases
from exos.demo.orders.company import Company, client_shares
from exos.demo.orders.desks import COMMERCIAL, COMMERCIAL_LOCAL, LOCAL_SHARE, USUAL
from exos.demo.orders.lines import Line
from exos.demo.orders.plants import Plants

_HOLIDAY = 0.07
_PLANNED_SEASON = 0.6
_BY_HOUR = np.array([1, 1, 1, 1, 1, 3, 9, 24, 62, 88, 100, 94, 72, 80, 96, 90, 74, 52, 28, 16, 10, 6, 3, 2], np.float64)
"""Orders by hour of the local day."""
_NINE_HOURS = 9 * HOUR


@dataclass(frozen=True, slots=True)
class Orders:
    """One element per new order. All but `moment`, `due`, `amount`, `fee` are indices into the company's names."""

    cases: Cases
    moment: Ints
    client: Ints
    product: Ints
    property: Ints
    priority: Ints
    channel: Ints
    amount: Ints
    fee: Ints

    def __len__(self) -> int:
        return len(self.moment)


class Arrivals:
    """Makes the orders of a stretch of days, the same for the same seed."""

    def __init__(self, company: Company, lines: tuple[Line, ...], days: Days, plants: Plants, clocks: Clocks) -> None:
        self._company = company
        self._lines = lines
        self._days = days
        self._plants = plants
        self._clocks = clocks
        self._products = np.cumsum([0] + [len(line.products) for line in lines])
        self._vendors = [_vendor_shares(company, line, plants) for line in lines]
        self._clients = client_shares(len(company.clients), len(lines))
        self._next = np.zeros(len(lines), np.int64)

    def make(
        self, counts: Ints, first: int, until: int, pods: int, begin: int, end: int, rng: np.random.Generator
    ) -> Orders:
        """The orders of the days `first` to `until` (exclusive); `counts` has shape (lines, days).

        Those before the day `begin` get no number; none comes at or after the moment `end`.
        """
        here = counts[:, first:until]
        line = np.repeat(np.arange(len(self._lines)), here.sum(axis=1))
        day = np.concatenate([np.repeat(np.arange(first, until), row) for row in here])
        state = _pick(self._company.state_share, len(line), rng)
        moment = self._moments(day, state, end, rng)
        order = np.lexsort((moment, line))
        line, day, state, moment = line[order], day[order], state[order], moment[order]
        return self._described(line, day, state, moment, pods, begin, rng)

    def _moments(self, day: Ints, state: Ints, end: int, rng: np.random.Generator) -> Ints:
        hour = _pick(_BY_HOUR / _BY_HOUR.sum(), len(day), rng)
        moment = (
            self._days.midnights[self._company.zone_of_state[state], day]
            + hour * HOUR
            + rng.integers(0, HOUR, len(day))
        )
        # The last local day ends some hours after midnight UTC: its evening is moved into its morning.
        return np.where(moment >= end, moment - 9 * HOUR, moment)

    def _described(
        self, line: Ints, day: Ints, state: Ints, moment: Ints, pods: int, begin: int, rng: np.random.Generator
    ) -> Orders:
        company, n = self._company, len(line)
        kind_of_property = _pick(company.property_share, n, rng)
        priority = _pick(company.priority_share, n, rng)
        amount = _amounts(
            np.array([each.amount for each in self._lines])[line], kind_of_property == company.commercial, rng
        )
        fees = np.array([each.fee for each in self._lines])[line]
        fee = np.round(fees * (1 + 0.22 * (priority == company.rush)) * (amount / 300_000) ** 0.25).astype(np.int64)
        cases = Cases(
            number=self._numbers(line, day, begin),
            line=line,
            state=state,
            kind=_kinds(kind_of_property == company.commercial, rng),
            pod=rng.integers(0, pods, n),
            rush=(priority == company.rush).astype(np.int64),
            vendor=self._suppliers(line, state, rng),
            due=self._due(line, priority, state, moment),
            complexity=company.complexity[kind_of_property] * np.exp(rng.normal(0, 0.06, n)),
            rounds=np.zeros(n, np.int64),
            maker=np.ones(n),
            hurry=np.ones(n),
            hold=np.zeros(n, np.int64),
            closed=np.zeros(n, np.bool_),
        )
        return Orders(
            cases,
            moment,
            client=self._ordering(line, day, rng),
            product=self._bought(line, rng),
            property=kind_of_property,
            priority=priority,
            channel=_pick(company.channel_share, n, rng),
            amount=amount,
            fee=fee,
        )

    def _numbers(self, line: Ints, day: Ints, begin: int) -> Ints:
        number = np.full(len(line), -1, np.int64)
        for each in self._lines:
            mine = np.flatnonzero((line == each.index) & (day >= begin))
            number[mine] = self._next[each.index] + np.arange(len(mine))
            self._next[each.index] += len(mine)
        return number

    def _ordering(self, line: Ints, day: Ints, rng: np.random.Generator) -> Ints:
        client = np.zeros(len(line), np.int64)
        draw = rng.random(len(line))
        for each in self._lines:
            for one in np.unique(day[line == each.index]):
                mine = (line == each.index) & (day == one)
                shares = self._plants.clients(each.process, int(one), self._clients[each.index])
                client[mine] = np.searchsorted(np.cumsum(shares / shares.sum())[:-1], draw[mine], side="right")
        return client

    def _bought(self, line: Ints, rng: np.random.Generator) -> Ints:
        product = np.zeros(len(line), np.int64)
        for each in self._lines:
            mine = line == each.index
            product[mine] = self._products[each.index] + _pick(
                np.array(list(each.products.values())), int(mine.sum()), rng
            )
        return product

    def _suppliers(self, line: Ints, state: Ints, rng: np.random.Generator) -> Ints:
        vendor = np.full(len(line), -1, np.int64)
        draw = rng.random(len(line))
        for each, shares in zip(self._lines, self._vendors, strict=True):
            mine = line == each.index
            if each.suppliers:
                known = np.array(self._company.vendors_of[each.suppliers])
                past = (draw[mine, None] >= np.cumsum(shares, axis=1)[state[mine], :-1]).sum(axis=1)
                vendor[mine] = known[past]
        return vendor

    def _due(self, line: Ints, priority: Ints, state: Ints, moment: Ints) -> Ints:
        names = self._company.priorities
        limits = np.array([[each.due_days[name] for name in names] for each in self._lines], np.int64)
        return self._clocks.add(self._company.zone_of_state[state], moment, limits[line, priority] * _NINE_HOURS)


def daily(lines: tuple[Line, ...], days: Days, inside: tuple[int, int], plants: Plants) -> tuple[Floats, Floats]:
    """Relative order volume per line and day: with everything (mean one within `inside`), and what its staff is planned for:
    growth, and most of the season."""
    first, until = inside
    years = (np.arange(len(days)) - first) / 365
    turn = 2 * np.pi * (_day_of_year(days.first) + np.arange(len(days)) - 172) / 365.25
    growth = np.array([(1 + line.growth) ** (years - 0.5) for line in lines])
    season = np.array([1 + line.season * np.cos(turn) for line in lines])
    week = np.array([line.weekdays[days.weekday] * 7 for line in lines])
    volume = growth * season * week * np.where(days.holiday, _HOLIDAY, 1.0) * plants.volume()
    planned = growth * season**_PLANNED_SEASON
    return volume / volume[:, first:until].mean(axis=1, keepdims=True), planned


def counts(
    lines: tuple[Line, ...], volume: Floats, inside: tuple[int, int], size: float, rng: np.random.Generator
) -> Ints:
    """Orders per line and day: within `inside` exactly as many as the line has in a year, times `size`."""
    first, until = inside
    result = np.zeros(volume.shape, np.int64)
    for line in lines:
        share = volume[line.index, first:until]
        total = round(line.cases * size)
        result[line.index, first:until] = rng.multinomial(total, share / share.sum())
        result[line.index, :first] = rng.poisson(volume[line.index, :first] * total / (until - first))
    return result


def _day_of_year(day: date) -> int:
    return day.timetuple().tm_yday


def _pick(shares: Floats, n: int, rng: np.random.Generator) -> Ints:
    return np.searchsorted(np.cumsum(shares)[:-1], rng.random(n), side="right").astype(np.int64)


def _kinds(commercial: np.ndarray, rng: np.random.Generator) -> Ints:
    local = rng.random(len(commercial)) < LOCAL_SHARE
    return np.where(commercial, np.where(local, COMMERCIAL_LOCAL, COMMERCIAL), USUAL)


def _amounts(typical: Floats, commercial: np.ndarray, rng: np.random.Generator) -> Ints:
    """Loan amounts in whole thousands of dollars."""
    amount = typical * np.exp(rng.normal(0, 0.42, len(typical))) * np.where(commercial, 3.1, 1.0)
    return np.maximum(np.round(amount / 1000), 40).astype(np.int64) * 1000


def _vendor_shares(company: Company, line: Line, plants: Plants) -> Floats:
    """How the orders of each state are spread over the suppliers of a line."""
    known = company.vendors_of.get(line.suppliers, ())
    states = np.arange(len(company.states))[:, None]
    share = 0.6 + (states * 7 + np.arange(len(known))[None, :] * 11) % 10 / 6
    share = share / np.maximum(share.sum(axis=1, keepdims=True), 1e-9)
    return plants.suppliers(line.process, known, share)
