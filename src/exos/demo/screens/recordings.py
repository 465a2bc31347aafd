"""Tells the beats of recorded sessions as recordings: what a recorder would have seen of them. Batches of
`hyperdx_sessions`.

The pages are those of `pages.py`; times and elements are those of the spans, because both come from the same beats.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exos.demo.calendar import Ints
from exos.demo.columns import Maps, draw, filled, join, moments, repeated
from exos.demo.screens import beats as kinds
from exos.demo.screens import rrweb
from exos.demo.screens.addresses import addresses
from exos.demo.screens.beats import Beats, Piece
from exos.demo.screens.layout import VIEWPORTS, centres
from exos.demo.screens.notices import notices
from exos.demo.screens.pages import Frame, frame
from exos.demo.telemetry import RECORDINGS

CHUNK_BYTES = 950 * 1024
"""The recorder sends an event that is longer in pieces."""
Events = tuple[Ints, Ints, pa.Array]
"""Session, milliseconds, JSON."""
_TYPED = ((1_300, 4), (650, 9), (0, 14))
"""Milliseconds before a change, and how much has been typed by then."""
_LOOKED = ((0.45, 180), (0.95, 90))
"""Parts of the time from the last thing done until leaving, and where the eyes are then: pixels to the side, or down."""
SCOPE = ("rum.rr-web", "4.0.0")


def recording(piece: Piece) -> pa.RecordBatch | None:
    """The rows of the recorded sessions of a piece, session by session in the order of time; None when there are
    none.
    """
    return _Recorder(piece).batch()


class _Recorder:
    """What is recorded of one piece."""

    def __init__(self, piece: Piece) -> None:
        self._piece = piece
        self._frame: Frame = frame(piece.sessions.app.name)
        beats = piece.beats
        self._beats: Beats = beats.take(np.flatnonzero(piece.sessions.recorded[beats.session]))
        self._mobile = piece.sessions.mobile[self._beats.session]
        self._node, self._x, self._y, self._scroll = self._places()
        self._pages = list(piece.sessions.app.pages)
        self._since = self._shown()

    def batch(self) -> pa.RecordBatch | None:
        """The rows; None when nothing was recorded."""
        if not len(self._beats):
            return None
        parts = [part for part in self._events() if len(part[0])]
        session = np.concatenate([part[0] for part in parts])
        at = np.concatenate([part[1] for part in parts])
        order = np.lexsort((at, session))
        session, at = session[order], at[order]
        event, chunk, total, body = _chunks(pa.concat_arrays([part[2] for part in parts]).take(pa.array(order)))
        number = event - np.searchsorted(session, session)[event] + 1
        session, at = session[event], at[event]
        sessions, rows = self._piece.sessions, len(session)
        maps, everywhere = Maps(rows), slice(None)
        counters = {"offset": np.arange(rows) - np.searchsorted(session, session) + 1, "event": number}
        for name, count in {**counters, "chunk": chunk, "total-chunks": total}.items():
            maps.put(f"rr-web.{name}", everywhere, pa.array(count).cast(pa.string()))
        columns = {
            "Timestamp": moments(at * 1_000_000),
            "ServiceName": pa.repeat(sessions.app.name, rows),
            "Body": body,
            "ResourceAttributes": sessions.resource.take(pa.array(session)),
            "ScopeName": pa.repeat(SCOPE[0], rows),
            "ScopeVersion": pa.repeat(SCOPE[1], rows),
            "LogAttributes": maps.build(),
        }
        return pa.record_batch([columns[name] for name in RECORDINGS.names], schema=RECORDINGS)

    def _events(self) -> Iterator[Events]:
        yield from self._loads()
        yield from self._routes()
        yield from self._clicks()
        yield from self._changes()
        yield from self._searching()
        yield from self._looking_on()
        yield from notices(self._piece, self._beats, self._frame)

    def _shown(self) -> Ints:
        """When the page that a beat happens on was there to be recorded, in milliseconds."""
        beats = self._beats
        opens = (beats.kind == kinds.LOAD) | (beats.kind == kinds.ROUTE)
        ready = beats.time + np.where(beats.kind == kinds.LOAD, beats.latency.astype(np.int64) + 45, 8)
        return ready[np.maximum.accumulate(np.where(opens, np.arange(len(beats)), 0))]

    def _before(self, which: Ints, early: int) -> Ints:
        """So many milliseconds before beats, yet not before their page was there."""
        return np.minimum(np.maximum(self._beats.time[which] - early, self._since[which]), self._beats.time[which])

    def _of(self, kind: int) -> Ints:
        return np.flatnonzero(self._beats.kind == kind)

    def _places(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Of every beat: the node of its element, where on the screen that is, and how far the page is scrolled for
        it.
        """
        app = self._piece.sessions.app
        pages = list(app.pages)
        numbers = np.array([self._frame.number(pages[each.page], each.name) for each in app.elements])
        x, y = centres(app.name)
        element, small = np.maximum(self._beats.element, 0), self._mobile.astype(np.int64)
        height = np.array([size[1] for size in VIEWPORTS.values()])[small]
        scroll = np.maximum(y[small, element] - (height * 0.75).astype(np.int64), 0)
        there = self._beats.element >= 0
        shift = (draw(self._beats.key, 401) * 11).astype(np.int64) - 5
        return (
            np.where(there, numbers[element], 9),
            np.where(there, x[small, element] + shift, 700),
            np.where(there, y[small, element] - scroll + shift // 2, 300),
            np.where(there, scroll, 0),
        )

    def _loads(self) -> Iterator[Events]:
        """What the recorder writes when it starts: where it is, and the whole page."""
        which = self._of(kinds.LOAD)
        beats = self._beats.take(which)
        at = beats.time + beats.latency.astype(np.int64)
        small = self._mobile[which].astype(np.int64)
        sizes = np.array(list(VIEWPORTS.values()))[small]
        first = self._first_context(beats.session)
        page = join(*self._page_text(beats.page, first, beats.session))
        yield beats.session, at, rrweb.started(at)
        yield beats.session, at + 14, rrweb.loaded(at + 14)
        href = addresses(self._piece, beats.page, beats.tail)
        yield beats.session, at + 16, rrweb.meta(at + 16, href, sizes[:, 0], sizes[:, 1])
        yield beats.session, at + 40, rrweb.snapshot(at + 40, filled(self._frame.snapshot, view=page))

    def _routes(self) -> Iterator[Events]:
        """Another page: the view that was there goes, another one comes."""
        which = self._of(kinds.ROUTE)
        beats = self._beats.take(which)
        roots = np.array([self._frame.views[name].root for name in self._pages])
        main = str(self._frame.main)
        context = np.where(
            beats.context >= 0, beats.context, np.minimum(beats.from_tail, max(len(self._piece.cases) - 1, 0))
        )
        view = join(*self._page_text(beats.page, context, beats.session, added=True))
        at = beats.time + 3
        yield beats.session, at, rrweb.mutated(at, removes=rrweb.removed(main, roots[beats.from_page]), adds=view)
        small = np.flatnonzero(self._mobile[which])
        yield beats.session[small], at[small] + 4, rrweb.scrolled(at[small] + 4, np.zeros(len(small), np.int64))

    def _first_context(self, session: Ints) -> Ints:
        """The first case of each session."""
        first = np.full(len(self._piece.sessions), np.iinfo(np.int64).max)
        working = self._beats.context >= 0
        np.minimum.at(first, self._beats.session[working], self._beats.context[working])
        return np.where(first[session] < np.iinfo(np.int64).max, first[session], 0)

    def _page_text(self, page: Ints, context: Ints, session: Ints, *, added: bool = False) -> list[pa.Array]:
        """The JSON of the pages' views, whole or as they are added, in columns to be joined: one per page, empty for
        other pages.
        """
        columns = []
        for number, name in enumerate(self._pages):
            which = np.flatnonzero(page == number)
            if len(which):
                view = self._frame.views[name]
                text = filled(view.adds if added else view.node, **self._said(context[which], session[which]))
                place = np.zeros(len(page), np.int64)
                place[which] = np.arange(1, len(which) + 1)
                columns.append(pa.concat_arrays([pa.array([""]), text]).take(pa.array(place)))
        return columns

    def _said(self, context: Ints, session: Ints) -> dict[str, pa.Array]:
        """What a view says of the case at hand and of those that come next."""
        piece, last = self._piece, len(self._piece.cases) - 1
        said = {"person": piece.sessions.name.take(pa.array(session))}
        if last < 0:
            return said
        texts = {"case": piece.cases, "process": piece.processes, "activity": piece.activities}
        for name, values in texts.items():
            said[name] = values.take(pa.array(context))
            said |= {f"{name}{row}": values.take(pa.array((context + row) % (last + 1))) for row in range(6)}
        return said

    def _clicks(self) -> Iterator[Events]:
        which = self._of(kinds.CLICK)
        yield from self._approach(which, 90)
        _, node, x, y, session = self._at(which)
        small = self._mobile[which]
        for kind, early, mask in (
            (rrweb.MOUSE_DOWN, 80, ~small), (rrweb.MOUSE_UP, 2, ~small),
            (rrweb.TOUCH_START, 90, small), (rrweb.TOUCH_END, 4, small),
            (rrweb.CLICKED, 0, np.ones(len(which), np.bool_)),
        ):  # fmt: skip
            here = np.flatnonzero(mask)
            when = self._before(which[here], early)
            yield session[here], when, rrweb.interaction(when, kind, node[here], x[here], y[here])

    def _changes(self) -> Iterator[Events]:
        """Typing: a field gets the focus, and its text grows behind the mask. Boxes are ticked."""
        which = self._of(kinds.CHANGE)
        elements = self._piece.sessions.app.elements
        box = np.array([each.name.startswith(("check-", "terms")) for each in elements])[self._beats.element[which]]
        list_ = np.array([each.tag == "SELECT" for each in elements])[self._beats.element[which]]
        boxes, texts = which[box], which[~box & ~list_]
        at, node, _, _, session = self._at(boxes)
        yield session, at, rrweb.ticked(at, node)
        yield from self._approach(which[~box], 1_900)
        _, node, x, y, session = self._at(which[~box])
        when = self._before(which[~box], 1_800)
        yield session, when, rrweb.interaction(when, rrweb.FOCUS, node, x, y)
        _, node, _, _, session = self._at(texts)
        for before, length in _TYPED:
            more = length + (draw(self._beats.key[texts], 402) * 8).astype(np.int64) * (length > 9)
            text = pa.array(["*" * count for count in range(32)]).take(pa.array(more))
            when = self._before(texts, before)
            yield session, when, rrweb.typed(when, node, text)

    def _approach(self, which: Ints, early: int) -> Iterator[Events]:
        """The cursor goes from where it was to the element; on a phone the page is scrolled to it."""
        _, node, x, y, session = self._at(which)
        start = np.concatenate([[True], session[1:] != session[:-1]]) if len(which) else np.zeros(0, np.bool_)
        before = (np.where(start, 720, np.roll(x, 1)), np.where(start, 420, np.roll(y, 1)))
        bend = (draw(self._beats.key[which], 403) * 90).astype(np.int64) - 45
        way = rrweb.path(before, (x, y), bend)
        desk = np.flatnonzero(~self._mobile[which] & ((way[0][:, 0] != x) | (way[1][:, 0] != y)))
        when = self._before(which[desk], early)
        yield session[desk], when, rrweb.moved(when, (way[0][desk], way[1][desk]), node[desk])
        scrolled = np.flatnonzero(self._mobile[which])
        when = self._before(which[scrolled], early + 500)
        yield session[scrolled], when, rrweb.scrolled(when, self._scroll[which[scrolled]])

    def _searching(self) -> Iterator[Events]:
        """A cursor that goes to and fro."""
        which = self._of(kinds.FRUSTRATION)
        which = which[(self._beats.what[which] == kinds.THRASH) & ~self._mobile[which]]
        at, node, x, y, session = self._at(which)
        swing = np.where(np.arange(24) % 2 == 0, 1, -1) * np.linspace(60, 260, 24)
        path = (
            np.maximum(x[:, None] + swing.astype(np.int64), 0),
            np.maximum(y[:, None] + (swing * 0.3).astype(np.int64), 0),
        )
        yield session, at, rrweb.moved(at, path, node)

    def _looking_on(self) -> Iterator[Events]:
        """Until they leave, people look at the page: the cursor wanders, on a phone the page is scrolled."""
        which = self._of(kinds.HIDDEN)
        at, node, x, y, session = self._at(which)
        acts = np.isin(self._beats.kind, (kinds.LOAD, kinds.ROUTE, kinds.CLICK, kinds.CHANGE, kinds.SUBMIT))
        last = np.maximum.accumulate(np.where(acts, np.arange(len(acts)), 0))[which]
        since = np.maximum(self._since[which], self._beats.time[last]) + 200
        small = self._mobile[which]
        for share, further in _LOOKED:
            when = since + (share * np.maximum(at - since, 0)).astype(np.int64)
            bend = (draw(self._beats.key[which], 404, further) * 120).astype(np.int64) - 60
            way = rrweb.path((x, y), (x + further, y + further // 2), bend)
            yield (
                session[~small],
                when[~small],
                rrweb.moved(when[~small], (way[0][~small], way[1][~small]), node[~small]),
            )
            yield session[small], when[small], rrweb.scrolled(when[small], np.full(int(small.sum()), further))

    def _at(self, which: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        return self._beats.time[which], self._node[which], self._x[which], self._y[which], self._beats.session[which]


def _chunks(bodies: pa.Array) -> tuple[Ints, Ints, Ints, pa.Array]:
    """Cut what is too long: of every piece its event, its number from 1, how many pieces there are, and its text."""
    size = pc.binary_length(bodies).to_numpy()
    total = np.maximum(-(-size // CHUNK_BYTES), 1).astype(np.int64)
    event, place = repeated(total)
    long = np.flatnonzero(total > 1)
    if not len(long):
        return event, place + 1, total, bodies
    pieces = [
        text[start : start + CHUNK_BYTES].decode(errors="replace")
        for text in (bodies[int(row)].as_py().encode() for row in long)
        for start in range(0, len(text), CHUNK_BYTES)
    ]
    index = event.copy()
    index[total[event] > 1] = len(bodies) + np.arange(len(pieces))
    return event, place + 1, total[event], pa.concat_arrays([bodies, pa.array(pieces)]).take(pa.array(index))
