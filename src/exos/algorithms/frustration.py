"""Frustration signals in a recording: rage clicks, dead clicks and thrashed cursors.

The rules are those of the snippet (docs/telemetry.md has the thresholds and their sources), as far as a recording tells.
It knows nothing of the network, of new windows and of modifier keys, so it says less: a dead click waits as long as
Sentry's slow click does (3 s without a mutation, 300 ms without scrolling), needs something recorded after that time, and
links to other documents are left out.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from exos.algorithms.recorded_page import (
    LONGEST_TEXT,
    Node,
    Page,
    caption,
    element_of,
    is_clickable,
    is_field,
    selector,
)
from exos.algorithms.thrashing import Trail

RAGE_CLICKS, RAGE_GAP_MS, RAGE_PIXELS = 3, 1000, 30
DEAD_MS, AT_ONCE_MS, PRESS_MS = 3000, 300, 10_000
_BEFORE_MS = 100
"""What happened so shortly before a click still belongs to it."""

_SNAPSHOT, _INCREMENTAL, _META = 2, 3, 4
_MUTATION, _MOVE, _MOUSE, _SCROLL, _INPUT, _SELECTION = 0, 1, 2, 3, 5, 14
_ANSWERS = {_MUTATION, _INPUT, 7, 8, 9, 13, 15}
"""Sources that show an answer: mutation, input, media, style rules, canvas, style declarations, adopted style sheets."""
_UP, _DOWN, _CLICK, _FOCUS = 0, 1, 2, 5
_TOUCHES = {7, 9, 10}
_STEP = re.compile(
    r"^[-+−–<>‹›«»▲-◄←-↓]+$|\b((in|de)cre(ase|ment)|plus|minus|zoom|volume|(un|re)do"
    r"|(next|previous) (page|day|week|month|year|slide))\b",
    re.IGNORECASE,
)
"""Names of what is made to be clicked again and again."""
_TURN = re.compile(r"^(next|prev(ious)?|more|less|up|down)$", re.IGNORECASE)
_LARGEST_GROUP = 8


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal. `at`: milliseconds since 1970; `count`: clicks, or turns of the cursor; `url`: of the recording."""

    name: str
    at: int
    element: str
    text: str
    count: int
    x: int
    y: int
    url: str


@dataclass
class _Click:
    """A click that may become a signal. What it says of the element is taken at once: a mutation may remove it."""

    signal: Signal
    node: Node
    count: int = 1

    @property
    def at(self) -> int:
        return self.signal.at

    def near(self, other: _Click) -> bool:
        """Also on an element that took the place of the other."""
        one, two = self.signal, other.signal
        return one.element == two.element and math.hypot(one.x - two.x, one.y - two.y) <= RAGE_PIXELS


def find_signals(events: Iterable[Mapping[str, Any]], answers: Sequence[int] = ()) -> list[Signal]:
    """The signals of one page load, in order of time.

    `events` are rrweb's, in order; `answers` are sorted times (ms) at which the page is known to have answered by other
    means, such as requests.
    """
    watch = _Watch(answers)
    for event in events:
        watch.see(event)
    watch.end_burst()
    return sorted(watch.signals, key=lambda one: (one.at, one.name, one.element))


class _Watch:
    """What is known at one moment of the recording."""

    def __init__(self, answers: Sequence[int]) -> None:
        self.signals: list[Signal] = []
        self._answers = answers
        self._page = Page()
        self._url = ""
        self._press: int | None = None
        self._held = False
        self._answered = -math.inf
        self._burst: list[_Click] = []
        self._selected = self._repeated = False
        self._waiting: list[_Click] = []
        self._trail = Trail()

    def see(self, event: Mapping[str, Any]) -> None:
        """Take in the next event."""
        data, at = event.get("data"), event.get("timestamp")
        if not isinstance(data, dict) or not isinstance(at, int | float) or not math.isfinite(at):
            return
        now = round(at)
        self._let_pass(now)
        kind = event.get("type")
        if kind == _META:
            self._arrive(str(data.get("href") or ""))
        elif kind == _SNAPSHOT:
            self._page.load(data.get("node"))
        elif kind == _INCREMENTAL:
            self._follow(data, now)

    def end_burst(self) -> None:
        """A burst is told once it is over, so that its count is right."""
        burst, self._burst = self._burst, []
        if len(burst) >= RAGE_CLICKS and not self._selected and not self._repeated:
            self._tell("rage_click", burst[0].signal, len(burst))

    def _let_pass(self, now: int) -> None:
        if self._burst and now - self._burst[-1].at > RAGE_GAP_MS:
            self.end_burst()
        over = [click for click in self._waiting if now - click.at > DEAD_MS]
        self._waiting = [click for click in self._waiting if now - click.at <= DEAD_MS]
        for click in over:
            if not self._answered_elsewhere(click.at):
                self._tell("dead_click", click.signal, click.count)

    def _answered_elsewhere(self, at: int) -> bool:
        place = bisect_left(self._answers, at - _BEFORE_MS)
        return place < len(self._answers) and self._answers[place] <= at + DEAD_MS

    def _arrive(self, url: str) -> None:
        if url != self._url:
            self._waiting.clear()
        self._url = url

    def _follow(self, data: Mapping[str, Any], now: int) -> None:
        source = data.get("source")
        if source in _ANSWERS:
            self._answer(now)
        if source == _MUTATION:
            self._page.apply(data)
        elif source == _SCROLL or (source == _SELECTION and _selects(data)):
            self._selected |= source == _SELECTION
            self._answer_at_once(now)
        elif source == _MOUSE:
            self._interact(data, now)
        elif source == _MOVE:
            self._move(data, now)

    def _answer(self, now: float) -> None:
        self._answered = now
        self._waiting.clear()

    def _answer_at_once(self, now: int, but: Node | None = None) -> None:
        """Scrolling, selecting or a moved focus is an answer only right after the click; not the focus of what was clicked."""
        self._waiting = [
            click
            for click in self._waiting
            if now - click.at > AT_ONCE_MS or (but is not None and _related(but, click.node))
        ]

    def _interact(self, data: Mapping[str, Any], now: int) -> None:
        kind, node = data.get("type"), self._page.get(data.get("id"))
        if kind == _DOWN or kind in _TOUCHES:
            self._held = kind == _DOWN
            self._press = now
            self._trail.clear()
        elif kind == _UP:
            self._held = False
        elif kind == _FOCUS and node is not None:
            self._answer_at_once(now, but=node)
        elif kind == _CLICK and node is not None:
            self._click(node, data, now)

    def _click(self, target: Node, data: Mapping[str, Any], now: int) -> None:
        """A click without a press of its own was made by a key or by the page itself."""
        press, self._press, self._held = self._press, None, False
        element = _observed(target)
        if press is None or now - press > PRESS_MS or element is None:
            return
        click = _Click(self._signal(element, now, _number(data.get("x")), _number(data.get("y"))), element)
        self._feed_rage(click)
        again = next((one for one in self._waiting if one.node is element), None)
        if again is not None:
            again.count += 1
        elif self._answered < press and _should_answer(element, self._url):
            self._waiting.append(click)

    def _feed_rage(self, click: _Click) -> None:
        if not self._burst or not click.near(self._burst[-1]):
            self.end_burst()
            self._selected, self._repeated = False, _is_repeated(click.node)
        self._burst.append(click)

    def _move(self, data: Mapping[str, Any], now: int) -> None:
        positions = data.get("positions")
        for one in positions if isinstance(positions, list) else ():
            if isinstance(one, dict) and not self._held:
                at = now + round(_number(one.get("timeOffset")))
                turns = self._trail.turn(_number(one.get("x")), _number(one.get("y")), at)
                element = _observed(self._page.get(one.get("id"))) if turns else None
                if element is not None and not any(is_field(around) for around in element.ancestors()):
                    self._trail.rest()
                    self._tell("thrashed_cursor", self._signal(element, at, one.get("x"), one.get("y")), turns)

    def _signal(self, element: Node, at: int, x: Any, y: Any) -> Signal:
        """A signal that is yet to be named. Only what is there to be clicked is quoted: other text may be somebody's data."""
        text = caption(element)[:LONGEST_TEXT] if is_clickable(element) else ""
        return Signal("", at, selector(element), text, 0, round(_number(x)), round(_number(y)), self._url)

    def _tell(self, name: str, signal: Signal, count: int) -> None:
        self.signals.append(replace(signal, name=name, count=count))


def _observed(target: Node | None) -> Node | None:
    """What was meant, unless the page asks for silence about it."""
    if target is None or any("data-exos-ignore" in one.attributes for one in target.ancestors()):
        return None
    return element_of(target)


def _should_answer(element: Node, url: str) -> bool:
    if not is_clickable(element):
        return False
    return not any(is_field(one) or _is_exempt(one.attributes, url) for one in element.ancestors())


def _is_exempt(said: Mapping[str, str], url: str) -> bool:
    """Says that it will not answer, or answers elsewhere."""
    link = said.get("href")
    return (
        "download" in said
        or "disabled" in said
        or "aria-current" in said
        or said.get("aria-disabled") == "true"
        or said.get("aria-selected") == "true"
        or said.get("target", "_self") != "_self"
        or (link is not None and not link.startswith("#") and link.partition("#")[0] != url.partition("#")[0])
    )


def _is_repeated(element: Node) -> bool:
    """Made to be clicked often: fields, steppers, pagers."""
    text = caption(element)
    return (
        any(is_field(one) for one in element.ancestors())
        or (len(text) < 32 and _STEP.search(text) is not None)
        or _is_stepper(element, text)
    )


def _is_stepper(element: Node, text: str) -> bool:
    """Beside a field for numbers, unless it sends the form; or right beside a text, one of a pair like "Previous" and "Next"."""
    group = [one for one in element.parent.children if one.tag] if element.parent is not None else [element]
    if any(_is_gauge(one) for one in group):
        return not _sends_form(element)
    if len(group) > _LARGEST_GROUP or not _TURN.match(text):
        return False
    at = group.index(element)
    beside = any(_is_text(one) for one in group[max(at - 1, 0) : at + 2])
    return beside and sum(_TURN.match(caption(one)) is not None for one in group) > 1


def _is_gauge(one: Node) -> bool:
    said = one.attributes
    number = one.tag == "input" and said.get("type") in ("number", "range")
    return number or one.tag == "output" or said.get("role") == "spinbutton"


def _is_text(one: Node) -> bool:
    return one.tag == "input" and one.attributes.get("type", "text") == "text"


def _sends_form(element: Node) -> bool:
    """A button is one that sends, if it does not say otherwise."""
    kind = element.attributes.get("type", "submit" if element.tag == "button" else "")
    sends = kind == "submit" and element.tag in ("button", "input")
    return sends and ("form" in element.attributes or any(one.tag == "form" for one in element.ancestors()))


def _related(one: Node, other: Node) -> bool:
    return one in other.ancestors() or other in one.ancestors()


def _selects(data: Mapping[str, Any]) -> bool:
    """Whether anything is selected; the caret alone is not."""
    ranges = data.get("ranges")
    return any(
        isinstance(one, dict) and (one.get("start"), one.get("startOffset")) != (one.get("end"), one.get("endOffset"))
        for one in (ranges if isinstance(ranges, list) else ())
    )


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else 0.0
