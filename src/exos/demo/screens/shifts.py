"""Which activities people did in browser sessions that were recorded, and in which: fixed while the orders are written.

The rules are the browser SDK's: a session ends after 15 minutes without anything happening, and after four hours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from exos.demo.calendar import DAY, HOUR, Flags, Ints
from exos.demo.columns import Words, draw, hex_ids, mix, span_ids, trace_ids
from exos.demo.orders.simulation import Simulation
from exos.demo.storeys import TELEMETRY_DAYS
from exos.demo.truths import planted

IDLE, LONGEST = 15 * 60, 4 * HOUR - 120
"""Seconds after which a session ends. What loads the page before the first activity has its place in the four hours
too.
"""
NUMBERS = ("operator", "number", "line", "step", "start", "end", "session", "key")
SHARE, _DAYS_RECORDED = 0.2, 0.5
LIVED = "orders lived"
"""Under this name the storey of orders hands on the simulation and these shifts."""
_SESSION, _ACTIVITY = 11, 12


@dataclass(frozen=True, slots=True)
class Activities:
    """Recorded activities, in the order of their sessions. `session` is the key of the session, `key` of the click
    that completes
    the activity; moments are seconds.
    """

    operator: Ints
    number: Ints
    line: Ints
    step: Ints
    start: Ints
    end: Ints
    session: Words
    key: Words
    case_id: pa.Array

    def __len__(self) -> int:
        return len(self.operator)

    def take(self, which: Ints) -> Activities:
        """A selection, by index."""
        columns: dict[str, Any] = {name: getattr(self, name)[which] for name in NUMBERS}
        return Activities(**columns, case_id=self.case_id.take(pa.array(which)))


def sampled(size: int) -> float:
    """Of what a small company records, the share that one of so many times its size records: the larger, the more it samples."""
    return float(size**-0.25)


class Shifts:
    """Listens to the writing of orders. One for one generation: sessions go on from one piece of it to the next."""

    def __init__(self, simulation: Simulation, seed: int, share: float) -> None:
        """`share` of the people at every desk, at least one, are recorded on half of their days, and those whom
        truths name every day.
        """
        roster = simulation.roster
        self._seed = seed
        self._since = simulation.end - TELEMETRY_DAYS * DAY
        self._people = roster.number
        luck = draw(seed, 13, roster.number)
        order = np.lexsort((luck, roster.desk))
        size = np.bincount(roster.desk)
        first = np.cumsum(size) - size
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order)) - first[roster.desk[order]]
        self.recorded: Flags = rank < np.maximum(np.round(size * share), 1)[roster.desk]
        named = [planted("slow-operator")[who] for who in ("operator", "specialist")]
        self._always: Flags = np.isin(roster.number, [int(name.rsplit(" ", 1)[1]) for name in named])
        self.recorded |= self._always
        self._last = np.full(len(roster), -(1 << 40))
        self._begun = np.full(len(roster), -(1 << 40))
        self._parts: list[Activities] = []

    def note(
        self, number: Ints, line: Ints, step: Ints, start: Ints, end: Ints, resource: Ints, case_id: pa.Array
    ) -> tuple[pa.Array, pa.Array, pa.Array]:
        """Session, trace and span id of each activity, empty where it was not recorded. People's activities must come
        in their order.
        """
        here = np.flatnonzero((resource < len(self._people)) & (start >= self._since))
        here = here[self._chosen(resource[here], start[here])]
        here = here[np.lexsort((start[here], resource[here]))]
        who, begin = resource[here], self._sessions(resource[here], start[here], end[here])
        operator = self._people[who]
        part = Activities(
            who, number[here], line[here], step[here], start[here], end[here],
            mix(self._seed, _SESSION, operator, begin), mix(self._seed, _ACTIVITY, operator, start[here]),
            case_id.take(pa.array(here)),
        )  # fmt: skip
        self._parts.append(part)
        ids = (session_ids(part.session), trace_ids(part.key), span_ids(part.key, 0))
        place = np.zeros(len(number), np.int64)
        place[here] = np.arange(1, len(here) + 1)
        spread = [pa.concat_arrays([pa.array([""]), each]).take(pa.array(place)) for each in ids]
        return spread[0], spread[1], spread[2]

    def activities(self) -> Activities:
        """All that were recorded, session after session, sessions in the order of the day on which they began."""
        if not self._parts:
            nothing, keys = np.zeros(0, np.int64), np.zeros(0, np.uint64)
            return Activities(*(nothing,) * 6, keys, keys, pa.array([], pa.string()))
        whole = _joined(self._parts)
        _, first, place = np.unique(whole.session, return_index=True, return_inverse=True)
        first_start = np.full(len(first), 1 << 40)
        np.minimum.at(first_start, place, whole.start)
        return whole.take(np.lexsort((whole.start, whole.operator, first_start[place] // DAY)))

    def _chosen(self, who: Ints, start: Ints) -> Flags:
        day = draw(self._seed, 14, self._people[who], start // DAY) < _DAYS_RECORDED
        return self.recorded[who] & (day | self._always[who])

    def _sessions(self, who: Ints, start: Ints, end: Ints) -> Ints:
        """When the session of each activity began. Ordered by person, then start."""
        if not len(who):
            return start
        opens = np.concatenate([[True], who[1:] != who[:-1]])
        before = np.where(opens, self._last[who], np.concatenate([[0], end[:-1]]))
        new = start - before > IDLE
        while True:
            begun = _since_last(new, opens, start, self._begun[who])
            over = (end - begun > LONGEST) & ~new
            group = np.cumsum(new | opens)
            first = np.unique(group[over], return_index=True)[1]
            if not len(first):
                break
            new[np.flatnonzero(over)[first]] = True
        last = np.flatnonzero(np.concatenate([who[1:] != who[:-1], [True]]))
        self._last[who[last]], self._begun[who[last]] = end[last], begun[last]
        return begun


def session_ids(keys: Words) -> pa.StringArray:
    """The ids of sessions, as the browser's SDK makes them: 32 digits."""
    return hex_ids(mix(keys, 1), mix(keys, 2))


def _since_last(new: Flags, opens: Flags, start: Ints, carried: Ints) -> Ints:
    """The start of the last activity that opened a session; where there is none of that person yet, what was carried
    over.
    """
    group = np.maximum.accumulate(np.where(new | opens, np.arange(len(new)), 0))
    return np.where(new[group], start[group], carried)


def _joined(parts: Iterable[Activities]) -> Activities:
    listed = list(parts)
    columns: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in listed]) for name in NUMBERS}
    return Activities(**columns, case_id=pa.concat_arrays([part.case_id for part in listed]))
