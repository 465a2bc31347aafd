"""The shell around every page: cleanliness, the address as state, time, filters, keys, colours, narrow screens."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from .browsing import axe, settled, specimen

Open = Callable[..., Page]
MARCH = "range=2026-03-01..2026-03-31"
RUN = "/playbook?analysis=process/variants&process=orders&run=1&view=chart"
PAGES = ["/", "/playbook", RUN, f"/playbook?process=orders&{MARCH}"]


def query(page: Page) -> dict[str, str]:
    """The parameters in the address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("width", "dark"), [(1440, False), (1440, True), (390, False)])
def test_pages_are_clean(open_page: Open, path: str, width: int, dark: bool) -> None:
    page = open_page(path, width=width, dark=dark)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert axe(page) == []


@pytest.mark.parametrize(("keys", "dark"), [("/", False), ("?", True), ("f", True), ("t", False)])
def test_overlays_are_clean(open_page: Open, keys: str, dark: bool) -> None:
    page = open_page(f"/playbook?analysis=process/cases&process=orders&{MARCH}", dark=dark)
    page.keyboard.press(keys)
    page.wait_for_selector("dialog[open], .popover")
    page.wait_for_load_state("networkidle")
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open], .popover")).to_have_count(0)


@pytest.mark.parametrize(
    ("answer", "told", "fault"),
    [
        ({"body": "const = 1;"}, r"does not work: SyntaxError: .*playbook\.js, line 1\)", "Unexpected token"),
        (
            {"body": "nothing.there();"},
            r"does not work: ReferenceError: nothing is not defined \(.*playbook\.js, line 1",
            "nothing",
        ),
        (
            {"body": "import './absent.js';"},
            r"does not work: .*playbook\.js, or what it imports, cannot be loaded",
            "404",
        ),
        ({"status": 404, "body": ""}, r"does not work: .*playbook\.js, or what it imports, cannot be loaded", "404"),
    ],
)
def test_a_page_whose_module_does_not_run_says_so(
    open_page: Open, answer: dict[str, Any], told: str, fault: str
) -> None:
    page = open_page("")
    page.route(
        re.compile(r"/pages/playbook\.js$"), lambda route: route.fulfill(content_type="text/javascript", **answer)
    )
    page.goto("/playbook")
    expect(page.get_by_role("alert")).to_have_text(re.compile(told))
    page.faults.forgive(fault)  # type: ignore[attr-defined]


def test_every_link_of_the_navigation_leads_to_a_page(open_page: Open) -> None:
    page = open_page("/")
    links = page.eval_on_selector_all(".rail .nav a", "links => links.map((link) => link.href)")
    assert len(links) >= 3
    assert [link for link in links if page.request.get(link).status != 200] == []


def test_range_zone_and_filters_follow_to_the_next_page(open_page: Open) -> None:
    filters = json.dumps([{"property": "region", "op": "=", "value": "Texas"}])
    page = open_page(f"/playbook?process=orders&{MARCH}&tz=America/Chicago&filters={quote(filters)}")
    expect(page.locator("exos-range .range")).to_have_text("1 Mar – 31 Mar 2026")
    expect(page.locator("exos-zone button")).to_have_text("America/Chicago")
    expect(page.locator(".chip").first).to_contain_text("= Texas")
    page.click(".nav a[data-page=index]")
    settled(page)
    assert query(page) == {
        "process": "orders",
        "range": "2026-03-01..2026-03-31",
        "tz": "America/Chicago",
        "filters": filters,
    }


def test_back_forward_and_reload_restore_what_was_set(open_page: Open) -> None:
    page = open_page("/playbook?analysis=process/cases&process=orders")
    page.click("exos-range .range")
    page.click(".presets button:has-text('Last 7 days')")
    expect(page.locator("exos-range .range")).to_have_text("Last 7 days")
    page.click("exos-zone button")
    page.keyboard.type("chicago")
    page.keyboard.press("Enter")
    expect(page.locator("exos-zone button")).to_have_text("America/Chicago")
    page.go_back()
    expect(page.locator("exos-zone button")).to_have_text("UTC")
    page.go_back()
    expect(page.locator("exos-range .range")).to_have_text("All time")
    page.go_forward()
    page.reload()
    settled(page)
    expect(page.locator("exos-range .range")).to_have_text("Last 7 days")


def test_time_moves_by_one_range_and_compares(open_page: Open) -> None:
    page = open_page("")
    specimen(page, '<exos-shell heading="Specimen"><main id="main"></main></exos-shell>', f"?process=orders&{MARCH}")
    page.keyboard.press("[")
    assert query(page)["range"] == "2026-02-01..2026-02-28"
    page.keyboard.press("]")
    page.keyboard.press("ArrowRight")
    assert query(page)["range"] == "2026-04-01..2026-04-30"
    page.keyboard.press("x")
    assert query(page)["compare"] == "previous"
    expect(page.locator("exos-compare")).to_have_text("vs1 Mar – 31 Mar 2026")
    page.click("exos-compare button")
    page.click("[role=menuitemradio]:has-text('last year')")
    expect(page.locator("exos-compare")).to_have_text("vs1 Apr – 30 Apr 2025")
    page.keyboard.press("x")
    assert "compare" not in query(page)


def test_a_range_is_picked_in_the_calendar(open_page: Open) -> None:
    page = open_page(f"/playbook?process=orders&{MARCH}")
    page.click("exos-range .range")
    page.click("[data-day='2026-03-09']")
    page.click("[data-day='2026-03-05']")
    page.click("button:has-text('Apply')")
    assert query(page)["range"] == "2026-03-05..2026-03-09"
    expect(page.locator("exos-range .range")).to_have_text("5 Mar – 9 Mar 2026")


def test_a_filter_is_added_edited_and_removed(open_page: Open) -> None:
    page = open_page("/playbook?analysis=process/summary&process=orders&run=1")
    page.keyboard.press("f")
    page.wait_for_selector(".filter-form")
    page.keyboard.type("region")
    page.keyboard.press("Enter")
    page.locator(".filter-form [role=option]:has-text('Ohio')").click()
    expect(page.locator(".chip").first).to_contain_text("region = Ohio")
    assert json.loads(query(page)["filters"]) == [{"property": "region", "op": "=", "value": "Ohio"}]
    page.click(".chip >> nth=0 >> button >> nth=0")
    page.locator(".filter-form [role=option]:has-text('Maine')").click()
    assert json.loads(query(page)["filters"])[0]["value"] == "Maine"
    page.click("[aria-label^='Remove filter']")
    expect(page.locator(".chip")).to_have_count(1)
    assert "filters" not in query(page)


def test_a_path_filter_takes_two_activities(open_page: Open) -> None:
    page = open_page("/playbook?analysis=process/summary&process=orders")
    page.keyboard.press("f")
    page.wait_for_selector(".filter-form")
    page.keyboard.type("directly")
    page.keyboard.press("Enter")
    for label, activity in (("From", "Title search"), ("To", "Examine")):
        page.click(f".filter-form .pair button[aria-label^='{label}']")
        page.get_by_role("option", name=activity, exact=True).click()
    page.click(".filter-form button:has-text('Apply')")
    expect(page.locator(".chip").first).to_contain_text("passes Title search → Examine")
    assert json.loads(query(page)["filters"]) == [{"property": "path", "op": "=", "value": ["Title search", "Examine"]}]


def test_a_duration_filter_reads_what_people_write(open_page: Open) -> None:
    page = open_page("/playbook?analysis=process/summary&process=orders")
    page.keyboard.press("f")
    page.wait_for_selector(".filter-form")
    page.keyboard.type("duration")
    page.keyboard.press("Enter")
    page.fill(".filter-form input[aria-label=Value]", "soon")
    page.keyboard.press("Enter")
    expect(page.locator(".filter-form [role=alert]")).to_have_text("Write it like 2 d 4 h.")
    page.fill(".filter-form input[aria-label=Value]", "1 d 12 h")
    page.keyboard.press("Enter")
    assert json.loads(query(page)["filters"]) == [{"property": "duration_seconds", "op": ">", "value": 129600}]


def test_the_palette_jumps_to_a_process(open_page: Open) -> None:
    page = open_page("/settings")
    page.keyboard.press("Control+k")
    page.keyboard.type("orde")
    page.locator(".palette [role=option]:has-text('orders')").first.click()
    page.wait_for_url("**/process?process=orders")


def test_the_palette_jumps_to_an_analysis(open_page: Open) -> None:
    page = open_page("/?process=orders")
    page.keyboard.press("/")
    page.keyboard.type("rework")
    page.locator(".palette [role=option]:has-text('process/rework')").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/playbook"))
    settled(page)
    assert query(page) == {"process": "orders", "analysis": "process/rework"}


def test_g_and_a_letter_go_to_a_page(open_page: Open) -> None:
    page = open_page("/")
    page.keyboard.press("g")
    page.keyboard.press("b")
    page.wait_for_url(re.compile("/playbook"))
    settled(page)


def test_keys_are_left_to_fields(open_page: Open) -> None:
    page = open_page("/playbook")
    page.click("input[type=search]")
    page.keyboard.type("g/x?[")
    expect(page.locator("input[type=search]")).to_have_value("g/x?[")
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_the_skip_link_comes_first_and_works(open_page: Open) -> None:
    page = open_page("/playbook?process=orders")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_share_copies_an_address_that_stays_the_same(open_page: Open) -> None:
    page = open_page("/playbook?process=orders&range=7d", permissions=["clipboard-read", "clipboard-write"])
    page.click("button:has-text('Share')")
    expect(page.locator("exos-toast")).to_contain_text("Link copied, with these dates")
    copied = parse_qs(urlsplit(page.evaluate("navigator.clipboard.readText()")).query)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d", copied["range"][0])
    assert copied["process"] == ["orders"]
    assert copied["tz"] == ["UTC"]


PAINTS = """
window.paints = [];
const look = () => {
  const shell = document.querySelector('exos-shell');
  const rail = shell && getComputedStyle(shell).gridTemplateColumns.split(' ')[0];
  if (document.body) paints.push([getComputedStyle(document.body).backgroundColor, rail]);
  if (paints.length < 30) requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
PAINTED = (
    "new Promise((done) => { const wait = () => (paints.length > 3 ? done() : requestAnimationFrame(wait)); wait(); })"
)


def test_chosen_colours_and_folded_navigation_never_flash(open_page: Open) -> None:
    page = open_page("/playbook")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click(".rail .theme")
    page.click("[role=menuitemradio]:has-text('Dark')")
    page.keyboard.press("\\")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark != light
    page.context.add_init_script(PAINTS)
    page.reload()
    settled(page)
    page.evaluate(PAINTED)
    paints = [tuple(paint) for paint in page.evaluate("paints")]
    assert {colour for colour, _ in paints} == {dark}
    assert {width for _, width in paints if width} == {"53px"}


def test_colours_follow_the_system_until_chosen(open_page: Open) -> None:
    page = open_page("/")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_the_narrow_navigation_is_a_drawer(open_page: Open) -> None:
    page = open_page("/playbook", width=390, height=844)
    expect(page.locator(".rail")).to_be_hidden()
    page.click(".burger")
    expect(page.locator(".nav-drawer a[data-page=index]")).to_be_visible()
    assert axe(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(".nav-drawer")).to_have_count(0)


def test_an_unknown_address_says_so(open_page: Open) -> None:
    page = open_page("/no-such-page")
    expect(page.locator("main")).to_contain_text("There is no page at this address")
    assert axe(page) == []
    page.faults.forgive("404")  # type: ignore[attr-defined]
