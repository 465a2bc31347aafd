"""A cursor that is moved quickly to and fro in a small place. Rule, thresholds and weights are Splunk's (its browser agent's
frustration signals).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from itertools import pairwise

TRAIL_MS, LEAST_MS, STEP_PIXELS = 2000, 1000, 5
PATH_PIXELS, SPEED, TURNS, ANGLE, BOX_PIXELS, SCORE = 300, 300, 4, math.pi / 4, 200, 0.65

Place = tuple[float, float, int]
"""Pixels from the left and the top, milliseconds."""


class Trail:
    """Where the cursor was during the last two seconds."""

    def __init__(self) -> None:
        self._places: deque[Place] = deque()
        self._quiet_until = -math.inf

    def clear(self) -> None:
        """Start over."""
        self._places.clear()

    def rest(self) -> None:
        """Tell nothing more for as long as a trail is."""
        self._quiet_until = self._places[-1][2] + TRAIL_MS

    def turn(self, x: float, y: float, at: int) -> int:
        """The cursor is there now: how often it turned, where it thrashes, else 0."""
        places = self._places
        if at < self._quiet_until or (places and at < places[-1][2]):
            places.clear()
            return 0
        if places and math.hypot(x - places[-1][0], y - places[-1][1]) <= STEP_PIXELS:
            return 0
        places.append((x, y, at))
        while at - places[0][2] > TRAIL_MS:
            places.popleft()
        return count_turns(places)


def count_turns(places: Sequence[Place]) -> int:
    """How often the cursor turned by 45° or more, where that is thrashing; else 0."""
    if len(places) < TURNS + 2:
        return 0
    path, turns, heading = 0.0, 0, None
    for (x0, y0, _), (x1, y1, _) in pairwise(places):
        direction = math.atan2(y1 - y0, x1 - x0)
        turn = abs(direction - (direction if heading is None else heading))
        turns += min(turn, 2 * math.pi - turn) >= ANGLE
        heading = direction
        path += math.hypot(x1 - x0, y1 - y0)
    spent = places[-1][2] - places[0][2]
    if spent < LEAST_MS or path < PATH_PIXELS or 1000 * path / spent < SPEED or turns < TURNS:
        return 0
    box = max(max(one[axis] for one in places) - min(one[axis] for one in places) for axis in (0, 1))
    faster = min((1000 * path / spent - SPEED) / SPEED, 1)
    score = 0.4 * min(turns / 8, 1) + 0.3 * faster + 0.3 / (1 + (box / BOX_PIXELS) ** 2)
    return turns if score >= SCORE else 0
