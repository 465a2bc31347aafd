"""What pages show in answer to clicks: notes, documents in a list, another tab. What shows nothing is a dead click."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from exos.demo.calendar import Flags, Ints
from exos.demo.columns import draw, filled, join
from exos.demo.screens import beats as kinds
from exos.demo.screens import rrweb
from exos.demo.screens.apps import App
from exos.demo.screens.beats import Beats, Piece
from exos.demo.screens.pages import Frame
from exos.demo.screens.scans import scan

_NOTES: Mapping[str, str] = {
    "save": "Draft saved.",
    "attach": "Document attached.",
    "request-search": "Search requested. The vendor usually answers within a day.",
    "calculate": "Your price: $ 1,240, all included.",
    "track": "Up to date. Nothing has changed since this morning.",
    "answer": "Four to six working days, depending on the county.",
    "contact-next": "Checking …",
    "property-next": "Checking …",
    "place-order": "Placing your order …",
    "sign-in": "Sending your code …",
}
_FAILED = "Vendor gateway timeout (504). Try again.", "Something went wrong. Please try again."
_NOTE_NODES, _DOCUMENT_NODES = 100_000, 200_000
"""Numbers of the nodes that are added while a session lasts, counted up with its beats."""
_DOCUMENT = (
    ("⟨list⟩", '{"type":2,"tagName":"p","attributes":{},"childNodes":[],"id":⟨a⟩}'),
    ("⟨a⟩", '{"type":3,"textContent":"Scan ⟨n⟩.pdf","id":⟨b⟩}'),
    ("⟨a⟩", '{"type":2,"tagName":"span","attributes":{},"childNodes":[],"id":⟨c⟩}'),
    ("⟨c⟩", '{"type":3,"textContent":"just now","id":⟨d⟩}'),
)
"""One more document in the list, as a mutation adds it: parent and node."""


_PICTURE = (
    '{"parentId":⟨list⟩,"nextId":null,"node":{"type":2,"tagName":"img","attributes":'
    '{"alt":"Scan","style":"display:block;width:240px;margin:10px auto;border:1px solid #e3e8f0","src":"⟨scan⟩"},'
    '"childNodes":[],"id":⟨id⟩}}'
)
_SHOWN = 0.06
"""Share of the attached documents of which the page shows the scan."""


def notices(piece: Piece, beats: Beats, frame: Frame) -> Iterator[tuple[Ints, Ints, pa.Array]]:
    """Session, milliseconds and JSON of the changes that beats make on their pages."""
    app = piece.sessions.app
    yield from _notes(piece, beats, frame, app)
    clicked = beats.kind == kinds.CLICK
    if "attach" in (element.name for element in app.elements):
        yield from _documents(beats, frame, clicked & (beats.element == app.element("attach")) & (beats.status == 201))
        yield from _tabs(beats, frame, app, clicked)


def _notes(piece: Piece, beats: Beats, frame: Frame, app: App) -> Iterator[tuple[Ints, Ints, pa.Array]]:
    """A note takes the place of the one before it, as long as the page stays."""
    named = np.array([element.name in _NOTES for element in app.elements])
    answered = (
        (beats.kind == kinds.CLICK) & (beats.status > 0) & (beats.status < 400) & named[np.maximum(beats.element, 0)]
    )
    silent = np.array(["TypeError" in text or "ResizeObserver" in text for text in piece.messages])
    wrong = beats.kind == kinds.ERROR
    failed = wrong & ~silent[np.where(wrong, beats.what, 0)]
    which = np.flatnonzero(answered | failed)
    pages = list(app.pages)
    there = np.array([frame.views[name].numbers.get("notice", 0) for name in pages])
    which = which[there[beats.page[which]] > 0]
    at = beats.time[which] + beats.latency[which].astype(np.int64) + 12
    order = np.lexsort((at, beats.session[which]))
    which, at = which[order], at[order]
    session, place = beats.session[which], there[beats.page[which]]
    view = np.cumsum((beats.kind == kinds.ROUTE) | (beats.kind == kinds.LOAD))[which]
    bad = failed[which]
    number = _NOTE_NODES + np.arange(len(which))
    follows = np.concatenate([[False], (session[1:] == session[:-1]) & (view[1:] == view[:-1])]) if len(which) else bad
    before = _where(follows, rrweb.removed(place, number - 1))
    texts = pa.array([*(_NOTES.get(element.name, "") for element in app.elements), *_FAILED])
    index = np.where(bad, len(app.elements) + (0 if "attach" in _names(app) else 1), beats.element[which])
    node = filled('{"type":3,"textContent":"⟨text⟩","id":⟨id⟩}', text=texts.take(pa.array(index)), id=number)
    tone = pa.array(["", "bad"]).take(pa.array(bad.astype(np.int64)))
    attributes = filled('{"id":⟨id⟩,"attributes":{"class":"⟨tone⟩"}}', id=place, tone=tone)
    # The page has been left where the answer comes with another page.
    stays = _stays(beats, at, view)
    events = rrweb.mutated(at, attributes=attributes, removes=before, adds=rrweb.added(place, node))
    yield session[stays], at[stays], events.take(pa.array(stays))


def _stays(beats: Beats, at: Ints, view: Ints) -> Ints:
    """Which changes come while their page is still there."""
    changes = np.flatnonzero((beats.kind == kinds.ROUTE) | (beats.kind == kinds.LOAD))
    ends = np.append(beats.time[changes][1:], np.iinfo(np.int64).max)
    other = np.append(beats.session[changes][1:] != beats.session[changes][:-1], True)
    ends[other] = np.iinfo(np.int64).max
    return np.flatnonzero(at < ends[view - 1])


def _documents(beats: Beats, frame: Frame, attached: Flags) -> Iterator[tuple[Ints, Ints, pa.Array]]:
    which = np.flatnonzero(attached)
    at = beats.time[which] + beats.latency[which].astype(np.int64) + 20
    view = np.cumsum((beats.kind == kinds.ROUTE) | (beats.kind == kinds.LOAD))[which]
    which, at = which[stays := _stays(beats, at, view)], at[stays]
    first = _DOCUMENT_NODES + 4 * np.arange(len(which))
    text = ",".join(f'{{"parentId":{parent},"nextId":null,"node":{node}}}' for parent, node in _DOCUMENT)
    place = np.full(len(which), frame.number("order", "documents"))
    nodes = filled(text, list=place, n=which % 90 + 10, a=first, b=first + 1, c=first + 2, d=first + 3)
    yield beats.session[which], at, rrweb.mutated(at, adds=nodes)
    # Few scans are shown at once: a picture makes an event of a megabyte.
    shown = np.flatnonzero(draw(beats.key[which], 404) < _SHOWN)
    picture = filled(_PICTURE, list=place[shown], id=first[shown] + 1_000_000, scan=scan())
    later = at[shown] + 240
    yield beats.session[which[shown]], later, rrweb.mutated(later, adds=picture)


def _tabs(beats: Beats, frame: Frame, app: App, clicked: Flags) -> Iterator[tuple[Ints, Ints, pa.Array]]:
    names = ("tab-documents", "tab-history")
    for name, other in (names, names[::-1]):
        which = np.flatnonzero(clicked & (beats.element == app.element(name)))
        at = beats.time[which] + 16
        chosen, left = (str(frame.number("order", each)) for each in (name, other))
        change = join(
            '{"id":',
            chosen,
            ',"attributes":{"class":"on"}},{"id":',
            left,
            ',"attributes":{"class":""}}',
            pa.repeat("", len(which)),
        )
        yield beats.session[which], at, rrweb.mutated(at, attributes=change)


def _names(app: App) -> list[str]:
    return [element.name for element in app.elements]


def _where(there: Flags, values: pa.Array) -> pa.Array:
    return pa.concat_arrays([pa.array([""]), values]).take(pa.array(np.where(there, np.arange(len(there)) + 1, 0)))
