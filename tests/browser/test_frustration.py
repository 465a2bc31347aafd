"""Frustration signals: what must be reported, and above all what must not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from otlp_capture import Collected, Span, collecting

from .desks import open_desk, settle, started, watch

SIGNALS = ["rage_click", "dead_click", "error_click", "thrashed_cursor"]
DEAD_MS = 3000


@pytest.fixture
def collected() -> Iterator[Collected]:
    with collecting() as running:
        yield running


@pytest.fixture
def desk(chromium: Browser, base: str, collected: Collected) -> Iterator[Page]:
    """The order desk with the snippet running and a clock that can be moved."""
    with open_desk(base, collected.address, 'data-replay="off"') as address:
        context = chromium.new_context(base_url=address, viewport={"width": 1280, "height": 800})
        page = context.new_page()
        page.clock.install()
        watch(page)
        page.goto("/")
        started(page)
        yield page
        context.close()


def signals(page: Page, collected: Collected) -> list[Span]:
    """The signals so far, once nothing is pending any more."""
    page.clock.fast_forward(DEAD_MS)
    settle(page, collected, "mark")
    return sorted((span for name in SIGNALS for span in collected.named(name)), key=lambda span: span.start)


def told(spans: list[Span]) -> list[tuple[str, str, int]]:
    return [
        (span.name, span.attributes["exos.frustration.element"], span.attributes["exos.frustration.count"])
        for span in spans
    ]


def click(page: Page, selector: str, times: int = 1, apart: int = 100, offset: int = 0) -> None:
    """Click `times`, each `apart` milliseconds after the last and `offset` pixels further right."""
    box = page.locator(selector).bounding_box()
    assert box is not None
    for number in range(times):
        page.mouse.click(box["x"] + 5 + offset * number, box["y"] + box["height"] / 2)
        page.clock.fast_forward(apart)


@pytest.mark.parametrize("element", ["#dead", "#dead-card", "#dead-link"])
def test_nothing_answers(desk: Page, collected: Collected, element: str) -> None:
    click(desk, element)
    [span] = signals(desk, collected)
    assert told([span]) == [("dead_click", element, 1)]
    assert span.scope == "custom-action"
    attributes = span.attributes
    assert attributes["exos.frustration.page"] == "/"
    assert attributes["exos.frustration.text"] == {"#dead": "Approve", "#dead-link": "Dead link"}.get(element, "")
    box = desk.locator(element).bounding_box()
    assert box is not None
    assert abs(attributes["exos.frustration.x"] - box["x"] - 5) <= 1
    # At the moment of the click, not of the verdict: where a recording shows it.
    assert abs(span.start - collected.named("click")[0].start) < 50


ANSWERED = [
    *("#assign", "#icon", "#load", "#missing", "#slow", "#route", "#find", "#plus", "#css", "#draw", "#sway", "#copy"),
    *("#focus", "#down", "#menu", "#more", "#swap", "#rush", "#line", "#customer", "#current", "#new-tab", "#mail"),
    *("#story", "h1", "#chart", "#aside", "desk-status button", "label[for=customer]"),
]


def test_what_answers_is_not_dead(desk: Page, collected: Collected) -> None:
    for element in ANSWERED:
        desk.click(element)
        desk.wait_for_timeout(50)  # browsers tell of a scroll with the next picture, whatever the clock says
        desk.clock.fast_forward(DEAD_MS)
    click(desk, "#dead-link")  # and after all that, what is dead is still found
    assert told(signals(desk, collected)) == [("dead_click", "#dead-link", 1)]


def test_downloads_and_navigation_answer(desk: Page, collected: Collected) -> None:
    with desk.expect_download():
        desk.click("#download")
    assert told(signals(desk, collected)) == []
    desk.click("#elsewhere")
    desk.wait_for_url("**/other")
    started(desk)
    assert told(signals(desk, collected)) == []


def test_modifiers_mean_something_else(desk: Page, collected: Collected) -> None:
    for key in ("Control", "Shift", "Alt"):
        desk.click("#dead", modifiers=[key])
        desk.clock.fast_forward(DEAD_MS)
    desk.click("#dead", button="right")
    assert told(signals(desk, collected)) == []


def test_a_late_answer_is_none(desk: Page, collected: Collected) -> None:
    desk.evaluate(
        "document.getElementById('dead').addEventListener('click', () => setTimeout(() => document.title = 'Late', 2700))"
    )
    click(desk, "#dead")
    desk.clock.fast_forward(2550)
    assert told(signals(desk, collected)) == [("dead_click", "#dead", 1)]
    desk.evaluate(
        "document.getElementById('dead').addEventListener('click', () => setTimeout(() => document.title = 'Soon', 2200))"
    )
    click(desk, "#dead")
    desk.clock.fast_forward(2200)
    assert told(signals(desk, collected)) == [("dead_click", "#dead", 1)]


def test_a_click_elsewhere_leaves_the_first_undecided(desk: Page, collected: Collected) -> None:
    click(desk, "#dead", apart=500)
    click(desk, "#assign")
    assert told(signals(desk, collected)) == []


def test_keys_press_dead_buttons_too(desk: Page, collected: Collected) -> None:
    desk.focus("#dead")
    desk.clock.fast_forward(1000)
    desk.keyboard.press("Enter")
    assert told(signals(desk, collected)) == [("dead_click", "#dead", 1)]


def test_rage_is_one_signal_with_its_count(desk: Page, collected: Collected) -> None:
    click(desk, "#dead", times=5)
    spans = signals(desk, collected)
    assert told(spans) == [("rage_click", "#dead", 5), ("dead_click", "#dead", 5)]
    assert spans[0].attributes["exos.frustration.text"] == "Approve"
    click(desk, "#css", times=3, apart=800)
    assert told(signals(desk, collected))[2:] == [("rage_click", "#css", 3)]


def test_rage_before_leaving_is_told(desk: Page, collected: Collected) -> None:
    click(desk, "#css", times=4, apart=50)
    desk.goto("about:blank")
    collected.await_for(lambda: collected.named("rage_click"))
    assert told(collected.named("rage_click")) == [("rage_click", "#css", 4)]


CALM: list[tuple[str, dict[str, int]]] = [
    ("#css", {"times": 2}),
    ("#css", {"times": 4, "apart": 1100}),
    ("#plus", {"times": 8}),
    ("#less", {"times": 8}),
    ("#customer", {"times": 4}),
    ("#rush", {"times": 4}),
    ("#line", {"times": 4}),
    ("#story", {"times": 4, "offset": 40}),
    ("#aside", {"times": 5}),
]


def test_what_is_not_rage(desk: Page, collected: Collected) -> None:
    for element, how in CALM:
        click(desk, element, **how)
        desk.clock.fast_forward(DEAD_MS)
    click(desk, "#css", times=3)
    assert told(signals(desk, collected)) == [("rage_click", "#css", 3)]


GROUPS = {
    "a log in": ('<form><input name="user"><input type="password"><button id="it">Log in</button></form>', True),
    "a hidden field": ('<form><input type="hidden" name="csrf"><button id="it">Pay</button></form>', True),
    "sends a number": ('<form><input type="number"><button id="it">Pay</button></form>', True),
    "a wizard": ('<form><input><button id="it">Next</button></form>', True),
    "a search": ('<div><input><button id="it">Search</button></div>', True),
    "in a form": ('<form><output>1</output><button id="it" type="button">Quarter</button></form>', False),
    "a number": ('<div><button id="it">Quarter</button><input type="number"></div>', False),
    "an own spinner": ('<div><span role="spinbutton">1</span><button id="it">Quarter</button></div>', False),
    "pages": ('<div><button>Previous</button><input value="3"><button id="it">Next</button></div>', False),
    "signs": ('<div><button>▾</button><input value="3"><button id="it">▴</button></div>', False),
}


@pytest.mark.parametrize(("group", "rage"), GROUPS.values(), ids=GROUPS)
def test_rage_beside_fields(desk: Page, collected: Collected, group: str, rage: bool) -> None:
    desk.evaluate("(group) => document.querySelector('h1').insertAdjacentHTML('afterend', group)", group)
    desk.evaluate("it.form?.addEventListener('submit', (event) => event.preventDefault())")
    click(desk, "#it", times=5)
    found = [one for one in told(signals(desk, collected)) if one[0] == "rage_click"]
    assert found == ([("rage_click", "#it", 5)] if rage else [])


def test_selecting_text_is_not_rage(desk: Page, collected: Collected) -> None:
    box = desk.locator("#story").bounding_box()
    assert box is not None
    desk.mouse.click(box["x"] + 60, box["y"] + 8, click_count=3)
    assert desk.evaluate("getSelection().isCollapsed") is False
    assert told(signals(desk, collected)) == []


@pytest.mark.parametrize(
    ("element", "message"),
    [("#throw", "order has no vendor"), ("#reject", "vendor said no"), ("#complain", "no examiner left")],
)
def test_clicks_that_raise_errors(desk: Page, collected: Collected, element: str, message: str) -> None:
    click(desk, element)
    [span] = signals(desk, collected)  # and no dead click besides
    assert told([span]) == [("error_click", element, 1)]
    assert message in span.attributes["exos.frustration.message"]


@pytest.mark.parametrize(
    ("after", "found"),
    [(0, "error_click"), (400, "error_click"), (1200, "dead_click")],
    ids=["at once", "soon", "late"],
)
def test_one_click_is_one_signal(desk: Page, collected: Collected, after: int, found: str) -> None:
    """An error is its only effect: late, nothing tells that the click made it."""
    desk.evaluate(
        """(after) => {
          const fail = () => { Promise.reject(new Error("no vendor")); };
          document.getElementById("dead").addEventListener("click", after ? () => setTimeout(fail, after) : fail);
        }""",
        after,
    )
    click(desk, "#dead", apart=after)
    desk.wait_for_timeout(50)  # browsers tell of a rejection a moment later, whatever the clock says
    assert told(signals(desk, collected)) == [(found, "#dead", 1)]


def test_errors_of_other_causes_are_no_error_clicks(desk: Page, collected: Collected) -> None:
    desk.evaluate("console.error('on its own')")
    click(desk, "#assign", apart=1100)
    desk.evaluate("console.error('much later')")
    click(desk, "#assign")
    desk.evaluate("(console.error('first'), console.error('second'))")
    spans = signals(desk, collected)
    assert told(spans) == [("error_click", "#assign", 1)]
    assert spans[0].attributes["exos.frustration.message"] == "first"


def shake(page: Page, *, times: int, width: int, ms: int, height: int = 4) -> None:
    """Move the mouse to and fro, a pass in `ms`, in four steps each."""
    for number in range(times):
        for step in range(1, 5):
            share = step / 4 if number % 2 == 0 else 1 - step / 4
            page.mouse.move(400 + width * share, 300 + height * (number % 3))
            page.clock.fast_forward(ms // 4)


def test_a_thrashed_cursor(desk: Page, collected: Collected) -> None:
    shake(desk, times=12, width=120, ms=100)
    [span] = signals(desk, collected)
    assert span.name == "thrashed_cursor"
    assert span.attributes["exos.frustration.count"] >= 4


@pytest.mark.parametrize(
    "how",
    [
        {"times": 3, "width": 300, "ms": 300},  # looking for a button
        {"times": 12, "width": 120, "ms": 800},  # slow
        {"times": 5, "width": 120, "ms": 80},  # over in less than a second
    ],
)
def test_moves_that_are_not_thrashing(desk: Page, collected: Collected, how: dict[str, int]) -> None:
    shake(desk, **how)
    assert told(signals(desk, collected)) == []


def test_dragging_is_not_thrashing(desk: Page, collected: Collected) -> None:
    desk.mouse.move(400, 600)
    desk.mouse.down()
    shake(desk, times=12, width=120, ms=100)
    desk.mouse.up()
    assert told(signals(desk, collected)) == []


def test_what_was_tapped_is_put_back(desk: Page) -> None:
    canvas = "CanvasRenderingContext2D.prototype.fillRect"
    calls = f"[fetch, alert, XMLHttpRequest.prototype.send, {canvas}, Element.prototype.animate]"
    desk.evaluate(f"(window.kept = {calls}, null)")
    same = f"{calls}.filter((call, number) => call === kept[number]).length"
    desk.click("#dead")
    assert desk.evaluate(same) == 0
    desk.clock.fast_forward(DEAD_MS)
    assert desk.evaluate(same) == 5
    desk.click("#assign")
    assert desk.evaluate(same) == 5
