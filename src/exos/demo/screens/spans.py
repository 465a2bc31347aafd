"""Tells beats as the spans that the browser's SDK and the services behind it write: batches of `otel_traces`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from exos.demo.calendar import Ints
from exos.demo.columns import Maps, mix, moments, span_ids, trace_ids
from exos.demo.screens import beats as kinds
from exos.demo.screens.apps import Hop
from exos.demo.screens.backends import place_of, resources, scope_of
from exos.demo.screens.beats import Beats, Piece
from exos.demo.screens.span_maps import describe
from exos.demo.telemetry import TRACES

MILLION = 1_000_000
ROOT, CHAIN, HTTP, HOPS = 0, 1, 4, 8
"""Slots of a beat's spans: the first, those chained to a click, the request, and what is behind the request."""
_TIMING = (
    ("fetchStart", 0.0), ("domainLookupStart", 0.02), ("domainLookupEnd", 0.02), ("connectStart", 0.02), ("connectEnd", 0.02),
    ("requestStart", 0.04), ("responseStart", 0.9), ("responseEnd", 0.99),
)  # fmt: skip
_LOADING = (
    ("fetchStart", 0.0), ("domInteractive", 0.55), ("domContentLoadedEventStart", 0.6), ("domContentLoadedEventEnd", 0.62),
    ("domComplete", 0.96), ("loadEventStart", 0.97), ("loadEventEnd", 0.99),
)  # fmt: skip
SCOPES = {
    "document-load": ("@opentelemetry/instrumentation-document-load", "0.63.0"),
    "interaction": ("@opentelemetry/instrumentation-user-interaction", "0.62.0"),
    "fetch": ("@opentelemetry/instrumentation-fetch", "0.219.0"),
    "route": ("route", "1"),
    "custom-action": ("custom-action", ""),
    "errors": ("errors", "1"),
    "webvitals": ("webvitals", ""),
    "longtask": ("browser-longtask", "0.20.0"),
    "visibility": ("page-visibility", "0.20.0"),
    "recorder": ("rum.rr-web", "4.0.0"),
}
"""Names and versions of the SDK's instrumentations, as version 0.26 of the browser's SDK sends them."""


@dataclass(frozen=True, slots=True)
class Group:
    """Spans of one kind: one for each of some beats. start and duration in nanoseconds; parent: slot of the parent,
    -1 for none.
    """

    role: str
    beat: Ints
    slot: int
    parent: int
    name: str | pa.Array
    scope: tuple[str, str]
    start: Ints
    duration: Ints
    kind: str = "Internal"
    failed: Ints | None = None
    hop: Hop | None = None
    detail: str = ""
    events: tuple[tuple[str, float], ...] = ()

    def __len__(self) -> int:
        return len(self.beat)


@dataclass(slots=True)
class Spans:
    """The spans of a piece: groups of them, and the addresses of their beats."""

    piece: Piece
    groups: list[Group] = field(default_factory=list)

    def batch(self) -> pa.RecordBatch:
        """The rows."""
        groups, piece = self.groups, self.piece
        sizes = [len(group) for group in groups]
        beat = np.concatenate([group.beat for group in groups])
        slot = np.repeat([group.slot for group in groups], sizes)
        parent = np.repeat([group.parent for group in groups], sizes)
        key = piece.beats.key[beat]
        maps, resource = Maps(len(beat)), np.concatenate([self._resource(group) for group in groups])
        describe(maps, piece, groups)
        failed = np.concatenate(
            [group.failed if group.failed is not None else np.zeros(len(group), np.int64) for group in groups]
        )
        start = np.concatenate([group.start for group in groups])
        duration = np.concatenate([group.duration for group in groups])
        columns = {
            "Timestamp": moments(start),
            "TraceId": trace_ids(key),
            "SpanId": span_ids(key, slot),
            "ParentSpanId": _or_nothing(span_ids(key, parent), parent >= 0),
            "SpanName": pa.concat_arrays([_names(group) for group in groups]),
            "SpanKind": _spread([group.kind for group in groups], sizes),
            "ServiceName": _spread([group.hop.service if group.hop else piece.sessions.app.name for group in groups], sizes),
            "ResourceAttributes": pa.concat_arrays([piece.sessions.resource, resources()]).take(pa.array(resource)),
            "ScopeName": _spread([group.scope[0] for group in groups], sizes),
            "ScopeVersion": _spread([group.scope[1] for group in groups], sizes),
            "SpanAttributes": maps.build(),
            "Duration": pa.array(duration.astype(np.uint64)),
            "StatusCode": pa.array(["Unset", "Error"]).take(pa.array(failed)),
            "StatusMessage": pa.repeat("", len(beat)),
            **_events(groups, start, duration, piece),
        }  # fmt: skip
        return pa.record_batch([columns[name] for name in TRACES.names], schema=TRACES)

    def _resource(self, group: Group) -> Ints:
        """Which resource each span comes from: a session's, or after them an instance of a service."""
        if group.hop is None:
            return self.piece.beats.session[group.beat]
        return len(self.piece.sessions) + place_of(group.hop.service, self.piece.beats.key[group.beat])


def spans(piece: Piece) -> Spans:
    """The spans of all beats of a piece."""
    told = Spans(piece)
    for kind, tell in _TELLERS.items():
        which = np.flatnonzero(piece.beats.kind == kind)
        if len(which):
            told.groups += [group for group in tell(piece, which) if len(group)]
    told.groups += [group for group in _requests(piece) if len(group)]
    return told


def start_of(beats: Beats) -> Ints:
    """Nanoseconds at which beats begin. A browser's clock says microseconds; what is below a millisecond comes from
    the key.
    """
    return beats.time * MILLION + (mix(beats.key, 9) % np.uint64(1000)).astype(np.int64) * 1000


def _start(piece: Piece, which: Ints) -> Ints:
    return start_of(piece.beats.take(which))


def _took(piece: Piece, which: Ints) -> Ints:
    return np.maximum((piece.beats.latency[which] * MILLION).astype(np.int64), 100_000)


def _load(piece: Piece, which: Ints) -> Iterator[Group]:
    start, took = _start(piece, which), _took(piece, which)
    scope = SCOPES["document-load"]
    yield Group("load", which, ROOT, -1, "documentLoad", scope, start, took, events=_LOADING)
    yield Group(
        "document", which, CHAIN, ROOT, "documentFetch", scope, start, (took * 0.3).astype(np.int64), events=_TIMING
    )
    for number, (name, begin, finish) in enumerate((("app.js", 0.32, 0.7), ("app.css", 0.32, 0.5))):
        length = (took * (finish - begin)).astype(np.int64)
        first = start + (took * begin).astype(np.int64)
        yield Group("resource", which, CHAIN + 1 + number, ROOT, "resourceFetch", scope, first, length, detail=name)


def _click(piece: Piece, which: Ints) -> Iterator[Group]:
    start = _start(piece, which)
    listeners = np.array([element.listeners for element in piece.sessions.app.elements])[piece.beats.element[which]]
    for number in range(int(listeners.max())):
        heard = listeners > number
        took = 150_000 + (mix(piece.beats.key[which[heard]], 5, number) % np.uint64(9)).astype(np.int64) * 100_000
        begin = start[heard] + number * 50_000
        scope, parent = SCOPES["interaction"], number - 1
        yield Group("interaction", which[heard], ROOT + number, parent, "click", scope, begin, took, detail="click")


def _interaction(name: str) -> Callable[[Piece, Ints], Iterator[Group]]:
    def tell(piece: Piece, which: Ints) -> Iterator[Group]:
        start, took = _start(piece, which), np.full(len(which), 200_000)
        yield Group("interaction", which, ROOT, -1, name, SCOPES["interaction"], start, took, detail=name)

    return tell


def _moment(role: str, scope: str, name: str) -> Callable[[Piece, Ints], Iterator[Group]]:
    def tell(piece: Piece, which: Ints) -> Iterator[Group]:
        took = (piece.beats.latency[which] * MILLION).astype(np.int64)
        yield Group(role, which, ROOT, -1, name, SCOPES[scope], _start(piece, which), took)

    return tell


def _action(piece: Piece, which: Ints) -> Iterator[Group]:
    signal = piece.beats.kind[which[0]] == kinds.FRUSTRATION
    names = pa.array(kinds.SIGNALS if signal else piece.words).take(pa.array(piece.beats.what[which]))
    role, nothing = "frustration" if signal else "action", np.zeros(len(which), np.int64)
    yield Group(role, which, ROOT, -1, names, SCOPES["custom-action"], _start(piece, which), nothing)


def _error(piece: Piece, which: Ints) -> Iterator[Group]:
    # What has no type was written to the console by the application.
    typed = np.array([kind != "Error" for kind in kinds.error_types(piece.messages)], np.int64)
    names = pa.array(["console.error", "onerror"]).take(pa.array(typed[piece.beats.what[which]]))
    nothing, failed = np.zeros(len(which), np.int64), np.ones(len(which), np.int64)
    events = (("exception", 0.0),)
    start = _start(piece, which)
    yield Group("error", which, ROOT, -1, names, SCOPES["errors"], start, nothing, failed=failed, events=events)


def _requests(piece: Piece) -> Iterator[Group]:
    """Requests, alone or under the click that made them, and what is behind them."""
    told = piece.beats
    for number, endpoint in enumerate(piece.sessions.app.endpoints):
        for kind, parent in ((kinds.REQUEST, -1), (kinds.CLICK, ROOT)):
            which = np.flatnonzero((told.endpoint == number) & (told.kind == kind))
            if not len(which):
                continue
            start, took = _start(piece, which) + 300_000, _took(piece, which)
            name = f"HTTP {endpoint.method}"
            yield Group("request", which, HTTP, parent, name, SCOPES["fetch"], start, took, "Client", events=_TIMING)
            failed = (told.status[which] >= 500).astype(np.int64)
            for place, hop in enumerate(endpoint.behind):
                begin = start + (took * hop.begin).astype(np.int64)
                length = (took * (hop.finish - hop.begin)).astype(np.int64)
                under = HTTP if hop.under < 0 else HOPS + hop.under
                # What fails is the innermost request and all that waits for it.
                guilty = failed if hop.kind == "Server" or hop.name.startswith(("GET", "POST")) else None
                yield Group(
                    "hop", which, HOPS + place, under, hop.name, scope_of(hop), begin, length, hop.kind, guilty, hop
                )


_TELLERS: dict[int, Callable[[Piece, Ints], Iterator[Group]]] = {
    kinds.LOAD: _load,
    kinds.RECORD: _moment("record", "recorder", "record init"),
    kinds.CLICK: _click,
    kinds.CHANGE: _interaction("change"),
    kinds.SUBMIT: _interaction("submit"),
    kinds.ROUTE: _moment("route", "route", "routeChange"),
    kinds.ACTION: _action,
    kinds.FRUSTRATION: _action,
    kinds.ERROR: _error,
    kinds.VITAL: _moment("vital", "webvitals", "webvitals"),
    kinds.LONG_TASK: _moment("longtask", "longtask", "longtask"),
    kinds.HIDDEN: _moment("visibility", "visibility", "visibility"),
}


def _names(group: Group) -> pa.Array:
    return pa.repeat(group.name, len(group)) if isinstance(group.name, str) else group.name


def _spread(values: list[str], sizes: list[int]) -> pa.Array:
    return pa.array(values, pa.string()).take(pa.array(np.repeat(np.arange(len(values)), sizes)))


def _or_nothing(values: pa.Array, there: np.ndarray) -> pa.Array:
    return pa.concat_arrays([pa.array([""]), values]).take(pa.array(np.where(there, np.arange(len(there)) + 1, 0)))


def _events(groups: list[Group], start: Ints, duration: Ints, piece: Piece) -> dict[str, pa.Array]:
    """The events of the spans as three list columns: times, names, attributes."""
    counts = np.repeat([len(group.events) for group in groups], [len(group) for group in groups])
    share = np.concatenate([np.tile([at for _, at in group.events], len(group)) for group in groups])
    names = [event for group in groups for event, _ in group.events]
    known = sorted(set(names)) or [""]
    index = [np.tile([known.index(event) for event, _ in group.events], len(group)) for group in groups]
    offsets = pa.array(np.concatenate([[0], np.cumsum(counts)]).astype(np.int32))
    owner = np.repeat(np.arange(len(counts)), counts)
    attributes = Maps(len(owner))
    errors = [np.flatnonzero(piece.beats.kind == kinds.ERROR)]
    place = np.concatenate([np.full(len(group) * len(group.events), group.role == "error") for group in groups])
    if place.any():
        message = pa.array(piece.messages).take(pa.array(piece.beats.what[errors[0]]))
        attributes.put("exception.message", np.flatnonzero(place), message)
        attributes.put(
            "exception.type",
            np.flatnonzero(place),
            pa.array(kinds.error_types(piece.messages)),
            piece.beats.what[errors[0]],
        )
    at = start[owner] + (duration[owner] * share).astype(np.int64)
    return {
        "Events.Timestamp": pa.ListArray.from_arrays(offsets, moments(at)),
        "Events.Name": pa.ListArray.from_arrays(
            offsets, pa.array(known).take(pa.array(np.concatenate(index).astype(np.int64)))
        ),
        "Events.Attributes": pa.ListArray.from_arrays(offsets, attributes.build()),
    }
