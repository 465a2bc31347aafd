"""Turns what a reader found into rows of `case_events`: reads the times, rejects what cannot be used, keeps the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exos.ingest.eventlog.arrays import Flags, Ints, booleans, flags, integers, no_maps, no_texts, present, text
from exos.ingest.eventlog.clock import Clock, Times
from exos.ingest.eventlog.format import EVENTS, Piece, Report
from exos.ingest.eventlog.rejections import KEPT, Rejections

NO_CASE = "no case"
NO_ACTIVITY = "no activity"
NO_TIME = "no time"
UNREADABLE_TIME = "the time cannot be read"
OUTSIDE = "the time lies outside of 1900 to 2299"
_PLAIN = ("resource", "lifecycle", "session", "trace", "span")
_TARGET = {"session": "session_id", "trace": "trace_id", "span": "span_id"}
_FEW = ("activity", "resource", "lifecycle")
"""Columns with few distinct values travel as dictionaries: less to send, less for the engine to do."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Events as a reader found them, in the order of the file.

    `columns` holds one array per role that the log has (texts, null where missing; times as the log has them). `names` says what
    the log calls them. `lines` gives the line numbers of some of the events. `sequence` is their position in the file.
    `case_attributes` is asked for the maps of the events that remain.
    """

    columns: dict[str, pa.Array]
    names: dict[str, str]
    sequence: Ints
    attributes: pa.Array
    lines: Callable[[Ints], Ints]
    case_attributes: Callable[[Flags], pa.Array] | None = None
    rejections: Rejections = field(default_factory=Rejections)


@dataclass(frozen=True, slots=True)
class _Problem:
    role: str
    where: Flags
    reason: str


def settle(found: Candidates, clock: Clock, report: Report) -> Piece:
    """Rows of what can be used, and the rejections."""
    columns = found.columns
    done = clock.read(columns["timestamp"])
    begun = clock.read(columns["start"]) if "start" in columns else None
    bad = _reject(found, _problems(columns, done, begun))
    keep = ~bad
    start, end = _span(done, begun)
    late = flags(pc.less(end, start)) & keep
    if late.any():
        report.count("{n} events end before they start; they were kept as they are.", int(late.sum()))
    arrays = {
        "case_id": columns["case"],
        "activity": columns["activity"],
        "start_time": start,
        "end_time": end,
        "cost": _costs(columns.get("cost"), len(keep), report),
        "attributes": found.attributes,
        "sequence": integers(found.sequence.astype(np.uint64)),
        **{_TARGET.get(role, role): _filled(columns.get(role), len(keep)) for role in _PLAIN},
    }
    if bad.any():
        chosen = booleans(keep)
        arrays = {name: array.filter(chosen) for name, array in arrays.items()}
    if found.case_attributes is None:
        arrays["case_attributes"] = no_maps(int(keep.sum()))
    else:
        arrays["case_attributes"] = found.case_attributes(keep)
    for name in _FEW:
        arrays[name] = arrays[name].dictionary_encode()
    return Piece(pa.RecordBatch.from_arrays([arrays[name] for name in EVENTS.names], EVENTS.names), found.rejections)


def nothing(rejections: Rejections) -> Piece:
    """A part of a file without a usable row."""
    return Piece(pa.RecordBatch.from_arrays([pa.nulls(0, kind) for kind in EVENTS.types], schema=EVENTS), rejections)


def _problems(columns: dict[str, pa.Array], done: Times, begun: Times | None) -> list[_Problem]:
    empty = flags(done.values.is_null()) & ~done.unread
    problems = [
        _Problem("case", ~present(columns["case"]), NO_CASE),
        _Problem("activity", ~present(columns["activity"]), NO_ACTIVITY),
        _Problem("timestamp", done.unread, UNREADABLE_TIME),
        _Problem("timestamp", done.outside, OUTSIDE),
    ]
    if begun is not None:
        empty &= flags(begun.values.is_null()) & ~begun.unread
        problems += [_Problem("start", begun.unread, UNREADABLE_TIME), _Problem("start", begun.outside, OUTSIDE)]
    problems.append(_Problem("timestamp", empty, NO_TIME))
    return problems


def _reject(found: Candidates, problems: list[_Problem]) -> Flags:
    """Which events cannot be used; counts them, each once, with its first problem."""
    first = np.full(len(found.sequence), -1, np.int64)
    for number, problem in enumerate(problems):
        first[problem.where & (first < 0)] = number
    places = np.flatnonzero(first >= 0)
    if not len(places):
        return first >= 0
    rejected = Rejections()
    for place, line in zip(places[:KEPT].tolist(), found.lines(places[:KEPT]).tolist(), strict=True):
        problem = problems[first[place]]
        value = found.columns[problem.role][place].as_py()
        name = found.names.get(problem.role, problem.role)
        rejected.add(line, name, "" if value is None else str(value), problem.reason)
    for number, times in enumerate(np.bincount(first[places[KEPT:]], minlength=len(problems)).tolist()):
        if times:
            rejected.reasons[problems[number].reason] += times
    found.rejections.mix(rejected)
    return first >= 0


def _span(done: Times, begun: Times | None) -> tuple[pa.Array, pa.Array]:
    """Start and completion; where one is missing it is the other."""
    if begun is None:
        return done.values, done.values
    return pc.coalesce(begun.values, done.values), pc.coalesce(done.values, begun.values)


def _filled(column: pa.Array | None, length: int) -> pa.Array:
    if column is None:
        return no_texts(length)
    return pc.fill_null(column, text("")) if column.null_count else column


def _costs(column: pa.Array | None, length: int, report: Report) -> pa.Array:
    if column is None:
        return pa.nulls(length, pa.float64())
    written = pc.if_else(booleans(present(column)), column, text(None))
    try:
        return written.cast(pa.float64())
    except pa.ArrowInvalid:
        numeric = pc.match_substring_regex(written, r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
        report.count("{n} costs are not numbers; they were left empty.", int(flags(pc.invert(numeric)).sum()))
        return pc.if_else(numeric, written, text(None)).cast(pa.float64())
