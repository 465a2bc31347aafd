"""Customers, and those who may become some, on the public site: what they do in their visits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exos.demo.calendar import Flags, Floats, Ints
from exos.demo.columns import Words, draw, join, mix, normal, repeated
from exos.demo.marketing.customers import customer_ids
from exos.demo.marketing.touches import read_kinds
from exos.demo.people import FAR, People, facts
from exos.demo.people.networks import BUSINESS, MOBILE, RESIDENTIAL
from exos.demo.people.networks import names as addresses_of
from exos.demo.screens import page_speed
from exos.demo.screens.apps import SITE, app, browsers, chosen
from exos.demo.screens.beats import (
    ACTION,
    CHANGE,
    CLICK,
    DEAD,
    ERROR,
    ERROR_CLICK,
    FRUSTRATION,
    RAGE,
    ROUTE,
    SUBMIT,
    THRASH,
    Piece,
    Script,
)  # fmt: skip
from exos.demo.screens.visitors import Sessions, networks, places, sessions
from exos.demo.screens.visits import CUSTOMER, PROSPECT, SIGN_UP, Visits
from exos.demo.truths import planted

ACTIONS = ("sign_up", "order_placed", "quote_calculated")
MESSAGES = ("Quote service is not available", "TypeError: e.price is undefined")
VERSIONS = ("2026.10.2", "2026.11.1")
NOTHING, PAGES_A_VISIT = -1, 9
_JOURNEY = ("pricing", "contact", "property", "review", "thanks")
_AWAY = 0.6
"""Share of the visits by phone that come through a mobile network."""
_RECORDED = 0.065
"""Share of the visits that the screen is recorded of."""
_STOPS = np.array([0.40, 0.62, 0.73, 0.88, 1.0])
"""Of the visits of prospects: the share that has left after the home page, pricing, contact, property, review."""
_DWELL = {
    "home": 18, "pricing": 32, "contact": 38, "property": 44, "review": 26, "thanks": 12, "login": 16, "status": 22, "help": 30,
}  # fmt: skip
"""Seconds on a page, median."""
_FIELDS = {
    "pricing": ("amount",), "contact": ("full-name", "email"), "property": ("street", "state", "kind"), "review": ("terms",),
    "login": ("user",), "help": ("ask",),
}  # fmt: skip
_ON_PAGE = {
    "pricing": ("calculate", "quote", 0.8),
    "status": ("track", "track", 0.55),
    "help": ("answer", "answers", 0.6),
}
"""What is clicked on a page without leaving it, what that asks for, and how often."""
_WAYS = {
    ("home", "pricing"): ("hero-quote", ""),
    ("pricing", "contact"): ("start-order", ""),
    ("contact", "property"): ("contact-next", "check"),
    ("property", "review"): ("property-next", "check"),
    ("review", "thanks"): ("place-order", "place"),
    ("home", "login"): ("nav-login", ""),
    ("login", "status"): ("sign-in", "session"),
    ("status", "pricing"): ("nav-pricing", ""),
    ("status", "help"): ("nav-help", ""),
    ("home", "help"): ("nav-help", ""),
    ("help", "pricing"): ("nav-pricing", ""),
}
_REFERRERS = {
    "search": "https://www.findly.example/", "social": "https://www.circlet.example/", "display": "https://ads.meridian.example/",
    "partner": "https://www.homebuyers.example/",
}  # fmt: skip
_MEDIA = {
    "search": "cpc", "social": "social", "display": "display", "email": "email", "partner": "referral", "webinar": "email",
    "retargeting": "display",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Walk:
    """The pages of each visit, -1 after the last one, and from when to when (ms) each page is shown: shape (visits,
    PAGES_A_VISIT).
    """

    page: Ints
    shown: Ints
    left: Ints
    key: Words


class Site:
    """The public site of one world."""

    def __init__(self, seed: int) -> None:
        self.app = app(SITE)
        self._seed = seed
        self._page = {name: place for place, name in enumerate(self.app.pages)}
        self._slow = planted("slow-page")
        known = facts()
        ads = read_kinds()
        shares = {
            channel: ads.campaign_share[place] for place, channel in enumerate(known.channels) if channel in _MEDIA
        }
        self._campaigns = [
            (channel, name, share)
            for channel, of_channel in shares.items()
            for name, share in zip(ads.campaigns, of_channel, strict=True)
            if share > 0
        ]
        self._queries = pa.array(
            [
                f"?utm_source={channel}&utm_medium={_MEDIA[channel]}&utm_campaign={name.replace(' ', '+')}"
                for channel, name, _ in self._campaigns
            ]
        )
        self._kits = np.array([_browser_of(*kit) for kit in known.kits], np.int64)

    def piece(self, people: People, visits: Visits, end: int) -> Piece:
        """All that happens in these visits. `end` of the world, in seconds."""
        keys = mix(self._seed, 51, people.number[visits.person], visits.moment)
        browser = self._kits[people.kit[visits.person, visits.device]]
        mobile = np.isin(browser, [n for n, device in enumerate(browsers().column(5)) if device == "mobile"])
        walk = self._walk(keys, visits, mobile)
        script = Script()
        landing = self._landing(visits, keys)
        recorded = draw(keys, 66) < _RECORDED
        self._frame(script, walk, landing, mobile, recorded)
        for at in range(PAGES_A_VISIT):
            here = np.flatnonzero(walk.page[:, at] >= 0)
            self._on_page(script, walk, here, at)
            if at:
                self._go(script, walk, here, at, visits)
        tails = pa.concat_arrays([pa.array([""]), self._queries, join("W-", people.number[visits.person] + 400_000)])
        told = self._sessions(people, visits, keys, browser, mobile, walk, end, recorded)
        nothing = pa.array([], pa.string())
        return Piece(
            told, script.beats(keys), self._referrers(visits, keys), tails, nothing, nothing, nothing, ACTIONS, MESSAGES
        )

    def _walk(self, keys: Words, visits: Visits, mobile: Flags) -> _Walk:
        page = np.full((len(keys), PAGES_A_VISIT), NOTHING, np.int64)
        page[:, 0] = self._page["home"]
        customer = visits.kind == CUSTOMER
        # Who cannot get on with a page leaves it: on phones more prospects end on the slow one.
        stops = np.where(mobile[:, None], _STOPS - np.array([0, 0, 0.03, 0, 0]), _STOPS)
        depth = (draw(keys, 52)[:, None] >= stops).sum(axis=1)
        depth = np.where(
            visits.kind == SIGN_UP, len(_JOURNEY), np.where(visits.kind == PROSPECT, np.minimum(depth, 4), 0)
        )
        helped = (visits.kind == PROSPECT) & (depth > 0) & (draw(keys, 53) < 0.08)
        self._append(page, helped, "help")
        for place, name in enumerate(_JOURNEY):
            self._append(page, depth > place, name)
        self._append(page, customer, "login")
        self._append(page, customer & (draw(keys, 54) < 0.94), "status")
        inside = customer & (page[:, 2] == self._page["status"])
        self._append(page, inside & (draw(keys, 55) < 0.14), "help")
        ordering = inside & (draw(keys, 56) < 0.3)
        for place, name in enumerate(_JOURNEY):
            self._append(page, ordering & (draw(keys, 57) > place * 0.06), name)
        return self._timed(page, keys, visits)

    @staticmethod
    def _append(page: Ints, which: Flags, name: str) -> None:
        rows = np.flatnonzero(which)
        page[rows, (page[rows] >= 0).sum(axis=1)] = list(app(SITE).pages).index(name)

    def _timed(self, page: Ints, keys: Words, visits: Visits) -> _Walk:
        median = np.array([_DWELL[name] for name in self.app.pages], np.float64)
        places_ = np.arange(PAGES_A_VISIT)
        shaken = np.stack([normal(keys, 58, int(place)) for place in places_], axis=1)
        seconds = np.where(page >= 0, median[page] * np.exp(0.55 * shaken), 0)
        bounced = (page[:, 1] < 0) & (visits.kind == PROSPECT)
        seconds[bounced, 0] *= 0.6
        until = np.cumsum((np.clip(seconds, 3, 600) * 1000 * (page >= 0)).astype(np.int64), axis=1)
        # The page is loaded before anything is done on it.
        begun = visits.moment[:, None] * 1000 + page_speed.LOAD_SECONDS * 1000 + 500
        return _Walk(
            page,
            begun + np.concatenate([np.zeros((len(page), 1), np.int64), until[:, :-1]], axis=1),
            begun + until,
            keys,
        )

    def _frame(self, script: Script, walk: _Walk, landing: Ints, mobile: Flags, recorded: Flags) -> None:
        last = (walk.page >= 0).sum(axis=1) - 1
        rows = np.arange(len(last))
        end_page = walk.page[rows, last]
        slowness = np.where(mobile, self._slow["slower"], 1.0)
        stuck = mobile & (end_page == self._page[self._slow["page"]])
        page_speed.frame(
            script, walk.key, walk.shown[:, 0] - 500, walk.left[rows, last], walk.page[:, 0], -1,
            slowness, tail=landing, last_page=end_page, tail_end=self._tail_of(end_page, rows, landing),
            interaction=np.where(stuck, self._slow["factor"], 1.0) / np.where(mobile, 1.35, 1.0), recorded=recorded,
        )  # fmt: skip

    def _tail_of(self, page: Ints, visit: Ints, landing: Ints) -> Ints:
        """What the address of a page names: the campaign on the landing page, the order on its own page."""
        order = 1 + len(self._queries) + visit
        return np.where(page == self._page["status"], order, np.where(page == self._page["home"], landing[visit], 0))

    def _landing(self, visits: Visits, keys: Words) -> Ints:
        """The campaign in the address that a visit begins with, as an index of the tails; 0 for none."""
        found = np.zeros(len(visits), np.int64)
        for place, channel in enumerate(facts().channels):
            listed = [n for n, (of, _, _) in enumerate(self._campaigns) if of == channel]
            rows = np.flatnonzero(visits.channel == place)
            if listed and len(rows):
                share = np.array([self._campaigns[n][2] for n in listed])
                found[rows] = 1 + np.array(listed)[chosen(share, draw(keys[rows], 59))]
        return found

    def _referrers(self, visits: Visits, keys: Words) -> pa.Array:
        known = [_REFERRERS.get(channel, "") for channel in facts().channels]
        # Of those whom no ad brought, some come from a search all the same.
        unpaid = (visits.channel < 0) & (draw(keys, 60) < 0.35)
        index = np.where(unpaid, 1, np.where(visits.channel >= 0, visits.channel + 2, 0))
        return pa.array(["", _REFERRERS["search"], *known]).take(pa.array(index))

    def _on_page(self, script: Script, walk: _Walk, here: Ints, at: int) -> None:
        """Fill in the fields of a page, click what it offers; now and then something is wrong with it."""
        page, shown, left = walk.page[here, at], walk.shown[here, at], walk.left[here, at]
        key, room = mix(walk.key[here], 61, at), left - shown
        goes_on = walk.page[here, at + 1] >= 0 if at + 1 < PAGES_A_VISIT else np.zeros(len(here), np.bool_)
        for name, fields_ in _FIELDS.items():
            busy = (page == self._page[name]) & (goes_on | (draw(key, 2) < 0.6))
            for turn, field_ in enumerate(fields_):
                who = np.flatnonzero(busy & (goes_on | (draw(key, 3) < 1 - 0.3 * turn)))
                share = (turn + 0.3 + 0.5 * draw(key[who], 4, turn)) / (len(fields_) + 0.7)
                moment = shown[who] + (room[who] * share * 0.8).astype(np.int64)
                element = {"page": page[who], "element": self.app.element(field_)}
                if field_ == "terms":
                    script.add(CLICK, here[who], moment - 1, **element)
                script.add(CHANGE, here[who], moment, **element)
        for name, (element_, endpoint, share_) in _ON_PAGE.items():
            who = np.flatnonzero((page == self._page[name]) & (draw(key, 5) < share_))
            moment = shown[who] + (room[who] * 0.82).astype(np.int64)
            lost = draw(key[who], 6) < 0.008
            columns = {
                "page": page[who],
                "tail": self._order_tail(name, here[who]),
                "element": self.app.element(element_),
            }
            script.add(
                CLICK, here[who], moment, endpoint=self.app.endpoint(endpoint), status=np.where(lost, 504, 200),
                latency=np.where(lost, 10_000, self._answer(endpoint, key[who])), **columns,
            )  # fmt: skip
            failed = np.flatnonzero(lost)
            if len(failed):
                at_page = {"page": page[who][failed], "tail": columns["tail"][failed], "element": columns["element"]}
                script.add(ERROR, here[who][failed], moment[failed] + 620, what=0, **at_page)
                script.add(FRUSTRATION, here[who][failed], moment[failed] + 640, what=ERROR_CLICK, value=1, **at_page)
            if name == "pricing":
                done = np.flatnonzero(~lost)
                script.add(ACTION, here[who][done], moment[done] + 300, page=page[who][done], what=2)
        self._stumble(script, here, page, shown, room, key)

    def _order_tail(self, name: str, visit: Ints) -> Ints:
        return 1 + len(self._queries) + visit if name == "status" else np.zeros(len(visit), np.int64)

    def _stumble(self, script: Script, here: Ints, page: Ints, shown: Ints, room: Ints, key: Words) -> None:
        pages = [each.page for each in self.app.elements]
        first = np.array([pages.index(place) if place in pages else 0 for place in range(len(self.app.pages))])
        for salt, share, what in ((7, 0.010, DEAD), (8, 0.004, THRASH), (9, 0.005, RAGE)):
            who = np.flatnonzero((draw(key, salt) < share) & (page != self._page["thanks"]) & (room > 9_000))
            moment = shown[who] + (room[who] * 0.5).astype(np.int64)
            columns = {"page": page[who], "element": first[page[who]]}
            if what != THRASH:
                times = 1 if what == DEAD else 4
                whose, turn = repeated(np.full(len(who), times))
                again = {name: value[whose] for name, value in columns.items()}
                script.add(CLICK, here[who][whose], moment[whose] + turn * 240, **again)
            late = {DEAD: 2_500, THRASH: 900, RAGE: 490}[what]
            value = {DEAD: 1, THRASH: 7, RAGE: 4}[what]
            script.add(FRUSTRATION, here[who], moment + late, what=what, value=value, **columns)

    def _go(self, script: Script, walk: _Walk, here: Ints, at: int, visits: Visits) -> None:
        """Go from one page to the next: a click, what it asks for, the new page, and what that means."""
        old, new = walk.page[here, at - 1], walk.page[here, at]
        key, moment = mix(walk.key[here], 62, at), walk.shown[here, at]
        for (from_page, to_page), (element, endpoint) in _WAYS.items():
            who = np.flatnonzero((old == self._page[from_page]) & (new == self._page[to_page]))
            took = self._answer(endpoint, key[who]) if endpoint else np.full(len(who), 20.0)
            visit = here[who]
            before = self._order_tail(from_page, visit)
            page = {"page": old[who], "tail": before, "element": self.app.element(element)}
            more = {"endpoint": self.app.endpoint(endpoint), "status": 200, "latency": took} if endpoint else {}
            clicked = moment[who] - took.astype(np.int64) - 25
            script.add(CLICK, visit, clicked, **page, **more)
            if endpoint:
                script.add(SUBMIT, visit, clicked + 1, **page)
            script.add(
                ROUTE,
                visit,
                moment[who],
                page=new[who],
                tail=self._order_tail(to_page, visit),
                from_page=old[who],
                from_tail=before,
            )
        done = np.flatnonzero(new == self._page["thanks"])
        signing = done[visits.kind[here[done]] == SIGN_UP]
        script.add(ACTION, here[signing], moment[signing] + 40, page=new[signing], what=0)
        script.add(ACTION, here[done], moment[done] + 60, page=new[done], what=1)

    def _answer(self, endpoint: str, key: Words) -> Floats:
        said = self.app.endpoints[self.app.endpoint(endpoint)]
        return np.minimum(said.ms * np.exp(said.spread * normal(key, 35)), 2_400)

    def _sessions(
        self,
        people: People,
        visits: Visits,
        keys: Words,
        browser: Ints,
        mobile: Flags,
        walk: _Walk,
        end: int,
        recorded: Flags,
    ) -> Sessions:
        person = visits.person
        states = facts().company.states
        cities = [places().of_state[state] for state in states]
        counts = np.array([len(each) for each in cities])
        table = np.stack([np.resize(each, counts.max()) for each in cities])
        state = people.state[person]
        place = table[state, (draw(self._seed, 63, people.number[person]) * counts[state]).astype(np.int64)]
        # On the way a phone is in a mobile network; at home and at work it is in that of the place.
        away = mobile & (draw(keys, 64) < _AWAY)
        kind = np.where(away, MOBILE, np.where(people.office[person], BUSINESS, RESIDENTIAL))
        number = np.where(away, people.carrier[person], people.home[person])
        network, address = networks().of(kind, number), addresses_of(kind, number)
        version = pa.array(VERSIONS).take(pa.array((visits.moment >= end - 19 * 86_400).astype(np.int64)))
        visitor = pa.array(people.visitor[person, visits.device].astype(str))
        ids = customer_ids(people.number[person])
        customer = (people.signed_up[person] < FAR) & (visits.kind != PROSPECT)
        user, name = (pc.if_else(pa.array(customer), text, "") for text in (ids, join("Customer ", ids)))
        return sessions(
            self.app,
            keys,
            browser,
            version,
            place,
            network,
            address,
            visitor,
            user,
            name,
            self._known_from(visits, walk),
            recorded,
        )

    def _known_from(self, visits: Visits, walk: _Walk) -> Ints:
        """The moment (ms) from which the site knows who it is: after signing in or up; some are remembered."""
        after = np.where(visits.kind == SIGN_UP, self._page["thanks"], self._page["status"])
        at = np.argmax(walk.page == after[:, None], axis=1)
        reached = (walk.page == after[:, None]).any(axis=1)
        moment = walk.shown[np.arange(len(at)), at]
        remembered = (visits.kind == CUSTOMER) & (draw(walk.key, 65) < 0.5)
        return np.where(remembered, 0, np.where(reached, moment, FAR * 1000))


def _browser_of(device: str, browser: str, system: str) -> int:
    name = f"{browser} {system}"
    return browsers().find(f"{name} tablet" if device == "tablet" and system == "Android" else name)
