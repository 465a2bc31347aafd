"""Operators at the order desk: what they do on their screens while they do the activities of orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from exos.demo.calendar import DAY, Flags, Floats, Ints
from exos.demo.columns import Words, draw, hex_ids, join, mix, normal, repeated
from exos.demo.orders.simulation import Simulation
from exos.demo.screens import page_speed
from exos.demo.screens.apps import DESK, App, app, browsers
from exos.demo.screens.beats import (
    ACTION,
    CHANGE,
    CLICK,
    DEAD,
    ERROR,
    ERROR_CLICK,
    FRUSTRATION,
    RAGE,
    REQUEST,
    ROUTE,
    SUBMIT,
    THRASH,
    Piece,
    Script,
)  # fmt: skip
from exos.demo.screens.metrics import drifted
from exos.demo.screens.shifts import Activities
from exos.demo.screens.visitors import places, sessions
from exos.demo.truths import planted

ACTIONS = ("note_saved", "order_printed", "shortcut_used")
MESSAGES = (
    "Vendor gateway timeout (504)",
    "TypeError: t.files is undefined",
    "Failed to save draft: version conflict",
    "ResizeObserver loop completed with undelivered notifications.",
)
TIMEOUT, BROKEN, CONFLICT, HARMLESS = range(4)
EDIT_SECONDS = 400
"""Between two inputs, about; nobody at work is idle for a quarter of an hour."""
_RECORDED, _RECORDED_BROKEN = 0.12, 0.6
"""Share of the sessions that the screen is recorded of: usually, and where the planted release breaks something."""
_ADDRESS = "198.51.100.0"
"""Of the company's own network."""
_SITES = {"Charlotte": "Charlotte", "Tampa": "Tampa", "Dallas": "Dallas", "Phoenix": "Phoenix"}
_FIELDS = (
    "field-borrower",
    "field-property",
    "field-vendor",
    "field-reference",
    "field-notes",
    "check-identity",
    "check-documents",
)
_FIELD_SHARES = np.array([0.1, 0.1, 0.16, 0.16, 0.26, 0.11, 0.11])
_TOLD = {"attach": 0.5, "tab-documents": 0.3, "tab-history": 0.15, "save": 0.2}
"""How many times in an activity, on average, that button is clicked."""


@dataclass(frozen=True, slots=True)
class Release:
    """The planted release: from when (seconds), its version and the one before, what it breaks and for whom."""

    moment: int
    version: str
    before: str
    browser: int
    rival: int
    element: int
    moved_share: float


class Desk:
    """The order desk of one world."""

    def __init__(self, simulation: Simulation, seed: int, recorded: Flags) -> None:
        self.app: App = app(DESK)
        self._seed, self._end = seed, simulation.end
        self._drifting = planted("latency-drift")["service"]
        self._lines = pa.array([line.process for line in simulation.lines])
        self._steps = pa.array(simulation.steps.names)
        self._searches = np.isin(simulation.steps.names, ("Title search", "Vendor follow-up"))
        self._number = simulation.roster.number
        self._browser = self._assigned(recorded)
        cities = places().columns["geo.locality.name"]
        site = [cities.index(_SITES[desk.site]) for desk in simulation.desks.known]
        self._place = np.array(site, np.int64)[simulation.roster.desk]
        said = planted("broken-button")
        self.release = Release(
            simulation.end - int(said["starts_days_before_end"]) * DAY,
            said["version"], said["version_before"],
            browsers().find(f"{said['browser']} Windows"), browsers().find(f"{said['rival']} Windows"),
            self.app.element(said["element"]), said["moved_share"],
        )  # fmt: skip
        self._moved = self._movers(recorded)

    def piece(self, done: Activities) -> Piece:
        """All that happens on the screens during these activities, which are whole sessions in order."""
        opens = np.concatenate([[True], done.session[1:] != done.session[:-1]])
        session = np.cumsum(opens) - 1
        first, last = np.flatnonzero(opens), np.append(np.flatnonzero(opens)[1:], len(done)) - 1
        begun, ended = done.start[first] * 1000, done.end[last] * 1000
        who, keys = done.operator[first], done.session[first]
        browser = self._browser_at(who, done.start[first])
        broken = (browser == self.release.browser) & (done.start[first] >= self.release.moment)
        recorded = draw(keys, 26) < np.where(broken, _RECORDED_BROKEN, _RECORDED)
        script = Script()
        page_speed.frame(
            script, keys, begun, ended, self.app.page("queue"), self.app.endpoint("queue"), 1.0, recorded=recorded
        )
        for write in (self._open, self._edit, self._buttons, self._search, self._stumble, self._complete):
            write(script, done, session, browser[session])
        number = self._number[who]
        name = join("Operator ", pa.array([f"{each:03d}" for each in number]))
        version = pa.array([self.release.before, self.release.version]).take(
            pa.array((done.start[first] >= self.release.moment).astype(np.int64))
        )
        visitor = hex_ids(mix(self._seed, 21, number), mix(self._seed, 22, number))
        told = sessions(
            self.app, keys, browser, version, self._place[who], np.zeros(len(keys), np.int64),
            pa.repeat(_ADDRESS, len(keys)), visitor, name, name,
            np.zeros(len(keys), np.int64), recorded,
        )  # fmt: skip
        tails = pa.concat_arrays([pa.array([""]), done.case_id])
        beats = script.beats(keys)
        nowhere = pa.repeat("", len(keys))
        processes, steps = self._lines.take(pa.array(done.line)), self._steps.take(pa.array(done.step))
        return Piece(told, beats, nowhere, tails, processes, done.case_id, steps, ACTIONS, MESSAGES)

    def _assigned(self, recorded: Flags) -> Ints:
        """Everybody's browser: among those who are recorded, the shares are met exactly."""
        order = np.lexsort((draw(self._seed, 23, self._number), ~recorded))
        place = np.empty(len(order))
        place[order] = (np.arange(len(order)) + 0.5) / max(int(recorded.sum()), 1) % 1
        known = browsers()
        # From the rarest on, so that rounding takes from the most common one.
        rare = np.argsort(known.share, kind="stable")
        bounds = np.cumsum(known.share[rare])
        return rare[np.minimum(np.searchsorted(bounds, place, side="right"), len(rare) - 1)]

    def _browser_at(self, who: Ints, moment: Ints) -> Ints:
        """The browser at a moment: with the release, some people are moved from the most common one to the rival."""
        since = moment >= self.release.moment
        return np.where(self._moved[who] & since, self.release.rival, self._browser[who])

    def _movers(self, recorded: Flags) -> Flags:
        """Who is moved: the planted share of those with the most common browser, exactly."""
        common = (self._browser == int(np.argmax(browsers().share))) & recorded
        order = np.lexsort((draw(self._seed, 24, self._number), ~common))
        moved = np.zeros(len(order), np.bool_)
        moved[order[: round(int(common.sum()) * self.release.moved_share)]] = True
        return moved

    def _at(self, name: str) -> int:
        return self.app.element(name)

    def _answer(self, endpoint: str, *parts: Words | Ints | int, at: Ints | None = None) -> Floats:
        """Milliseconds that requests take; `at` (milliseconds) matters where what is behind them gets slower."""
        said = self.app.endpoints[self.app.endpoint(endpoint)]
        slower: Floats | float = 1.0
        if at is not None and any(hop.service == self._drifting for hop in said.behind):
            slower = drifted(self._drifting, at // 1000, self._end)
        return said.ms * np.exp(said.spread * normal(*parts)) * slower

    def _open(self, script: Script, done: Activities, session: Ints, _: Ints) -> None:
        """Open the order from the queue: click, answer, the order's page, its documents."""
        here, context = np.arange(len(done)) + 1, np.arange(len(done))
        queue, order = self.app.page("queue"), self.app.page("order")
        moment, took = done.start * 1000, self._answer("order", done.key, 31)
        script.add(
            CLICK, session, moment, page=queue, element=self._at("open"), tail=here, endpoint=self.app.endpoint("order"),
            status=200, latency=took, context=context,
        )  # fmt: skip
        shown = moment + took.astype(np.int64) + 20
        script.add(ROUTE, session, shown, page=order, tail=here, from_page=queue, from_tail=0, context=context)
        script.add(
            REQUEST, session, shown + 35, page=order, tail=here, endpoint=self.app.endpoint("documents"), status=200,
            latency=self._answer("documents", done.key, 32, at=shown), context=context,
        )  # fmt: skip

    def _spread(self, done: Activities, counts: Ints, salt: int) -> tuple[Ints, Ints, Words]:
        """Moments within activities, spread evenly and shaken: whose they are, milliseconds, a key for each."""
        whose, turn = repeated(counts)
        key = mix(done.key[whose], salt, turn)
        share = (turn + 0.15 + 0.7 * draw(key, 1)) / counts[whose]
        first = np.minimum(6_000, (done.end - done.start)[whose] * 200)
        room = (done.end - done.start)[whose] * 1000 - first - 4_000
        return whose, done.start[whose] * 1000 + first + (share * room).astype(np.int64), key

    def _edit(self, script: Script, done: Activities, session: Ints, _: Ints) -> None:
        """Type into the fields of the order, tick its boxes."""
        counts = np.clip(np.round((done.end - done.start) / EDIT_SECONDS + draw(done.key, 33) - 0.2), 2, 36)
        whose, moment, key = self._spread(done, counts.astype(np.int64), 34)
        chosen = np.searchsorted(np.cumsum(_FIELD_SHARES), draw(key, 2))
        element = np.array([self._at(name) for name in _FIELDS])[np.minimum(chosen, len(_FIELDS) - 1)]
        place: dict[str, Any] = {
            "page": self.app.page("order"),
            "tail": whose + 1,
            "element": element,
            "context": whose,
        }
        script.add(CHANGE, session[whose], moment + 1, **place)
        clicked = np.flatnonzero((chosen >= 5) | (draw(key, 3) < 0.25))
        columns = {name: np.broadcast_to(value, len(whose))[clicked] for name, value in place.items()}
        script.add(CLICK, session[whose][clicked], moment[clicked] - np.where(chosen[clicked] >= 5, 0, 900), **columns)

    def _buttons(self, script: Script, done: Activities, session: Ints, browser: Ints) -> None:
        """Click the buttons of the order's page; one of them the release breaks in one browser."""
        for salt, (name, mean) in enumerate(_TOLD.items(), 40):
            counts = (draw(done.key, salt) < mean).astype(np.int64)
            whose, moment, key = self._spread(done, counts, salt + 10)
            element = self._at(name)
            broken = np.zeros(len(whose), np.bool_)
            if element == self.release.element:
                broken = (browser[whose] == self.release.browser) & (done.start[whose] >= self.release.moment)
                self._break(script, session, whose[broken], moment[broken], key[broken])
            whose, moment, key = whose[~broken], moment[~broken], key[~broken]
            endpoint = name.removeprefix("tab-")
            script.add(
                CLICK, session[whose], moment, page=self.app.page("order"), tail=whose + 1, element=element, context=whose,
                endpoint=self.app.endpoint(endpoint), status=201 if name == "attach" else 200,
                latency=self._answer(endpoint, key, 35, at=moment),
            )  # fmt: skip

    def _break(self, script: Script, session: Ints, whose: Ints, moment: Ints, key: Words) -> None:
        """The broken button: an error, nothing happens, and some people click again and again."""
        page: dict[str, Any] = {"page": self.app.page("order"), "element": self.release.element}
        angry = np.flatnonzero(draw(key, 5) < 0.4)
        clicks = np.ones(len(whose), np.int64)
        clicks[angry] = 4
        which, turn = repeated(clicks)
        again = moment[which] + turn * 230
        place: dict[str, Any] = {"tail": whose[which] + 1, "context": whose[which], **page}
        script.add(CLICK, session[whose[which]], again, **place)
        script.add(ERROR, session[whose[which]], again + 4, what=BROKEN, **place)
        script.add(
            FRUSTRATION, session[whose], moment + 6, what=ERROR_CLICK, value=1, tail=whose + 1, context=whose, **page
        )
        rage = whose[angry]
        script.add(
            FRUSTRATION, session[rage], moment[angry] + 470, what=RAGE, value=4, tail=rage + 1, context=rage, **page
        )
        calm = np.flatnonzero((clicks == 1) & (draw(key, 6) < 0.8))
        dead = whose[calm]
        script.add(
            FRUSTRATION, session[dead], moment[calm] + 2_500, what=DEAD, value=1, tail=dead + 1, context=dead, **page
        )

    def _search(self, script: Script, done: Activities, session: Ints, _: Ints) -> None:
        """Ask a supplier for a search. Now and then their gateway times out; who waits for it gets impatient."""
        asking = np.where(self._searches[done.step], 1 + (draw(done.key, 60) < 0.3), 0)
        whose, moment, key = self._spread(done, asking, 61)
        lost = draw(key, 4) < 0.035
        took = np.where(lost, 30_000 + 40 * draw(key, 5), self._answer("vendor", key, 36))
        page: dict[str, Any] = {"page": self.app.page("order"), "element": self._at("request-search")}
        script.add(
            CLICK, session[whose], moment, tail=whose + 1, context=whose, endpoint=self.app.endpoint("vendor"),
            status=np.where(lost, 504, 202), latency=took, **page,
        )  # fmt: skip
        at = np.flatnonzero(lost)
        whose, moment = whose[at], moment[at]
        which, turn = repeated(np.full(len(at), 4))
        again = whose[which]
        script.add(CLICK, session[again], moment[which] + 12_000 + turn * 260, tail=again + 1, context=again, **page)
        script.add(
            FRUSTRATION, session[whose], moment + 12_530, what=RAGE, value=4, tail=whose + 1, context=whose, **page
        )
        script.add(ERROR, session[whose], moment + 30_060, what=TIMEOUT, tail=whose + 1, context=whose, **page)

    def _stumble(self, script: Script, done: Activities, session: Ints, _: Ints) -> None:
        """What goes wrong anyway: clicks on what is no button, conflicts, a cursor that searches; and small things
        done.
        """
        order = self.app.page("order")
        refused = {"element": self._at("save"), "endpoint": self.app.endpoint("save"), "status": 409, "latency": 120}
        for salt, share, kind, columns in (
            (70, 0.012, CLICK, {"element": self._at("status")}),
            (70, 0.012, FRUSTRATION, {"element": self._at("status"), "what": DEAD, "value": 1}),
            (72, 0.006, CLICK, refused),
            (72, 0.006, ERROR, {"element": self._at("save"), "what": CONFLICT}),
            (72, 0.006, FRUSTRATION, {"element": self._at("save"), "what": ERROR_CLICK, "value": 1}),
            (74, 0.008, FRUSTRATION, {"element": self._at("request-search"), "what": THRASH, "value": 6}),
            (75, 0.015, ERROR, {"what": HARMLESS}),
            (76, 0.22, ACTION, {"what": 0}),
            (77, 0.05, ACTION, {"what": 1}),
            (78, 0.08, ACTION, {"what": 2}),
        ):  # fmt: skip
            counts = (draw(done.key, salt) < share).astype(np.int64)
            whose, moment, _key = self._spread(done, counts, salt + 20)
            later = {CLICK: 0, ERROR: 135, FRUSTRATION: 140 if salt == 72 else 2_500, ACTION: 0}[kind]
            script.add(kind, session[whose], moment + later, page=order, tail=whose + 1, context=whose, **columns)

    def _complete(self, script: Script, done: Activities, session: Ints, _: Ints) -> None:
        """Complete the activity. The click is the span that the case's event names."""
        here, context = np.arange(len(done)) + 1, np.arange(len(done))
        queue, order = self.app.page("queue"), self.app.page("order")
        took = np.minimum(self._answer("complete", done.key, 37), 1_500)
        moment = done.end * 1000 - took.astype(np.int64) - 60
        page: dict[str, Any] = {"page": order, "tail": here, "element": self._at("complete"), "context": context}
        script.add(
            CLICK,
            session,
            moment,
            endpoint=self.app.endpoint("complete"),
            status=201,
            latency=took,
            key=done.key,
            **page,
        )
        script.add(SUBMIT, session, moment + 1, **page)
        back = done.end * 1000
        script.add(ROUTE, session, back, page=queue, tail=0, from_page=order, from_tail=here)
        script.add(
            REQUEST, session, back + 15, page=queue, endpoint=self.app.endpoint("queue"), status=200,
            latency=self._answer("queue", done.key, 38),
        )  # fmt: skip
