"""Tells beats as rows of `product_events`: what the views would derive from their spans, for the time before
telemetry begins.

The rules are those of store/schema/051_derived.sql; a test compares the two where both exist.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exos.demo.calendar import Flags, Ints
from exos.demo.columns import Maps, span_ids, trace_ids
from exos.demo.screens import beats as kinds
from exos.demo.screens.addresses import addresses
from exos.demo.screens.apps import App, Element, browsers
from exos.demo.screens.beats import Beats, Piece, error_types
from exos.demo.screens.span_maps import signal_said
from exos.demo.screens.spans import ROOT, start_of
from exos.demo.screens.visitors import networks, places
from exos.demo.telemetry import SOURCE
from exos.store.tables import PRODUCT_EVENTS

_KINDS = {
    kinds.LOAD: ("page", "page_view"),
    kinds.ROUTE: ("page", "route_change"),
    kinds.CLICK: ("interaction", "click"),
    kinds.CHANGE: ("interaction", "change"),
    kinds.SUBMIT: ("interaction", "submit"),
    kinds.ACTION: ("action", ""),
    kinds.FRUSTRATION: ("frustration", ""),
    kinds.ERROR: ("error", "error"),
    kinds.VITAL: ("vital", ""),
    kinds.LONG_TASK: ("long_task", "long_task"),
}


def told(beats: Beats) -> Ints:
    """Where the beats are that make product events."""
    return np.flatnonzero(np.isin(beats.kind, list(_KINDS)))


def events(piece: Piece, which: Ints) -> pa.RecordBatch:
    """The rows of some beats."""
    beats, sessions = piece.beats.take(which), piece.sessions
    session, element = beats.session, np.maximum(beats.element, 0)
    said = session_columns(piece)
    url = addresses(piece, beats.page, beats.tail)
    named = beats.time >= sessions.known_from[session]
    user = _where(named, sessions.user.take(pa.array(session)))
    landing = _where(beats.kind == kinds.LOAD, piece.referrers.take(pa.array(session)))
    elements = sessions.app.elements
    signal, interacts = beats.kind == kinds.FRUSTRATION, np.isin(beats.kind, (kinds.CLICK, kinds.CHANGE, kinds.SUBMIT))
    nothing = pa.repeat("", len(beats))
    columns = {
        "time": pa.array(start_of(beats) // 1000).cast(pa.timestamp("us", tz="UTC")),
        "event": _names(piece, beats),
        "kind": pa.array([_KINDS[kind][0] if kind in _KINDS else "" for kind in range(13)]).take(pa.array(beats.kind)),
        "visitor_id": sessions.visitor.take(pa.array(session)),
        "user_id": user,
        "page": pa.array(_paths(sessions.app)).take(pa.array(beats.page)),
        "url": url,
        "referrer": pc.replace_substring_regex(landing, r"^https?://([^/]*)/.*$", r"\1"),
        "element": _element(elements, beats, interacts, signal),
        "text": _text(piece, beats, signal, element),
        "value": _value(beats),
        **{name: _parameter(url, name) for name in ("utm_source", "utm_medium", "utm_campaign")},
        "process": nothing,
        "case_id": nothing,
        "trace_id": trace_ids(beats.key),
        "span_id": span_ids(beats.key, ROOT),
        "source": pa.repeat(SOURCE, len(beats)),
        "properties": _properties(piece, beats, pc.not_equal(user, "").to_numpy(zero_copy_only=False)),
        **{name: column.take(pa.array(session)) for name, column in said.items()},
    }
    return pa.record_batch([columns[name] for name in PRODUCT_EVENTS.names], schema=PRODUCT_EVENTS)


def session_columns(piece: Piece) -> dict[str, pa.Array]:
    """What sessions say of every event in them, as columns of `product_events`: one value per session."""
    sessions = piece.sessions
    known, near, where = browsers(), networks(), places().columns
    agents = {"browser": 1, "browser_version": 2, "os": 3, "device": 5}
    rows = len(sessions)
    return {
        "session_id": sessions.ids,
        "service": pa.repeat(sessions.app.name, rows),
        "country": pa.repeat("US", rows),
        "region": pa.array(where["geo.region.name"]).take(pa.array(sessions.place)),
        "city": pa.array(where["geo.locality.name"]).take(pa.array(sessions.place)),
        "network": pa.array(near.classes).take(pa.array(sessions.network)),
        "release": sessions.version,
        **{name: pa.array(known.column(field)).take(pa.array(sessions.browser)) for name, field in agents.items()},
    }


def _names(piece: Piece, beats: Beats) -> pa.Array:
    fixed = [_KINDS[kind][1] if kind in _KINDS else "" for kind in range(13)]
    pool = [*fixed, *piece.words, *kinds.SIGNALS, *kinds.VITALS]
    first = {
        kinds.ACTION: 13,
        kinds.FRUSTRATION: 13 + len(piece.words),
        kinds.VITAL: 13 + len(piece.words) + len(kinds.SIGNALS),
    }
    index = beats.kind.copy()
    for kind, place in first.items():
        index = np.where(beats.kind == kind, place + beats.what, index)
    return pa.array(pool).take(pa.array(index))


def _element(elements: tuple[Element, ...], beats: Beats, interacts: Flags, signal: Flags) -> pa.Array:
    pool = ["", "#form", *(each.selector for each in elements)]
    index = np.where(interacts | signal, 2 + beats.element, 0)
    return pa.array(pool).take(pa.array(np.where(beats.kind == kinds.SUBMIT, 1, index)))


def _text(piece: Piece, beats: Beats, signal: Flags, element: Ints) -> pa.Array:
    elements = piece.sessions.app.elements
    captions = [each.caption for each in elements]
    pool = ["", *(each.text for each in elements), *piece.messages, *captions]
    failed = beats.kind == kinds.ERROR
    index = np.where(signal, 1 + element, np.where(failed, 1 + len(elements) + beats.what, 0))
    named = np.isin(beats.kind, (kinds.CLICK, kinds.CHANGE))
    index = np.where(named, 1 + len(elements) + len(piece.messages) + element, index)
    return pa.array(pool).take(pa.array(index))


def _value(beats: Beats) -> pa.Array:
    lasting = beats.kind == kinds.LOAD
    value = np.where(lasting, np.maximum((beats.latency * 1e6).astype(np.int64), 100_000) / 1e6, beats.value)
    there = lasting | np.isin(beats.kind, (kinds.VITAL, kinds.LONG_TASK))
    return pa.array(value, mask=~there)


def _properties(piece: Piece, beats: Beats, named: Flags) -> pa.MapArray:
    """What the spans say that no column does."""
    maps, app = Maps(len(beats)), piece.sessions.app
    known = np.flatnonzero(named)
    maps.put("userName", known, piece.sessions.name, beats.session[known])
    come = (beats.kind == kinds.LOAD) & pc.not_equal(piece.referrers, "").to_numpy(zero_copy_only=False)[beats.session]
    maps.put("document.referrer", np.flatnonzero(come), piece.referrers, beats.session[come])
    tags = pa.array(["FORM", *(each.tag for each in app.elements)])
    rows = np.flatnonzero(np.isin(beats.kind, (kinds.CLICK, kinds.CHANGE, kinds.SUBMIT)))
    index = np.where(beats.kind[rows] == kinds.SUBMIT, 0, 1 + beats.element[rows])
    maps.put("target_element", rows, tags, index)
    rows = np.flatnonzero(beats.kind == kinds.ROUTE)
    maps.put("prev.href", rows, addresses(piece, beats.from_page[rows], beats.from_tail[rows]))
    rows = np.flatnonzero(beats.kind == kinds.ACTION)
    maps.put("page", rows, pa.array(list(app.pages)), beats.page[rows])
    rows = np.flatnonzero(beats.kind == kinds.FRUSTRATION)
    for name, values in signal_said(piece, beats.take(rows)).items():
        maps.put(name, rows, values)
    rows = np.flatnonzero(beats.kind == kinds.VITAL)
    maps.put("webvitals.navigation_type", rows, "navigate")
    rows = np.flatnonzero(beats.kind == kinds.ERROR)
    types = error_types(piece.messages)
    maps.put("error.object", rows, pa.array(types), beats.what[rows])
    names = pa.array(["console.error" if kind == "Error" else "onerror" for kind in types])
    maps.put("error.source", rows, names, beats.what[rows])
    return maps.build()


def _paths(app: App) -> list[str]:
    paths = [path.partition("?")[0].partition("{")[0] for path in app.pages.values()]
    return [path.rstrip("/") or "/" for path in paths]


def _parameter(url: pa.Array, name: str) -> pa.Array:
    distinct = pc.dictionary_encode(url)
    values = pc.replace_substring_regex(distinct.dictionary, f"^.*[?&]{name}=([^&]*).*$", r"=\1")
    found = pc.if_else(pc.starts_with(values, "="), pc.utf8_slice_codeunits(values, 1), "")
    found = pc.replace_substring(found, "+", " ")
    return found.take(distinct.indices)


def _where(there: Flags, values: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(there), values, "")
