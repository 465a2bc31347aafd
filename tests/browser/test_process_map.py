"""The map itself: readable, walkable by keyboard, zoomable; replay, exports, states, narrow screens."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, Route, expect

from .browsing import axe, settled
from .mapping import SEARCH_EXAMINE, arranged, ask, node, slide
from .test_process import opened, query_of

Open = Callable[..., Page]

OVERLAPS = """() => {
  const labels = [...document.querySelectorAll('process-map .label:not(.spare)')];
  const boxes = labels.map((one) => [one.dataset.label, one.getBoundingClientRect()]);
  const nodes = [...document.querySelectorAll('process-map .box')].map((one) => one.getBoundingClientRect());
  const touch = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const inside = (box, p) => p.x > box.left + 1 && p.x < box.right - 1 && p.y > box.top + 3 && p.y < box.bottom - 3;
  const found = [];
  boxes.forEach(([id, box], at) => {
    if (nodes.some((node) => touch(node, box))) found.push(`${id} on a node`);
    if (boxes.slice(at + 1).some(([, other]) => touch(box, other))) found.push(`${id} on a label`);
    for (const line of document.querySelectorAll('process-map .line')) {
      for (let length = 0; length < line.getTotalLength(); length += 3) {
        const point = line.getPointAtLength(length).matrixTransform(line.getScreenCTM());
        if (inside(box, point)) { found.push(`${id} on a line`); break; }
      }
    }
  });
  return {found, labels: boxes.length};
}"""


@pytest.mark.parametrize("paths", [0, 50, 100])
def test_labels_keep_clear_of_everything(open_page: Open, paths: int) -> None:
    page = opened(open_page, f"&activities=6&paths={paths}")
    answer = page.evaluate(OVERLAPS)
    assert answer["found"] == []
    assert answer["labels"] >= 6


def test_the_happy_path_is_a_straight_line(open_page: Open, base: str) -> None:
    page = opened(open_page, "&activities=6")
    happy = ask(base, "process/variants")[0]["variant"]
    xs = {re.search(r"translate\((-?[\d.]+)px", node(page, name).get_attribute("style")).group(1) for name in happy}  # type: ignore[union-attr]
    assert len(xs) == 1


def test_the_keyboard_walks_the_paths(open_page: Open) -> None:
    page = opened(open_page, "&activities=6")
    first = page.locator("process-map [tabindex='0']")
    expect(first).to_have_count(1)
    first.focus()
    page.keyboard.press("ArrowDown")
    focused = "document.activeElement.ariaLabel"
    assert page.evaluate(focused).startswith("Order received → ")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused).startswith("Assign examiner:")
    expect(page.locator(".map-tooltip")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".map-card-box h3")).to_have_text("Assign examiner")
    page.locator("process-map [tabindex='0']").focus()
    page.keyboard.press("Escape")
    expect(page.locator(".map-card-box")).to_have_count(0)
    scale = "document.querySelector('process-map').viewport.transform.scale"
    before = page.evaluate(scale)
    page.keyboard.press("+")
    assert page.evaluate(scale) > before
    page.keyboard.press("0")
    assert page.evaluate(scale) == pytest.approx(before)


def test_wheel_drag_and_buttons_move_the_map(open_page: Open) -> None:
    page = opened(open_page)
    transform = "JSON.stringify(document.querySelector('process-map').viewport.transform)"
    rest = page.evaluate(transform)
    box = page.locator("process-map").bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + box["height"] / 2)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -240)
    page.keyboard.up("Control")
    assert page.evaluate(transform) != rest
    page.click(".zoom button[aria-label^=Fit]")
    assert page.evaluate(transform) == rest
    page.mouse.move(box["x"] + 40, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 140, box["y"] + box["height"] / 2 + 30, steps=5)
    page.mouse.up()
    assert page.evaluate(transform) != rest
    assert "edge" not in query_of(page)
    page.click(".zoom button[aria-label^='Zoom in']")


def test_edges_can_be_taken_along(open_page: Open, base: str, tmp_path: Path) -> None:
    page = opened(open_page)
    page.click(".map-card footer .export")
    with page.expect_download() as download:
        page.click("[role=menuitem]:has-text('CSV')")
    download.value.save_as(tmp_path / "edges.csv")
    rows = list(csv.DictReader((tmp_path / "edges.csv").read_text(encoding="utf-8-sig").splitlines()))
    numbers = {(row["source"], row["target"], int(row["frequency"])) for row in rows}
    assert numbers == {(row["source"], row["target"], row["frequency"]) for row in ask(base, "process/dfg")}


def test_the_map_can_be_taken_along_as_a_picture(open_page: Open, tmp_path: Path) -> None:
    page = opened(open_page, dark=True)
    for kind, ending in (("SVG", "svg"), ("PNG", "png")):
        page.click(".map-card footer .export")
        with page.expect_download() as download:
            page.click(f"[role=menuitem]:has-text('{kind}')")
        assert download.value.suggested_filename == f"orders-map.{ending}"
        download.value.save_as(tmp_path / f"map.{ending}")
    text = (tmp_path / "map.svg").read_text(encoding="utf-8")
    drawing = ElementTree.fromstring(text)
    texts = ["".join(one.itertext()) for one in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert "Order received" in texts
    assert not re.search(r"var\(|okl|light-dark|color\(", re.sub(r"<style.*?</style>", "", text))
    assert any("of all waiting" in one for one in texts)
    assert "data:font/woff2" in text
    assert (tmp_path / "map.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert (tmp_path / "map.png").stat().st_size > 20_000


def test_the_replay_moves_real_cases(open_page: Open) -> None:
    page = opened(open_page)
    page.click(".replay")
    expect(page.locator(".player .count")).to_contain_text("of 200\u00a0cases under way")
    clock = page.locator(".player .clock")
    first = clock.inner_text()
    expect(clock).not_to_have_text(first)
    page.click(".player [aria-label=Pause]")
    expect(page.locator(".player [aria-label=Play]")).to_be_visible()
    scrub = "(input) => { input.value = 500; input.dispatchEvent(new Event('input')); }"
    page.locator(".player input[type=range]").evaluate(scrub)
    expect(page.locator(".player .count")).not_to_have_text("0 of 200\u00a0cases under way")
    painted = page.evaluate(
        """() => { const canvas = document.querySelector('process-map canvas');
        return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0); }"""
    )
    assert painted
    assert query_of(page)["replay"] == "1"
    page.click("[aria-label='Close the replay']")
    expect(page.locator(".player")).to_be_hidden()


def test_who_wants_no_motion_gets_a_still_replay(open_page: Open) -> None:
    page = opened(open_page, "&replay=1", reduced_motion="reduce")
    expect(page.locator(".player .count")).to_contain_text("under way")
    expect(page.locator(".player [aria-label=Play]")).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (1440, True), (390, False)])
def test_axe_finds_nothing(open_page: Open, width: int, dark: bool) -> None:
    query = f"&replay=1&edge={json.dumps(SEARCH_EXAMINE)}"
    page = opened(open_page, query, width=width, dark=dark, reduced_motion="reduce")
    expect(page.locator(".map-card-box")).to_be_visible()
    assert axe(page) == []


def test_a_case_drawer_has_no_barriers(open_page: Open) -> None:
    page = opened(open_page, '&drawer=[["case",{"case":"T-1003"}]]')
    expect(page.locator("exos-drawer .timeline .event").first).to_be_visible()
    assert axe(page) == []


def test_narrow_screens_show_the_map_first_and_scroll_only_down(open_page: Open) -> None:
    page = opened(open_page, width=390, height=844, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    tops = [page.locator(one).bounding_box()["y"] for one in (".map-card", ".kpis", ".variants", ".cases")]  # type: ignore[index]
    assert tops == sorted(tops)
    node(page, "Examine").tap()
    expect(page.locator(".map-card-box h3")).to_have_text("Examine")


def test_a_phone_shows_the_start_and_texts_that_can_be_read(open_page: Open) -> None:
    page = opened(open_page, width=390, height=844, has_touch=True)
    start = page.locator("process-map .node.start .ring").bounding_box()
    assert start
    for cover in (".map-card .zoom", ".map-card .map-legend"):
        box = page.locator(cover).bounding_box()
        assert box
        assert box["y"] + box["height"] <= start["y"]
    assert page.evaluate("14 * document.querySelector('process-map').viewport.transform.scale") >= 10.5


def swipe(page: Page, x: float, y: float, distance: float) -> None:
    """A finger that is laid down and moved up or down."""
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *points: dict[str, float]) -> None:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    touch("touchStart", {"x": x, "y": y})
    # It rests in the end: a page that still glides takes the next tap for a stop.
    for step in range(1, 31):
        touch("touchMove", {"x": x, "y": y + distance * min(step, 20) / 20 + step % 2 / 2})
        page.wait_for_timeout(16)
    touch("touchEnd")
    page.wait_for_timeout(200)


def test_a_finger_on_the_map_scrolls_the_page_and_is_told_how_to_move_the_map(open_page: Open) -> None:
    page = opened(open_page, width=390, height=844, has_touch=True)
    swipe(page, 195, 700, -500)
    assert page.evaluate("scrollY") > 300
    expect(page.locator("exos-toast")).to_contain_text("Two fingers move the map")
    # What is told goes away by itself.
    page.locator("exos-toast button", has_text="Full screen").tap()
    expect(page.locator(".map-card:fullscreen")).to_be_visible()
    assert axe(page) == []


def test_on_the_whole_screen_one_finger_moves_the_map(open_page: Open) -> None:
    page = open_page("", width=390, height=844, has_touch=True)
    # As on phones that have no full screen for pages.
    page.add_init_script("delete Element.prototype.requestFullscreen")
    page.goto("/process?process=orders&range=all")
    arranged(page)
    page.locator(".map-card .zoom button[aria-label='Full screen']").tap()
    box = page.locator(".map-card").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
    before = page.evaluate("document.querySelector('process-map').viewport.transform.y")
    swipe(page, 195, 500, -200)
    assert page.evaluate("document.querySelector('process-map').viewport.transform.y") < before - 100
    assert page.evaluate("scrollY") == 0
    page.locator(".map-card .zoom button[aria-label='Full screen']").tap()
    assert page.locator(".map-card").bounding_box()["y"] > 0  # type: ignore[index]


def test_a_table_says_that_there_is_more_to_the_side(open_page: Open) -> None:
    page = opened(open_page, '&drawer=[["paths",{}]]', width=390)
    table = page.locator("exos-drawer exos-table")
    expect(table).to_have_attribute("more", "")
    table.locator(".scroll").evaluate("(one) => one.scrollTo(one.scrollWidth, 0)")
    expect(table).not_to_have_attribute("more", "")


def test_an_empty_selection_says_so(open_page: Open) -> None:
    page = open_page("/process?process=orders&range=2020-01-01..2020-01-31")
    expect(page.locator(".map-card .notice")).to_contain_text("No cases here")
    page.click(".map-card .notice button")
    arranged(page)
    assert "range" not in query_of(page)


def test_an_unknown_process_offers_the_known(open_page: Open) -> None:
    page = open_page("/process?process=nothing")
    expect(page.locator(".map-card .notice")).to_contain_text("There is no process “nothing”")
    page.faults.forgive("404")  # type: ignore[attr-defined]
    page.click(".map-card .notice button:has-text('orders')")
    arranged(page)


def test_an_error_shows_its_code_and_goes_away(open_page: Open) -> None:
    page = open_page("")
    failing = {"on": True}

    def answer(route: Route) -> None:
        if failing["on"]:
            body = '{"error":{"code":"query_timeout","message":"The query took too long.","hint":"Choose a shorter range."}}'
            route.fulfill(status=408, body=body, content_type="application/json")
        else:
            route.continue_()

    page.route("**/process/dfg/run", answer)
    page.goto("/process?process=orders")
    settled(page)
    expect(page.locator(".map-card .notice.error")).to_contain_text("Choose a shorter range.")
    expect(page.locator(".map-card .notice .code")).to_have_text("query_timeout")
    failing["on"] = False
    page.click(".map-card .notice button")
    arranged(page)
    page.faults.forgive("408")  # type: ignore[attr-defined]


def test_hostile_names_are_only_text(open_page: Open) -> None:
    page = open_page("/process?process=hostile")
    arranged(page)
    slide(page, "paths", 90)
    page.locator("process-map .node.activity").nth(1).hover()
    assert page.evaluate("window.pwned") is None
    assert page.locator("process-map img, process-map script").count() == 0


def test_the_page_is_light_and_soon_there(open_page: Open) -> None:
    page = open_page("")
    sizes: dict[str, int] = {}

    def add(request: object) -> None:
        url, kind = request.url, request.resource_type  # type: ignore[attr-defined]
        if "/vendor/pages/" in url or (("/portal/" in url or kind == "document") and "/vendor/" not in url):
            sizes[url] = request.sizes()["responseBodySize"]  # type: ignore[attr-defined]

    page.on("requestfinished", add)
    page.goto("/process?process=orders")
    arranged(page)
    settled(page)
    assert any("map-worker" in url for url in sizes)
    assert sum(sizes.values()) <= 138_000, sizes
