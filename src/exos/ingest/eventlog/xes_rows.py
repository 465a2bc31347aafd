"""Some traces of an XES log as flat columns, and how they become rows.

Both XES readers (xes_tokens.py, xes_elements.py) give this same form, so they cannot differ in what follows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from exos.errors import BadFile
from exos.ingest.eventlog import roles
from exos.ingest.eventlog.arrays import (
    Flags,
    Ints,
    booleans,
    flags,
    gather,
    integers,
    maps,
    no_maps,
    no_texts,
    text,
    texts,
)
from exos.ingest.eventlog.clock import Clock, rfc3339
from exos.ingest.eventlog.events import Candidates, settle
from exos.ingest.eventlog.format import LINES, Piece, Report, Role
from exos.ingest.eventlog.options import Options

KINDS = ("string", "date", "int", "float", "boolean", "id")
DATE, BOOLEAN = KINDS.index("date"), KINDS.index("boolean")
CASE = "concept:name"
OUTSIDE = -1
"""The trace of an event that stands in none, which IEEE 1849 allows."""
_KEYS = {**roles.STANDARD, "case": CASE}
_TRUE, _FALSE = texts(["true", "1"]), texts(["false", "0"])


@dataclass(frozen=True, slots=True)
class Attributes:
    """Attributes in the order of the file: whose (number of the event or trace), key, kind and value.

    `key` points into `keys`, `value` into `texts`.
    """

    owner: Ints
    key: Ints
    kind: NDArray[np.uint8]
    value: Ints
    keys: list[str]
    texts: pa.Array

    def values(self, places: Ints | None = None) -> pa.Array:
        """Values as they are written."""
        return self.texts.take(integers(self.value if places is None else self.value[places]))

    def met(self) -> list[str]:
        """The keys that somebody has."""
        return [self.keys[code] for code in np.flatnonzero(np.bincount(self.key))]

    def only(self, wanted: Flags) -> Attributes:
        """Some of them."""
        return Attributes(
            self.owner[wanted], self.key[wanted], self.kind[wanted], self.value[wanted], self.keys, self.texts
        )

    def repeated(self) -> Ints:
        """Places of those whose key the same owner gives to a later one."""
        both = self.owner * len(self.keys) + self.key
        ordered = np.sort(both)
        if not (ordered[1:] == ordered[:-1]).any():
            return np.zeros(0, np.int64)
        order = np.argsort(both, kind="stable")
        return np.sort(order[:-1][both[order[1:]] == both[order[:-1]]])

    def without(self, places: Ints) -> Attributes:
        """All but some."""
        if not len(places):
            return self
        wanted = np.ones(len(self.owner), np.bool_)
        wanted[places] = False
        return self.only(wanted)

    def column(self, key: str, length: int) -> pa.Array | None:
        """The values of one key by owner, null where it is missing; None where nobody has it. Of several the last counts."""
        if key not in self.keys:
            return None
        chosen = np.flatnonzero(self.key == self.keys.index(key))
        if not len(chosen):
            return None
        where = np.full(length, -1, np.int64)
        where[self.owner[chosen]] = self.value[chosen]
        return gather(self.texts, where)


@dataclass(frozen=True, slots=True)
class Traces:
    """Some traces: `trace` is the number of the trace of each event, or `OUTSIDE`.

    `lines` gives the line numbers of some of the events, `breaks` the number of line breaks passed.
    `continued`: the first trace began in the piece before, which has given its attributes.
    """

    trace: Ints
    traces: int
    of_events: Attributes
    of_traces: Attributes
    lines: Callable[[Ints], Ints]
    breaks: int = 0
    continued: bool = False

    def moved_to(self, line: int) -> Traces:
        """The same, where the lines were counted from 0 and the first one is this."""

        def lines(places: Ints) -> Ints:
            return line + self.lines(places)

        return replace(self, lines=lines)


@dataclass
class Meaning:
    """What the keys of one log mean; learned from its header and first traces."""

    clock: Clock
    report: Report
    options: Options
    keys: dict[str, str] = field(default_factory=dict)
    how: dict[str, str] = field(default_factory=dict)
    default_activity: str = ""
    event_keys: set[str] = field(default_factory=set)
    trace_keys: set[str] = field(default_factory=set)

    def learn(self, first: Traces) -> None:
        """Choose the key of each role. Standard keys count even where the first traces lack them."""
        seen = first.of_events.met()
        for role, standard in _KEYS.items():
            taken = {key for other, key in self.keys.items() if other != "case"}
            self.keys[role], self.how[role] = self._key(role, standard, [name for name in seen if name not in taken])
        for role in ("timestamp", "start"):
            column = first.of_events.column(self.keys[role], len(first.trace))
            if column is not None:
                self.clock.learn(column, self.keys[role])

    def met(self, role: str) -> None:
        """The log does have the key of this role."""
        if role not in self.report.roles:
            self.report.roles[role] = Role(self.keys[role], self.how[role])

    def check(self, source: str) -> None:
        """Raises BadFile where a key that was named is nowhere in the log."""
        for role in roles.NAMED:
            wanted = self.options.column(role)
            if wanted and self.event_keys and role not in self.report.roles:
                where, keys = ("traces", self.trace_keys) if role == "case" else ("events", self.event_keys)
                raise BadFile(
                    f"{source} has no key {wanted!r} for the {role}. Its {where} have: {roles.listed(sorted(keys))}.",
                    "Name one of these keys.",
                )

    def _key(self, role: str, standard: str, seen: list[str]) -> tuple[str, str]:
        if wanted := self.options.column(role):
            return wanted, "as given"
        if role == "case" or standard in seen:
            return standard, "standard key"
        names = {roles.bare(name): name for name in reversed(seen)}
        usual = next((names[name] for name in roles.USUAL[role] if name in names), None)
        return (usual, "by its name") if usual else (standard, "standard key")


def rows(found: Traces, meaning: Meaning, first_event: int, first_trace: int) -> Piece:
    """Rows of some traces. `first_event` and `first_trace` are the numbers of the first ones in the file, from 0."""
    found = _with_single_keys(found, meaning.report)
    events = len(found.trace)
    meaning.event_keys.update(found.of_events.met())
    meaning.trace_keys.update(found.of_traces.met())
    columns, used = _role_columns(found.of_events, meaning, events)
    columns["case"] = gather(_case_names(found, meaning, first_trace), found.trace)
    if outside := int(np.count_nonzero(found.trace == OUTSIDE)):
        meaning.report.count("{n} events stand outside of every trace: they belong to no case.", outside)
    own = found.of_events
    extra = own.only(~np.isin(own.key, used))
    return settle(
        Candidates(
            columns=columns,
            names=meaning.keys,
            sequence=np.arange(first_event, first_event + events),
            attributes=maps(extra.owner, events, _key_texts(extra), _values(extra, meaning)),
            lines=found.lines,
            case_attributes=_CaseAttributes(found, meaning),
        ),
        meaning.clock,
        meaning.report,
    )


def _with_single_keys(found: Traces, report: Report) -> Traces:
    """Of several attributes with one key the last counts, which is told."""
    events, traces = found.of_events.repeated(), found.of_traces.repeated()
    told = traces[found.of_traces.owner[traces] > 0] if found.continued else traces
    if times := len(events) + len(told):
        lines = found.lines(found.of_events.owner[events][:LINES])
        report.count(
            "{n} attributes have the same key as a later one of their event or trace; the last counts.",
            times,
            lines.tolist(),
        )
    return replace(found, of_events=found.of_events.without(events), of_traces=found.of_traces.without(traces))


def _role_columns(own: Attributes, meaning: Meaning, events: int) -> tuple[dict[str, pa.Array], list[int]]:
    columns: dict[str, pa.Array] = {}
    used = []
    for role, key in meaning.keys.items():
        if role == "case":
            continue
        column = own.column(key, events)
        if column is not None:
            columns[role] = column
            meaning.met(role)
            used.append(own.keys.index(key))
    for role in ("activity", "timestamp"):
        columns.setdefault(role, pa.nulls(events, pa.string()))
    if meaning.default_activity and columns["activity"].null_count:
        meaning.report.count(
            f"{{n}} events have no activity; they got {meaning.default_activity!r}, the log's own default.",
            columns["activity"].null_count,
        )
        columns["activity"] = pc.fill_null(columns["activity"], text(meaning.default_activity))
    return columns, used


def _case_names(found: Traces, meaning: Meaning, first_trace: int) -> pa.Array:
    names = found.of_traces.column(meaning.keys["case"], found.traces)
    if names is not None:
        meaning.met("case")
    else:
        names = pa.nulls(found.traces, pa.string())
    if names.null_count and not found.continued:
        meaning.report.count(
            f"{{n}} traces have no {meaning.keys['case']}; their cases are called by their place in the file.",
            names.null_count,
        )
    if names.null_count:
        numbered = texts(f"trace {first_trace + place + 1}" for place in range(found.traces))
        names = pc.coalesce(names, numbered)
    return names


class _CaseAttributes:
    """Attributes of the traces, on the first event of each that is kept."""

    def __init__(self, found: Traces, meaning: Meaning) -> None:
        self._found = found
        self._meaning = meaning

    def __call__(self, keep: Flags) -> pa.Array:
        trace = self._found.trace[keep]
        own = self._found.of_traces
        case = self._meaning.keys["case"]
        wanted = np.ones(len(own.owner), np.bool_)
        if case in own.keys:
            wanted &= own.key != own.keys.index(case)
        if self._found.continued:
            wanted &= own.owner != 0
        place = np.full(self._found.traces, -1, np.int64)
        place[trace[::-1]] = np.arange(len(trace))[::-1]
        wanted &= place[own.owner] >= 0
        if not wanted.any():
            return no_maps(len(trace))
        own = own.only(wanted)
        return maps(place[own.owner], len(trace), _key_texts(own), _values(own, self._meaning))


def _key_texts(own: Attributes) -> pa.Array:
    return texts(own.keys).take(integers(own.key)) if len(own.key) else no_texts(0)


def _values(own: Attributes, meaning: Meaning) -> pa.Array:
    """Values as attributes hold them: dates in RFC 3339 UTC, booleans true or false, all else as written."""
    if not len(own.owner):
        return no_texts(0)
    values = own.values()
    for kind, change in ((DATE, _dates), (BOOLEAN, _truths)):
        chosen = own.kind == kind
        if chosen.any():
            changed = change(values.filter(booleans(chosen)), meaning)
            values = pc.replace_with_mask(values, booleans(chosen), changed)
    return values


def _dates(written: pa.Array, meaning: Meaning) -> pa.Array:
    times = meaning.clock.read(written)
    lost = times.unread | times.outside
    if lost.any():
        meaning.report.count(
            "{n} attributes of kind date cannot be read as one; they were kept as written.", int(lost.sum())
        )
    good = pc.and_(booleans(~lost), times.values.is_valid())
    return pc.if_else(good, rfc3339(times.values), written)


def _truths(written: pa.Array, meaning: Meaning) -> pa.Array:
    lower = pc.utf8_lower(pc.utf8_trim_whitespace(written))
    true, false = pc.is_in(lower, value_set=_TRUE), pc.is_in(lower, value_set=_FALSE)
    odd = ~(flags(true) | flags(false))
    if odd.any():
        meaning.report.count(
            "{n} attributes of kind boolean are neither true nor false; they were kept as written.", int(odd.sum())
        )
    return pc.if_else(true, text("true"), pc.if_else(false, text("false"), written))
