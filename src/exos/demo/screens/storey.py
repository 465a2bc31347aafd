"""The storey of screens: browser sessions of operators and customers, what is behind them, and recordings."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from exos.demo.calendar import DAY, Ints, second
from exos.demo.people import population
from exos.demo.screens import events, logs, metrics
from exos.demo.screens.beats import Piece
from exos.demo.screens.desk import Desk
from exos.demo.screens.recordings import recording
from exos.demo.screens.shifts import LIVED, Activities, Shifts, sampled
from exos.demo.screens.site import Site
from exos.demo.screens.spans import spans
from exos.demo.screens.visits import Visits, visits
from exos.demo.storeys import TELEMETRY_DAYS, Plan, Writer

PIECE_ACTIVITIES = 2_000
PIECE_VISITS = 4_000
"""How much is made at once: some hundred thousand rows, whatever the size of the world."""
_DESK, _SITE, _LOGS = 0.4, 0.45, 0.12
"""Parts of the storey's time."""


def build(plan: Plan, writer: Writer) -> None:
    """Writes telemetry of the last weeks and, from before them, what was derived from telemetry that is gone."""
    simulation, shifts = plan.handed[LIVED]
    end = second(plan.end)
    first = end - TELEMETRY_DAYS * DAY
    _desk(Desk(simulation, plan.seed, shifts.recorded), shifts, writer)
    _site(plan, first, end, writer)
    writer.insert("otel_logs", _own_logs(plan, first, end, writer))
    writer.insert("otel_metrics_gauge", metrics.gauges(plan.seed, first, end, simulation))
    writer.insert("otel_metrics_sum", metrics.sums(plan.seed, plan.size, first, end))
    writer.insert("otel_metrics_histogram", metrics.histograms(plan.seed, plan.size, first, end))


def _desk(desk: Desk, shifts: Shifts, writer: Writer) -> None:
    done = shifts.activities()
    for part in _whole_sessions(done):
        _tell(desk.piece(done.take(part)), writer)
        writer.tell(_DESK * (part[-1] + 1) / len(done))


def _whole_sessions(done: Activities) -> Iterator[Ints]:
    """Pieces of the activities that cut no session in two."""
    opens = (
        np.flatnonzero(np.concatenate([[True], done.session[1:] != done.session[:-1]]))
        if len(done)
        else np.zeros(0, np.int64)
    )
    first = 0
    while first < len(done):
        later = opens[opens >= first + PIECE_ACTIVITIES]
        until = int(later[0]) if len(later) else len(done)
        yield np.arange(first, until)
        first = until


def _site(plan: Plan, first: int, end: int, writer: Writer) -> None:
    site = Site(plan.seed)
    for block, people in enumerate(population(plan)):
        all_visits = visits(plan, block, people, end)
        lately = all_visits.moment >= first
        before = np.flatnonzero(~lately)
        writer.insert(
            "product_events", (_history(site.piece(people, part, end)) for part in _pieces(all_visits.take(before)))
        )
        for part in _pieces(all_visits.take(lately)):
            _tell(site.piece(people, part, end), writer)
        writer.tell(_DESK + _SITE * (block + 1) / plan.size)


def _pieces(whole: Visits) -> Iterator[Visits]:
    for start in range(0, len(whole), PIECE_VISITS):
        yield whole.take(np.arange(start, min(start + PIECE_VISITS, len(whole))))


def _tell(piece: Piece, writer: Writer) -> None:
    """Write a piece as spans, as the logs that go with them, and as recordings."""
    told = spans(piece)
    writer.insert("otel_traces", [told.batch()])
    writer.insert("otel_logs", [logs.batch(logs.of_requests(told))])
    seen = recording(piece)
    writer.insert("hyperdx_sessions", [seen] if seen is not None else [])


def _history(piece: Piece) -> pa.RecordBatch:
    return events.events(piece, events.told(piece.beats))


def _own_logs(plan: Plan, first: int, end: int, writer: Writer) -> Iterator[pa.RecordBatch]:
    for day in range(first, end, DAY):
        yield logs.batch(logs.of_jobs(plan.seed, plan.size * sampled(plan.size), day, end))
        writer.tell(_DESK + _SITE + _LOGS * (day + DAY - first) / (end - first))
