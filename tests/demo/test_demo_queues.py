"""The queue recursion against a loop, and the model of the lines of business."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from exos.demo.orders.company import company
from exos.demo.orders.depths import STEP, Depths
from exos.demo.orders.desks import desks
from exos.demo.orders.lines import TEAM, lines
from exos.demo.orders.queues import _starts, _until_first_false

WORK = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5000), st.integers(1, 900)), max_size=40)


@given(WORK)
def test_starts_are_those_of_a_loop(work: list[tuple[int, int, int]]) -> None:
    work.sort(key=lambda piece: piece[0])
    free: dict[int, int] = {}
    expected = []
    for seat, ready, took in work:
        start = max(ready, free.get(seat, 0))
        free[seat] = start + took
        expected.append(start)
    seats, readies, times = (np.array([piece[n] for piece in work], np.int64) for n in range(3))
    assert _starts(readies, times, seats).tolist() == expected


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(-2 * STEP, 12 * STEP), st.integers(0, 5 * STEP)), max_size=30))
def test_depths_count_what_is_ready_and_not_begun(work: list[tuple[int, int, int]]) -> None:
    line, ready, waited = (np.array([piece[n] for piece in work], np.int64) for n in range(3))
    depths = Depths(3, 0, 10 * STEP)
    depths.ready(line, ready)
    depths.begun(line, ready + waited)
    points = np.arange(0, 10 * STEP, STEP)
    expected = [
        [sum(of == each and at <= point < at + long for of, at, long in work) for point in points] for each in range(3)
    ]
    assert depths.at(points).tolist() == expected


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=40))
def test_nothing_is_kept_behind_what_does_not_fit(pieces: list[tuple[int, bool]]) -> None:
    pieces.sort(key=lambda piece: piece[0])
    failed: set[int] = set()
    expected = []
    for seat, good in pieces:
        if not good:
            failed.add(seat)
        expected.append(seat not in failed)
    seats = np.array([piece[0] for piece in pieces], np.int64)
    fits = np.array([piece[1] for piece in pieces], np.bool_)
    assert _until_first_false(fits, seats).tolist() == expected


def test_every_line_has_twelve_to_twenty_activities() -> None:
    known, steps = lines()
    assert sum(line.cases for line in known) == 50_000
    for line in known:
        assert 12 <= int((steps.line == line.index).sum()) <= 20, line.process


def test_every_step_of_people_has_a_desk_everywhere() -> None:
    known, steps = lines()
    found = desks(company(), known, steps)
    assert (found.of[steps.kind == TEAM] >= 0).all()
    assert (found.of[steps.kind != TEAM] == -1).all()
    assert (found.hours.sum(axis=0) > 0).all()


def test_shares_out_of_a_step_leave_something_for_the_usual_way() -> None:
    _, steps = lines()
    worst = float(company().complexity.max())
    assert (steps.share * worst**steps.edge_complexity).sum(axis=1).max() < 0.75
