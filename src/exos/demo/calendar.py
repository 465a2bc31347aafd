"""The company's calendar: federal holidays, working days, business clocks, batch runs.

Moments are UTC seconds since 1970, as int64.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

DAY = 86_400
HOUR = 3_600
ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Phoenix")
_REACH = 1 << 40
"""Keeps calendars apart when several are searched as one array: more seconds than any moment has."""


@cache
def holidays(year: int) -> frozenset[date]:
    """The federal holidays of the United States on the days they are observed."""
    new_years = [date(year, 1, 1), date(year + 1, 1, 1)]
    fixed = [*new_years, date(year, 6, 19), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25)]
    floating = [
        _nth_weekday(year, 1, 0, 3),
        _nth_weekday(year, 2, 0, 3),
        _nth_weekday(year, 6, 0, 1) - timedelta(days=7),
        _nth_weekday(year, 9, 0, 1),
        _nth_weekday(year, 10, 0, 2),
        _nth_weekday(year, 11, 3, 4),
    ]
    return frozenset([_observed(day) for day in fixed] + floating)


def _nth_weekday(year: int, month: int, weekday: int, n: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))


def _observed(day: date) -> date:
    """Saturday's holiday is kept on Friday, Sunday's on Monday."""
    return day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))


def second(day: date) -> int:
    """Midnight UTC of a day."""
    return int(datetime.combine(day, time(), UTC).timestamp())


@dataclass(frozen=True, slots=True)
class Days:
    """A run of calendar days. `midnights` holds local midnight of each zone and day, shape (zones, days)."""

    first: date
    weekday: Ints
    holiday: Flags
    midnights: Ints

    @classmethod
    def between(cls, first: date, last: date) -> Days:
        """The days from `first` to `last`, both included."""
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        return cls(
            first,
            np.array([day.weekday() for day in days], np.int64),
            np.array([day in holidays(day.year) for day in days]),
            np.array([[_midnight(day, zone) for day in days] for zone in ZONES], np.int64),
        )

    def __len__(self) -> int:
        return len(self.weekday)

    @property
    def working(self) -> Flags:
        """Monday to Friday, holidays excepted."""
        return (self.weekday < 5) & ~self.holiday

    def index(self, day: date) -> int:
        """Where a day stands in the run; outside of it where it is not in the run."""
        return (day - self.first).days

    def day(self, index: int) -> date:
        """The inverse of `index`."""
        return self.first + timedelta(days=index)

    def nearest(self, day: date, weekday: int) -> date:
        """The last day on or before `day` that is that weekday and no holiday."""
        index = self.index(day)
        while index > 0 and (self.weekday[index] != weekday or self.holiday[index]):
            index -= 1
        return self.day(index)


def _midnight(day: date, zone: str) -> int:
    """Local midnight, by the offset at noon: the hour that changes at night matters to nobody's working day."""
    offset = datetime.combine(day, time(12), ZoneInfo(zone)).utcoffset() or timedelta()
    return second(day) - int(offset.total_seconds())


class Clocks:
    """Several business clocks, each of which runs in opening hours only, searched as one."""

    def __init__(self, openings: list[tuple[Ints, Ints]]) -> None:
        """`openings` holds, per clock, the starts and ends of its opening hours in order."""
        self._size = np.array([len(starts) for starts, _ in openings], np.int64)
        self._place = np.concatenate([[0], np.cumsum(self._size)])[:-1]
        self._starts = np.concatenate([starts + number * _REACH for number, (starts, _) in enumerate(openings)])
        lengths = [ends - starts for starts, ends in openings]
        self._lengths = np.concatenate(lengths)
        self._worked = np.concatenate(
            [np.concatenate([[0], np.cumsum(length)[:-1]]) + number * _REACH for number, length in enumerate(lengths)]
        )

    def add(self, clock: Ints, moment: Ints, seconds: Ints) -> Ints:
        """`moment` plus so many seconds of opening hours; at the earliest the next opening. All arrays of one length."""
        far = clock * _REACH
        at = np.maximum(np.searchsorted(self._starts, moment + far, side="right") - 1, self._place[clock])
        since = np.clip(moment + far - self._starts[at], 0, self._lengths[at])
        due = self._worked[at] + since + np.maximum(seconds, 1)
        last = (self._place + self._size - 1)[clock]
        to = np.clip(np.searchsorted(self._worked, due, side="left") - 1, self._place[clock], last)
        moments: Ints = self._starts[to] - far + due - self._worked[to]
        return moments


class Runs:
    """Moments at which batches run, several series searched as one."""

    def __init__(self, series: list[Ints]) -> None:
        self._moments = np.concatenate([moments + number * _REACH for number, moments in enumerate(series)])
        self._last = np.cumsum([len(moments) for moments in series]) - 1

    def after(self, series: Ints, moment: Ints) -> Ints:
        """The first run of its series at or after each moment (the last run where there is none)."""
        far = series * _REACH
        at = np.minimum(np.searchsorted(self._moments, moment + far, side="left"), self._last[series])
        moments: Ints = self._moments[at] - far
        return moments


def opening_hours(days: Days, zone: int, start: float, end: float, weekdays: int) -> tuple[Ints, Ints]:
    """Starts and ends of opening hours (hours of local time) on the first `weekdays` days of each week, holidays excepted."""
    midnights = days.midnights[zone][(days.weekday < weekdays) & ~days.holiday]
    return midnights + int(start * HOUR), midnights + int(end * HOUR)


def run_times(days: Days, zone: int, hours: list[float], weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)) -> Ints:
    """Moments of batch runs at these hours of local time on these weekdays, holidays excepted."""
    midnights = days.midnights[zone][np.isin(days.weekday, weekdays) & ~days.holiday]
    times: Ints = (midnights[:, None] + np.array([int(hour * HOUR) for hour in hours], np.int64)).ravel()
    return times
