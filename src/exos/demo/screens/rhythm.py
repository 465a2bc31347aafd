"""The daily and weekly rhythm of what machines do because people work: how busy an hour is."""

from __future__ import annotations

import numpy as np

from exos.demo.calendar import DAY, HOUR, Floats, Ints

_HOURS = np.array(
    [
        0.10,
        0.08,
        0.07,
        0.06,
        0.06,
        0.06,
        0.07,
        0.08,
        0.10,
        0.14,
        0.22,
        0.34,
        0.52,
        0.74,
        0.92,
        1.0,
        0.98,
        0.9,
        0.94,
        0.98,
        0.92,
        0.78,
        0.5,
        0.22,
    ]
)
"""By hour of the day in UTC: the desks of the company are between Eastern and Mountain time."""
_WEEKDAYS = np.array([1.12, 1.02, 1.0, 0.97, 0.86, 0.28, 0.22])
"""Monday first."""


def busy(moment: Ints) -> Floats:
    """How busy it is at moments (UTC seconds), about one at the busiest hour of a working day."""
    hour, weekday = (moment % DAY) / HOUR, (moment // DAY + 3) % 7
    first = hour.astype(np.int64)
    here, after = _HOURS[first], _HOURS[(first + 1) % 24]
    level: Floats = (here + (after - here) * (hour - first)) * _WEEKDAYS[weekday]
    return level
