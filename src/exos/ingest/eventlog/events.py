"""Turns what a reader found into rows of `case_events`: reads the times, rejects what cannot be used, keeps the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exos.ingest.eventlog.arrays import (
    Flags,
    Ints,
    booleans,
    flags,
    integers,
    no_maps,
    no_texts,
    present,
    text,
    with_entry,
)
from exos.ingest.eventlog.clock import Clock, Times
from exos.ingest.eventlog.format import EVENTS, LINES, Piece, Report
from exos.ingest.eventlog.rejections import KEPT, Rejections
from exos.ingest.eventlog.texts import as_texts

NO_CASE = "no case"
NO_ACTIVITY = "no activity"
NO_TIME = "no time"
UNREADABLE_TIME = "the time cannot be read"
OUTSIDE = "the time lies outside of 1900 to 2299"
LATE = "{n} events end before they start; each was taken at its completion, its start is kept as attribute {name}."
WORDS = "{n} events say in words that {name} is missing; both times are the other one, the words are kept as attribute {name}."
ODD = "{n} costs are not numbers; they are kept as attribute {name}."
DECIMAL_COMMA = r"^[+-]?(\d{1,3}([.\s\x{a0}]\d{3})+|\d+)(,\d+)?$"
"""Numbers such as 1.234,50."""
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_PLAIN = ("resource", "lifecycle", "session", "trace", "span")
_TARGET = {"session": "session_id", "trace": "trace_id", "span": "span_id"}
_FEW = ("activity", "resource", "lifecycle")
"""Columns with few distinct values travel as dictionaries: less to send, less for the engine to do."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Events as a reader found them, in the order of the file.

    `columns` holds one array per role that the log has (texts, null where missing; times as the log has them). `names` says what
    the log calls them. `lines` gives the line numbers of some of the events. `sequence` is their position in the file.
    `case_attributes` is asked for the maps of the events that remain. `decimal_comma`: costs are written like 1.234,50.
    """

    columns: dict[str, pa.Array]
    names: dict[str, str]
    sequence: Ints
    attributes: pa.Array
    lines: Callable[[Ints], Ints]
    case_attributes: Callable[[Flags], pa.Array] | None = None
    rejections: Rejections = field(default_factory=Rejections)
    decimal_comma: bool = False


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
    cost, attributes = _costs(found, keep, report)
    late = flags(pc.less(end, start)) & keep
    if late.any():
        start = pc.if_else(booleans(late), end, start)
        attributes = _kept(found, attributes, "start", late, report, LATE)
    for role, times in (("timestamp", done), ("start", begun)):
        if times is not None and times.values.null_count:
            said = flags(times.values.is_null()) & _said(columns[role]) & keep
            attributes = _kept(found, attributes, role, said, report, WORDS) if said.any() else attributes
    arrays = {
        "case_id": columns["case"],
        "activity": columns["activity"],
        "start_time": start,
        "end_time": end,
        "cost": cost,
        "attributes": attributes,
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


def _said(column: pa.Array) -> Flags:
    """Where anything is written, be it a word for nothing such as n/a."""
    return present(pc.utf8_trim_whitespace(as_texts(column)))


def _filled(column: pa.Array | None, length: int) -> pa.Array:
    if column is None:
        return no_texts(length)
    return pc.fill_null(column, text("")) if column.null_count else column


def _kept(found: Candidates, attributes: pa.Array, role: str, where: Flags, report: Report, why: str) -> pa.Array:
    """The attributes with what stands in a role's column, at rows where it cannot be used as that; says so."""
    name = found.names.get(role, role)
    lines = found.lines(np.flatnonzero(where)[:LINES])
    report.count(why.replace("{name}", repr(name)), int(where.sum()), lines.tolist())
    return with_entry(attributes, name, as_texts(found.columns[role]), where)


def _costs(found: Candidates, keep: Flags, report: Report) -> tuple[pa.Array, pa.Array]:
    """Costs as numbers, and the attributes, which keep those that are none."""
    column = found.columns.get("cost")
    if column is None:
        return pa.nulls(len(keep), pa.float64()), found.attributes
    written = pc.utf8_trim_whitespace(pc.if_else(booleans(present(column)), column, text(None)))
    if found.decimal_comma:
        report.note(f"Costs in {found.names['cost']!r} were read with decimal commas.")
        numeric = flags(pc.match_substring_regex(written, DECIMAL_COMMA))
        plain = pc.replace_substring(pc.replace_substring_regex(written, r"[.\s\x{a0}]", ""), ",", ".")
    else:
        plain, numeric = written, flags(pc.match_substring_regex(written, _NUMBER))
    costs = pc.if_else(booleans(numeric), plain, text(None)).cast(pa.float64())
    odd = present(written) & ~numeric & keep
    return costs, _kept(found, found.attributes, "cost", odd, report, ODD) if odd.any() else found.attributes
