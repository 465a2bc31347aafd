"""Beats: what happens on screens, one moment each. Spans, logs and recordings are three ways of telling the same
beats.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pyarrow as pa

from exos.demo.calendar import Floats, Ints
from exos.demo.columns import Words, mix
from exos.demo.screens.visitors import Sessions

LOAD, RECORD, CLICK, CHANGE, SUBMIT, ROUTE, REQUEST, ACTION, FRUSTRATION, ERROR, VITAL, LONG_TASK, HIDDEN = range(13)
RAGE, DEAD, ERROR_CLICK, THRASH = range(4)
SIGNALS = ("rage_click", "dead_click", "error_click", "thrashed_cursor")
VITALS = ("ttfb", "fcp", "lcp", "cls", "inp")


@dataclass(frozen=True, slots=True)
class Beats:
    """Moments of the sessions of one application, in order. Indices are -1 where a beat has no such thing.

    session: place in the sessions; time: milliseconds; page and tail (and before it, of a route change, from_page and
    from_tail): the page
    it happens on, and what its address names beside (index of `Piece.tails`); element, endpoint: of the application;
    status: of the
    answer (0: none); latency: milliseconds it takes; what: which vital, signal, action or error; value: of a vital,
    count of a signal;
    context: place of the case being worked on in `Piece.cases`; key: what ids are made from.
    """

    session: Ints
    time: Ints
    kind: Ints
    page: Ints
    tail: Ints
    from_page: Ints
    from_tail: Ints
    element: Ints
    endpoint: Ints
    status: Ints
    latency: Floats
    what: Ints
    value: Floats
    context: Ints
    key: Words

    def __len__(self) -> int:
        return len(self.time)

    def take(self, which: Ints) -> Beats:
        """A selection, by index."""
        return Beats(*(getattr(self, field.name)[which] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the world: sessions of one application, what happens in them, and the texts that beats refer to.

    referrers: where each session came from, empty where nowhere; tails: parts of addresses; processes, cases,
    activities: of the cases worked on;
    words: names of actions; messages: of errors.
    """

    sessions: Sessions
    beats: Beats
    referrers: pa.Array
    tails: pa.Array
    processes: pa.Array
    cases: pa.Array
    activities: pa.Array
    words: tuple[str, ...]
    messages: tuple[str, ...]


class Script:
    """Beats in the making."""

    def __init__(self) -> None:
        self._parts: list[dict[str, Ints]] = []

    def add(self, kind: int, session: Ints, time: Ints, **columns: Any) -> None:
        """Add beats of one kind; of the columns that are left out, `tail` is 0, others mean nothing."""
        whole = {name: np.broadcast_to(np.asarray(value), len(session)) for name, value in columns.items()}
        self._parts.append({"session": session, "time": time, "kind": np.full(len(session), kind), **whole})

    def beats(self, keys: Words) -> Beats:
        """All beats, session by session and by time. `keys` are those of the sessions; a beat that has no key of its
        own gets one
        from its session and its place in it.
        """
        columns: dict[str, Any] = {field.name: self._column(field.name) for field in fields(Beats)}
        order = np.lexsort((columns["kind"], columns["time"], columns["session"]))
        columns = {name: column[order] for name, column in columns.items()}
        session, key = columns["session"], columns["key"]
        first = np.searchsorted(session, session)
        made = mix(keys[session], np.arange(len(session)) - first)
        return Beats(**{**columns, "key": np.where(key == 0, made, key)})

    def _column(self, name: str) -> Ints:
        default, kind = _DEFAULTS.get(name, (-1, np.int64))
        return np.concatenate(
            [np.asarray(part[name], kind) if name in part else np.full(len(part["time"]), default, kind) for part in self._parts]
        )  # fmt: skip


_DEFAULTS: dict[str, tuple[float, type]] = {
    "tail": (0, np.int64),
    "status": (0, np.int64),
    "latency": (0, np.float64),
    "value": (0, np.float64),
    "key": (0, np.uint64),
}


def error_types(messages: tuple[str, ...]) -> list[str]:
    """The class of each error."""
    return [
        message.split(":")[0] if ": " in message and message.split(":")[0].isalpha() else "Error"
        for message in messages
    ]
