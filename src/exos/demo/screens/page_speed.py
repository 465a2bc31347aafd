"""How fast pages load and answer: the beginning and the end of a page's life in a browser, with its web vitals and
long tasks.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from exos.demo.calendar import Flags, Floats, Ints
from exos.demo.columns import Words, draw, normal, repeated
from exos.demo.screens.beats import HIDDEN, LOAD, LONG_TASK, RECORD, REQUEST, VITAL, VITALS, Script

_SPREAD: Mapping[str, tuple[float, float]] = {
    "ttfb": (140, 0.4), "fcp": (520, 0.35), "lcp": (980, 0.4), "cls": (0.03, 0.9), "inp": (96, 0.5),
}  # fmt: skip
"""Median and spread of the logarithm, on a desktop."""
LOAD_SECONDS = 12
"""Between the page's load and the first thing done on it, at most."""


def frame(
    script: Script, keys: Words, begun: Ints, ended: Ints, page: int | Ints, endpoint: int, slowness: float | Floats,
    *, tail: int | Ints = 0, tail_end: int | Ints = 0, last_page: int | Ints | None = None, interaction: float | Floats = 1.0,
    recorded: Flags,
) -> None:  # fmt: skip
    """Load a page before `begun`, leave it after `ended` (milliseconds, one per session).

    endpoint: what the page asks for at once (-1: nothing); slowness multiplies times, interaction the answer to
    clicks on top of that;
    last_page, tail_end: where the visitor is when they leave; recorded: of which sessions the screen is recorded.
    """
    session = np.arange(len(keys))
    early = 2_500 + (draw(keys, 80) * (LOAD_SECONDS * 1000 - 3_000)).astype(np.int64)
    moment = begun - early
    took = np.minimum(1_150 * slowness * np.exp(0.35 * normal(keys, 81)), early - 100)
    script.add(LOAD, session, moment, page=page, tail=tail, latency=took)
    seen = np.flatnonzero(recorded)
    script.add(RECORD, seen, moment[seen] + 60, page=_of(page, seen), tail=_of(tail, seen))
    if endpoint >= 0:
        answer = np.minimum(130 * np.exp(0.35 * normal(keys, 82)), 600)
        script.add(
            REQUEST, session, moment + (took * 0.8).astype(np.int64), page=page, tail=tail, endpoint=endpoint, status=200,
            latency=answer,
        )  # fmt: skip
    bye = ended + 400 + (draw(keys, 83) * 6_000).astype(np.int64)
    end_page = page if last_page is None else last_page
    for number, name in enumerate(VITALS):
        median, spread = _SPREAD[name]
        value = median * np.exp(spread * normal(keys, 84 + number)) * (1 if name == "cls" else slowness)
        if name in ("cls", "inp"):
            rounded = np.round(value, 4) if name == "cls" else np.round(value * interaction / 8) * 8
            script.add(VITAL, session, bye - 2 + number % 2, page=end_page, tail=tail_end, what=number, value=rounded)
        else:
            shown = moment + np.minimum(value, early - 50).astype(np.int64)
            script.add(VITAL, session, shown, page=page, tail=tail, what=number, value=np.round(value, 1))
    script.add(HIDDEN, session, bye, page=end_page, tail=tail_end)
    whose, turn = repeated((draw(keys, 90) * 2.2 * np.broadcast_to(slowness, len(keys))).astype(np.int64))
    lasting = np.round(52 + 60 * -np.log1p(-draw(keys[whose], 91, turn)))
    script.add(
        LONG_TASK, whose, moment[whose] + 300 + turn * 420, page=_of(page, whose), tail=_of(tail, whose), value=lasting,
        latency=lasting,
    )  # fmt: skip


def _of(value: int | Ints, which: Ints) -> Ints:
    return np.broadcast_to(value, len(which)) if isinstance(value, int) else value[which]
