"""Holidays, business clocks and batch runs against the definitions."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exos.demo.calendar import DAY, HOUR, ZONES, Clocks, Days, Runs, holidays, opening_hours, run_times, second

DAYS = Days.between(date(2026, 10, 1), date(2027, 1, 31))
NEW_YORK, LOS_ANGELES = ZONES.index("America/New_York"), ZONES.index("America/Los_Angeles")
CLOCKS = Clocks([opening_hours(DAYS, NEW_YORK, 8, 17, 5), opening_hours(DAYS, LOS_ANGELES, 8, 19, 6)])


def test_federal_holidays() -> None:
    assert holidays(2026) == {
        date(2026, 1, 1), date(2026, 1, 19), date(2026, 2, 16), date(2026, 5, 25), date(2026, 6, 19), date(2026, 7, 3),
        date(2026, 9, 7), date(2026, 10, 12), date(2026, 11, 11), date(2026, 11, 26), date(2026, 12, 25), date(2027, 1, 1),
    }  # fmt: skip


def test_new_year_on_saturday_is_kept_on_the_last_day_of_december() -> None:
    assert date(2021, 12, 31) in holidays(2021)


def test_midnight_follows_daylight_saving_time() -> None:
    before, after = DAYS.index(date(2026, 10, 31)), DAYS.index(date(2026, 11, 2))
    offset = DAYS.midnights[NEW_YORK] - np.array([second(DAYS.day(day)) for day in range(len(DAYS))])
    assert offset[before] == 4 * HOUR
    assert offset[after] == 5 * HOUR


def test_nearest_skips_holidays() -> None:
    assert DAYS.nearest(date(2026, 11, 11), 2) == date(2026, 11, 4)
    assert DAYS.nearest(date(2026, 11, 20), 2) == date(2026, 11, 18)


def _open_seconds(clock: int, moment: int, until: int) -> int:
    starts, ends = opening_hours(DAYS, NEW_YORK, 8, 17, 5) if clock == 0 else opening_hours(DAYS, LOS_ANGELES, 8, 19, 6)
    return int(np.maximum(np.minimum(ends, until) - np.maximum(starts, moment), 0).sum())


@given(
    clock=st.sampled_from([0, 1]),
    moment=st.integers(second(date(2026, 10, 5)), second(date(2026, 12, 1))),
    seconds=st.integers(1, 20 * 9 * HOUR),
)
def test_a_clock_counts_opening_hours_only(clock: int, moment: int, seconds: int) -> None:
    until = int(CLOCKS.add(np.array([clock]), np.array([moment]), np.array([seconds]))[0])
    assert _open_seconds(clock, moment, until) == seconds
    assert _open_seconds(clock, moment, until - 1) == seconds - 1


def test_runs_are_the_next_ones_of_their_series() -> None:
    eleven = run_times(DAYS, NEW_YORK, [11.0, 16.0])
    fridays = run_times(DAYS, NEW_YORK, [10.0], (4,))
    runs = Runs([eleven, fridays])
    friday = int(DAYS.midnights[NEW_YORK, DAYS.index(date(2026, 10, 9))])
    monday = friday + 3 * DAY
    asked = np.array(
        [friday + 12 * HOUR, friday + 17 * HOUR, friday + 9 * HOUR, friday + 10 * HOUR, friday + 11 * HOUR]
    )
    got = runs.after(np.array([0, 0, 1, 1, 1]), asked)
    # The Monday is Columbus Day.
    assert list(got - friday) == [
        16 * HOUR,
        monday + DAY + 11 * HOUR - friday,
        10 * HOUR,
        10 * HOUR,
        7 * DAY + 10 * HOUR,
    ]


@pytest.mark.parametrize("day", [0, 40, len(DAYS) - 1])
def test_index_and_day_are_inverse(day: int) -> None:
    assert DAYS.index(DAYS.day(day)) == day
    assert DAYS.day(day) == DAYS.first + timedelta(days=day)
