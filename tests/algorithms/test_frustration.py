"""Rage clicks, dead clicks and thrashed cursors in recordings: what counts, and what does not."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exos.algorithms.frustration import DEAD_MS, find_signals
from exos.algorithms.thrashing import count_turns
from recorded import (
    ANCHOR,
    AREA,
    BUTTON,
    DISABLED,
    FIELD,
    ICON,
    LINK,
    ORIGIN,
    PLAIN,
    QUIET,
    STEPPER,
    URL,
    Recording,
    element,
    text,
)


def told(recording: Recording, answers: tuple[int, ...] = ()) -> list[tuple[str, int, str, int]]:
    """name, milliseconds after ORIGIN, element, count"""
    found = find_signals(recording.events, [ORIGIN + at for at in answers])
    return [(one.name, one.at - ORIGIN, one.element, one.count) for one in found]


def page() -> Recording:
    return Recording().start()


def test_a_dead_click_says_what_was_clicked() -> None:
    (one,) = find_signals(page().click(ICON, 1000, x=12.4, y=30.6).pass_time(5000).events)
    assert (one.name, one.at, one.element, one.text) == ("dead_click", ORIGIN + 1000, "#place", "Place order")
    assert (one.count, one.x, one.y, one.url) == (1, 12, 31, URL)


ALIVE = {
    "a mutation": page().click(BUTTON, 1000).mutate(3900),
    "a mutation between press and click": page().click(BUTTON, 1000).mutate(1000),
    "a field that changes": page().click(BUTTON, 1000).say(1500, source=5, id=FIELD, text="1"),
    "a style rule": page().click(BUTTON, 1000).say(1500, source=8, id=3, adds=[]),
    "a canvas": page().click(BUTTON, 1000).say(1500, source=9, id=3),
    "scrolling at once": page().click(BUTTON, 1000).say(1200, source=3, id=1, x=0, y=900),
    "a selection at once": page().click(BUTTON, 1000).say(
        1200, source=14, ranges=[{"start": 30, "startOffset": 0, "end": 30, "endOffset": 4}]
    ),
    "the focus moved elsewhere": page().click(BUTTON, 1000).say(1100, source=2, type=5, id=FIELD),
    "another page": page().click(BUTTON, 1000).start("https://shop.example/done", 2000),
    "made by the page": page().click(BUTTON, 1000, pressed=None),
    "pressed long before": page().click(BUTTON, 20_000, pressed=11_000),
    "text": page().click(PLAIN, 1000),
    "a field": page().click(FIELD, 1000),
    "a text area": page().click(AREA, 1000),
    "disabled": page().click(DISABLED, 1000),
    "to be ignored": page().click(QUIET, 1000),
    "a link elsewhere": page().click(LINK, 1000),
}  # fmt: skip


@pytest.mark.parametrize("recording", ALIVE.values(), ids=ALIVE)
def test_alive(recording: Recording) -> None:
    assert told(Recording([*recording.events]).pass_time(60_000)) == []


@pytest.mark.parametrize(
    "recording",
    [page().click(BUTTON, 1000), page().click(BUTTON, 1000).pass_time(1000 + DEAD_MS)],
    ids=["nothing", "too little"],
)
def test_what_is_recorded_after_a_click_decides(recording: Recording) -> None:
    assert told(recording) == []


DEAD = {
    "a late mutation": page().click(BUTTON, 1000).mutate(1000 + DEAD_MS + 1),
    "a mutation before it": page().mutate(900).click(BUTTON, 1000),
    "late scrolling": page().click(BUTTON, 1000).say(1400, source=3, id=1, x=0, y=900),
    "the caret alone": page().click(BUTTON, 1000).say(
        1100, source=14, ranges=[{"start": 30, "startOffset": 2, "end": 30, "endOffset": 2}]
    ),
    "its own focus": page().click(ICON, 1000).say(1100, source=2, type=5, id=BUTTON),
    "the mouse": page().click(BUTTON, 1000).say(1100, source=1, positions=[{"x": 1, "y": 2, "id": 4, "timeOffset": 0}]),
    "a new snapshot of the same page": page().click(BUTTON, 1000).start(at=2000),
}  # fmt: skip


@pytest.mark.parametrize("recording", DEAD.values(), ids=DEAD)
def test_dead(recording: Recording) -> None:
    assert told(Recording([*recording.events]).pass_time(60_000)) == [("dead_click", 1000, "#place", 1)]


def test_a_link_that_leads_nowhere() -> None:
    recording = page().click(ANCHOR, 1000).pass_time(9000)
    assert told(recording) == [("dead_click", 1000, "body > a:nth-of-type(2)", 1)]


@pytest.mark.parametrize(("at", "dead"), [(800, True), (900, False), (1000, False), (4000, False), (4001, True)])
def test_the_network_answers(at: int, dead: bool) -> None:
    assert bool(told(page().click(BUTTON, 1000).pass_time(9000), answers=(10, at, 50_000))) is dead


def test_one_dead_click_for_all_on_the_same_element() -> None:
    assert told(page().clicks(BUTTON, 1000, 2500).pass_time(9000)) == [("dead_click", 1000, "#place", 2)]
    assert told(page().clicks(BUTTON, 1000, 2500).mutate(2600).pass_time(9000)) == []


def test_a_rage_click_is_told_once_with_its_count() -> None:
    burst = (
        page().clicks(BUTTON, 1000, 1400, 2400, 3300).mutate(3301).pass_time(9000).click(BUTTON, 20_000).mutate(20_001)
    )
    assert told(burst) == [("rage_click", 1000, "#place", 4)]
    assert told(page().clicks(PLAIN, 1000, 1200, 1400)) == [("rage_click", 1000, '[data-testid="card"] > p', 3)], (
        "also on what is no button, and where the visitor left"
    )


CALM = {
    "two clicks": page().clicks(PLAIN, 1000, 1300),
    "slow clicks": page().clicks(PLAIN, 1000, 2001, 3002),
    "far from each other": page().click(PLAIN, 1000).click(PLAIN, 1200, x=90).click(PLAIN, 1400),
    "different elements": page().click(PLAIN, 1000).click(4, 1200).click(PLAIN, 1400),
    "a field": page().clicks(FIELD, 1000, 1200, 1400),
    "a stepper beside a field": page().clicks(STEPPER, 1000, 1200, 1400).mutate(1401),
    "text that was selected": page().clicks(PLAIN, 1000, 1200).say(
        1210, source=14, ranges=[{"start": 34, "startOffset": 0, "end": 34, "endOffset": 4}]
    ).click(PLAIN, 1400),
    "made by the page": page().clicks(PLAIN, 1000, 1200, 1400, pressed=None),
}  # fmt: skip


@pytest.mark.parametrize("recording", CALM.values(), ids=CALM)
def test_no_rage(recording: Recording) -> None:
    assert [one for one in told(Recording([*recording.events]).pass_time(60_000)) if one[0] == "rage_click"] == []


@pytest.mark.parametrize("caption", ["+", "→", "Next page", "Zoom in", "Undo"])
def test_what_is_made_to_be_clicked_again(caption: str) -> None:
    added = {"parentId": 4, "nextId": None, "node": element(90, "button", text(91, caption))}
    recording = page().mutate(10, adds=[added]).clicks(90, 1000, 1200, 1400).mutate(1401)
    assert told(recording) == []


GROUPS = {
    "a log in": (element(90, "form", element(91, "input", name="user"), element(92, "input", type="password"),
        element(93, "button", text(94, "Log in"))), True),
    "a hidden field": (element(90, "form", element(91, "input", type="hidden"), element(93, "button", text(94, "Pay"))), True),
    "what sends a form with an amount": (element(90, "form", element(91, "input", type="number"),
        element(93, "button", text(94, "Pay"))), True),
    "a wizard": (element(90, "form", element(91, "input"), element(93, "button", text(94, "Next"))), True),
    "a box to search in": (element(90, "div", element(91, "input"), element(93, "button", text(94, "Search"))), True),
    "quarters in a form": (element(90, "form", element(91, "output"), element(93, "button", text(94, "Quarter"),
        type="button")), False),
    "an own spinner": (element(90, "div", element(91, "div", role="spinbutton"),
        element(93, "button", text(94, "Quarter"))), False),
    "pages": (element(90, "div", element(92, "button", text(95, "Previous")), element(91, "input", type="text"),
        element(93, "button", text(94, "Next"))), False),
}  # fmt: skip


@pytest.mark.parametrize(("group", "rage"), GROUPS.values(), ids=GROUPS)
def test_rage_beside_fields(group: dict[str, Any], rage: bool) -> None:
    added = {"parentId": 4, "nextId": None, "node": group}
    recording = page().mutate(10, adds=[added]).clicks(93, 1000, 1200, 1400, 1600).mutate(1601)
    assert ("rage_click" in {one[0] for one in told(recording)}) is rage


def test_an_element_that_takes_the_place_of_the_clicked_one() -> None:
    recording = page()
    for number, at in enumerate((1000, 1300, 1600)):
        new = {"parentId": 4, "nextId": None, "node": element(200 + number, "button", id="again")}
        recording.mutate(at - 100, removes=[{"parentId": 4, "id": 199 + number}], adds=[new]).click(200 + number, at)
    assert [one for one in told(recording) if one[0] == "rage_click"] == [("rage_click", 1000, "#again", 3)]


def to_and_fro(width: float, ms: int, count: int = 40) -> list[tuple[float, float, int]]:
    """Moves between two places so far from each other, one every `ms`."""
    return [(100 + width * (number % 2), 200, number * ms) for number in range(count)]


@pytest.mark.parametrize(
    ("trail", "thrashed"),
    [
        (to_and_fro(80, 60), True),
        (to_and_fro(80, 500), False),
        (to_and_fro(10, 60), False),
        (to_and_fro(80, 60, 12), False),
        ([(number * 40.0, 200, number * 60) for number in range(40)], False),
        (
            [(100 + 60 * math.cos(number / 4), 200 + 60 * math.sin(number / 4), number * 50) for number in range(40)],
            False,
        ),
    ],
    ids=["to and fro", "slowly", "a little", "shortly", "straight", "in circles"],
)
def test_trails(trail: list[tuple[float, float, int]], thrashed: bool) -> None:
    assert (count_turns(trail) > 0) is thrashed


def test_a_thrashed_cursor_is_told_once_in_a_while() -> None:
    recording = page()
    for x, y, at in to_and_fro(80, 60):
        recording.say(1000 + at, source=1, positions=[{"x": x, "y": y, "id": PLAIN, "timeOffset": 0}])
    found = told(recording)
    assert [(one[0], one[2]) for one in found] == [("thrashed_cursor", '[data-testid="card"] > p')]
    assert found[0][3] >= 4
    held = page().say(900, source=2, type=1, id=PLAIN, x=0, y=0)
    for x, y, at in to_and_fro(80, 60):
        held.say(1000 + at, source=1, positions=[{"x": x, "y": y, "id": PLAIN, "timeOffset": 0}])
    assert told(held) == [], "dragging"


STEPS = st.lists(
    st.tuples(
        st.sampled_from([BUTTON, ICON, PLAIN, FIELD, LINK, ANCHOR]),
        st.integers(50, 2500),
        st.sampled_from(["click", "mutate", "scroll", "wait"]),
        st.sampled_from([50, 55, 90]),
    ),
    max_size=25,
)


def perform(steps: list[tuple[int, int, str, int]], after: int = 0) -> Recording:
    recording, at = page(), after
    for node, pause, what, x in steps:
        at += pause
        if what == "click":
            recording.click(node, at, x=x)
        elif what == "mutate":
            recording.mutate(at)
        elif what == "scroll":
            recording.say(at, source=3, id=1, x=0, y=at)
        else:
            recording.pass_time(at)
    return recording


@given(STEPS)
def test_every_signal_is_what_its_rule_says(steps: list[tuple[int, int, str, int]]) -> None:
    recording = perform(steps)
    times = {
        what: [event["timestamp"] for event in recording.events if is_what(event)] for what, is_what in KINDS.items()
    }
    for one in find_signals(recording.events):
        assert one.at in times["click"]
        if one.name == "dead_click":
            assert not [at for at in times["mutation"] if one.at <= at <= one.at + DEAD_MS]
            assert not [at for at in times["scroll"] if one.at <= at <= one.at + 300]
            assert max(event["timestamp"] for event in recording.events) > one.at + DEAD_MS
        else:
            assert one.count >= 3
            assert len([at for at in times["click"] if one.at <= at <= one.at + 1000 * (one.count - 1)]) >= one.count


KINDS: dict[str, Any] = {
    "click": lambda event: event["data"].get("source") == 2 and event["data"]["type"] == 2,
    "mutation": lambda event: event["data"].get("source") == 0,
    "scroll": lambda event: event["data"].get("source") == 3,
}


@given(STEPS, STEPS)
def test_what_was_found_is_found_again_when_the_recording_has_grown(
    steps: list[tuple[int, int, str, int]], more: list[tuple[int, int, str, int]]
) -> None:
    first = perform(steps)
    last = max(event["timestamp"] for event in first.events) - ORIGIN
    grown = first.events + perform(more, after=last + 5000).events[2:]
    again = {(one.name, one.at, one.element, one.count) for one in find_signals(grown)}
    assert {(one.name, one.at, one.element, one.count) for one in find_signals(first.events)} <= again


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 50) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["id", "node", "adds", "childNodes", "ranges", "attributes", "x"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "type": st.integers(0, 6) | JSON,
            "timestamp": st.integers(0, 10_000) | JSON,
            "data": JSON | st.builds(
                lambda source, kind, number, more: {"source": source, "type": kind, "id": number, **more},
                st.integers(0, 16), st.integers(0, 10), st.integers(0, 50),
                st.dictionaries(st.sampled_from(["adds", "removes", "texts", "attributes", "positions", "ranges", "node"]), JSON),
            ),
        }
    ),
    max_size=20,
)  # fmt: skip


@settings(max_examples=300)
@given(EVENTS)
def test_whatever_was_recorded_is_read(events: list[dict[str, Any]]) -> None:
    find_signals(page().events + events)
    find_signals(events)
