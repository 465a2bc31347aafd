"""How many orders wait for people, line by line, every half hour of a world's life."""

from __future__ import annotations

import numpy as np

from exos.demo.calendar import Ints

STEP = 1_800
"""Seconds between two points."""


class Depths:
    """Counts work as it becomes ready and as somebody begins it."""

    def __init__(self, lines: int, first: int, end: int) -> None:
        """Points from `first` until `end`, in seconds; what happens later is not counted."""
        self._first = first
        self._changes = np.zeros((lines, (end - first) // STEP), np.int64)

    def ready(self, line: Ints, moment: Ints) -> None:
        """Work of these lines waits from these moments on."""
        self._add(line, moment, 1)

    def begun(self, line: Ints, moment: Ints) -> None:
        """Somebody begins work of these lines at these moments."""
        self._add(line, moment, -1)

    def at(self, points: Ints) -> Ints:
        """Orders that wait at moments that are points: shape (lines, points)."""
        depths: Ints = np.cumsum(self._changes, axis=1)[:, (points - self._first) // STEP]
        return depths

    def _add(self, line: Ints, moment: Ints, change: int) -> None:
        # What happens at a point is counted at it, all else at the next one.
        place = -((self._first - moment) // STEP)
        inside = place < self._changes.shape[1]
        np.add.at(self._changes, (line[inside], np.maximum(place[inside], 0)), change)
