"""Moments in people's days: local hours at which they are at their screens."""

from __future__ import annotations

import numpy as np

from exos.demo.calendar import HOUR, Days, Floats, Ints
from exos.demo.orders.company import company

FAR = 1 << 40
"""The moment of what has not happened by the end."""
_BY_HOUR = np.array(
    [3, 2, 1, 1, 1, 2, 6, 14, 30, 44, 52, 50, 48, 46, 47, 45, 40, 36, 38, 46, 52, 44, 26, 11], np.float64
)
"""What people do on the site by hour of the local day: at work, and once more in the evening."""


class Moments:
    """Turns days into moments. Days are counted from the first of `days`; the last of them is the end, at midnight UTC."""

    def __init__(self, days: Days) -> None:
        self._days = days
        self._zone_of_state = company().zone_of_state
        self.last = len(days) - 1
        self.end = int(np.datetime64(days.day(self.last), "s").astype(np.int64))

    def at(self, day: Floats, state: Ints, rng: np.random.Generator) -> Ints:
        """A moment on each day (fractions are dropped), in an hour that people keep where they live."""
        hour = np.searchsorted(np.cumsum(_BY_HOUR / _BY_HOUR.sum())[:-1], rng.random(len(day)), side="right")
        whole = np.clip(day.astype(np.int64), 0, self.last)
        midnight = self._days.midnights[self._zone_of_state[state], whole]
        moment: Ints = midnight + hour * HOUR + rng.integers(0, HOUR, len(day))
        # The last local day ends some hours after midnight UTC; what would lie beyond the end goes one day back.
        return np.where(moment >= self.end, moment - 24 * HOUR, moment)
