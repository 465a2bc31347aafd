"""The population against stated targets, and its planted causes against what only looks like one; for several seeds."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pytest

from exos.demo.calendar import DAY, Flags, Floats, second
from exos.demo.people import FAR, PERIOD_DAYS, PERSONS, People, facts, population
from exos.demo.storeys import Plan

FACTS = facts()
END = date(2026, 11, 24)
SEEDS = (20_260, 1, 2, 77)


@pytest.fixture(scope="module", params=SEEDS)
def people(request: pytest.FixtureRequest) -> People:
    return next(population(Plan(request.param, 1, END)))


def newcomers(people: People) -> Flags:
    """Those whose interest began within the period."""
    return people.journey >= second(END) - PERIOD_DAYS * DAY


def customers(people: People) -> Flags:
    """Those who signed up."""
    return people.signed_up < FAR


def share(of: Flags, among: Flags) -> float:
    """The part of `among` that is in `of`."""
    return float(of[among].mean())


def test_same_plan_same_people() -> None:
    plan = Plan(5, 2, END)
    for one, other in zip(population(plan), population(plan), strict=True):
        assert all(np.array_equal(getattr(one, name), getattr(other, name)) for name in People.__slots__)


def test_a_larger_world_has_the_people_of_the_smaller_and_more() -> None:
    first, second_block = population(Plan(5, 2, END))
    (alone,) = population(Plan(5, 1, END))
    assert np.array_equal(first.visitor, alone.visitor)
    assert np.array_equal(second_block.number, PERSONS + np.arange(PERSONS))
    assert not np.isin(second_block.visitor[:, 0], first.visitor).any()


def test_who_they_are(people: People) -> None:
    got = np.bincount(people.segment, minlength=len(FACTS.segments)) / PERSONS
    assert got == pytest.approx(FACTS.segment_share, abs=0.015)
    states = np.bincount(people.state, minlength=len(FACTS.company.states)) / PERSONS
    assert states == pytest.approx(FACTS.company.state_share, abs=0.012)
    realtor = people.segment == FACTS.segments.index("Realtor")
    assert people.age[realtor].mean() > people.age[~realtor].mean() + 10
    assert people.age.min() >= 18


def test_devices_go_with_browsers(people: People) -> None:
    mobile = np.array([kit[0] == "mobile" for kit in FACTS.kits])
    assert 0.38 < share(mobile[people.kit[:, 0]], np.ones(PERSONS, np.bool_)) < 0.5
    second_device = people.kit[:, 1] >= 0
    assert 0.18 < second_device.mean() < 0.32
    assert (mobile[people.kit[second_device, 0]] != mobile[people.kit[second_device, 1]]).mean() > 0.9
    assert not any(browser == "Safari" and system in ("Windows", "Android") for _, browser, system in FACTS.kits)


def test_visitor_ids_are_uuids(people: People) -> None:
    ids = people.visitor[people.kit >= 0]
    assert len(np.unique(ids)) == len(ids)
    pattern = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    assert all(pattern.fullmatch(one) for one in ids[:500])
    assert (people.visitor[people.kit[:, 1] < 0, 1] == b"").all()


def test_lives_are_in_order(people: People) -> None:
    end = second(END)
    signed, left = customers(people), people.churned < FAR
    assert (people.journey <= people.decided).all()
    assert (people.signed_up[signed] == people.decided[signed]).all()
    assert (people.signed_up[signed] < end).all()
    assert (people.churned[left] < end).all()
    assert (left <= signed).all()
    assert (people.churned[left] > people.signed_up[left]).all()
    assert (people.exposures[~newcomers(people)] == 0).all()


def test_how_many_sign_up_and_leave(people: People) -> None:
    assert 0.3 < share(customers(people), newcomers(people)) < 0.4
    assert 0.14 < share(people.churned < FAR, customers(people)) < 0.21
    assert 5 < people.exposures[newcomers(people)].sum(axis=1).mean() < 8


@pytest.mark.parametrize(("channel", "least", "most"), [("retargeting", 0.86, 1.14), ("webinar", 1.15, 1.55)])
def test_lift_is_what_the_holdout_says(people: People, channel: str, least: float, most: float) -> None:
    index = FACTS.channel(channel)
    kept, open_to_all = people.holdout == index, newcomers(people) & (people.holdout == -1)
    assert 0.08 < share(kept, newcomers(people)) < 0.12
    assert (people.exposures[kept, index] == 0).all()
    lift = share(customers(people), open_to_all) / share(customers(people), kept)
    met = people.exposures[:, index] > 0
    raw = share(customers(people), open_to_all & met) / share(customers(people), open_to_all & ~met)
    assert least < lift < most
    assert raw > 1.25


def _risk_ratio(people: People, of: Flags, among: Flags) -> float:
    left = people.churned < FAR
    return share(left, among & of) / share(left, among & ~of)


def test_causes_of_churn(people: People) -> None:
    mine = customers(people)
    raised = people.segment == FACTS.segments.index("Realtor")
    late = people.late_share > 0.25
    calls = people.contacts > float(np.quantile(people.contacts, 0.85))
    assert _risk_ratio(people, raised, mine) > 1.7
    assert _risk_ratio(people, late, mine) > 1.6
    assert _risk_ratio(people, calls, mine & ~late) > 1.2


def test_age_and_region_only_look_like_causes(people: People) -> None:
    mine, old = customers(people), people.age >= 55
    assert _risk_ratio(people, old, mine) > 1.2
    segments = [mine & (people.segment == index) for index in range(len(FACTS.segments))]
    assert _adjusted(people, old, segments) == pytest.approx(1, abs=0.2)
    gulf = np.asarray(FACTS.company.region_of_state[people.state] == FACTS.company.regions.index("Gulf Coast"))
    bands = np.digitize(people.late_share, [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5])
    assert _risk_ratio(people, gulf, mine) > 1.15
    assert _adjusted(people, gulf, [mine & (bands == band) for band in range(8)]) == pytest.approx(1, abs=0.25)


def _adjusted(people: People, of: Flags, strata: list[Flags]) -> float:
    """The risk ratio within strata, weighted as Mantel and Haenszel do."""
    left: Flags = people.churned < FAR
    parts: list[Floats] = []
    for here in strata:
        a, n1 = (left & of & here).sum(), (of & here).sum()
        b, n0 = (left & ~of & here).sum(), (~of & here).sum()
        parts.append(np.array([a * n0, b * n1]) / max(n1 + n0, 1))
    above, below = np.sum(parts, axis=0)
    return float(above / below)
