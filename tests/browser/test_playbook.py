"""The Playbook page: find, read, run, take along; and what it does when things go wrong."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from .browsing import HOSTILE, axe, settled

Open = Callable[..., Page]
RUN = "**/api/playbook/process/variants/run"


def test_an_analysis_is_found_read_and_run(open_page: Open) -> None:
    page = open_page("/playbook?process=orders")
    page.fill("input[type=search]", "variants")
    expect(page.locator(".analyses a")).to_have_count(page.locator(".analyses a").count())
    page.click(".analyses a:has-text('Variants')")
    expect(page.locator(".lead h2")).to_have_text("Variants")
    expect(page.locator("[aria-label=SQL]")).to_contain_text("GROUP BY")
    expect(page.locator(".column-list").first).to_contain_text("cumulative_share")
    page.click("button:has-text('Run')")
    expect(page.locator(".result tbody tr.way").first).to_contain_text("Order received → Assign examiner")
    assert "run=1" in page.url


def test_a_link_shows_the_same_result_and_row(open_page: Open) -> None:
    page = open_page("/playbook?analysis=process/variants&process=orders&run=1")
    page.locator(".result tbody tr.way").nth(1).click()
    expect(page.locator(".drawer h2")).to_have_text("Row 2")
    text = page.locator(".drawer .facts").inner_text()
    other = open_page(page.url.split("/", 3)[3].join(["/", ""]))
    expect(other.locator(".drawer h2")).to_have_text("Row 2")
    expect(other.locator(".drawer .facts")).to_be_visible()
    assert other.locator(".drawer .facts").inner_text() == text
    assert axe(other) == []
    other.keyboard.press("Escape")
    expect(other.locator(".drawer")).to_have_count(0)
    assert "drawer" not in other.url


def test_a_chart_begins_with_what_the_rows_are_ordered_by(open_page: Open) -> None:
    page = open_page("/playbook?analysis=process/bottlenecks&process=orders&run=1&view=chart")
    expect(page.locator(".result exos-select")).to_contain_text("Total wait hours")


def test_rows_are_doors_for_the_keyboard_too(open_page: Open) -> None:
    page = open_page("/playbook?analysis=process/cases&process=orders&run=1")
    page.locator(".result .door").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.locator(".drawer h2")).to_have_text("Row 200")
    page.keyboard.press("Escape")
    expect(page.locator(".result tr[data-at='199'] .door")).to_be_focused()


def test_only_rows_in_sight_are_in_the_page(open_page: Open) -> None:
    page = open_page("/playbook?analysis=process/cases&process=orders&run=1")
    assert page.locator(".result tbody tr.way").count() < 60
    assert page.locator(".result table").get_attribute("aria-rowcount") == "201"
    page.locator(".result .scroll").evaluate("(box) => (box.scrollTop = box.scrollHeight)")
    expect(page.locator(".result tr[data-at='199']")).to_be_visible()


def test_columns_sort(open_page: Open) -> None:
    page = open_page("/playbook?analysis=process/cases&process=orders&run=1")
    page.click(".result th button:has-text('Duration')")
    expect(page.locator(".result th[aria-sort=descending]")).to_contain_text("Duration")
    page.click(".result th button:has-text('Duration')")
    expect(page.locator(".result th[aria-sort=ascending]")).to_contain_text("Duration")


def test_a_chart_is_drawn_and_saved(open_page: Open) -> None:
    page = open_page("/playbook?analysis=process/trend&process=orders&run=1")
    expect(page.locator(".result canvas")).to_be_visible()
    assert "Chart of" in (page.locator(".result canvas").get_attribute("aria-label") or "")
    page.click("button.export")
    with page.expect_download() as saved:
        page.click("[role=menuitem]:has-text('PNG')")
    assert Path(saved.value.path()).read_bytes().startswith(b"\x89PNG")


def test_filters_and_time_apply_to_a_run(open_page: Open) -> None:
    page = open_page("/playbook?analysis=process/processes&run=1")
    told = page.request.post("/api/playbook/process/processes/run", data={"params": {}}).json()["rows"]
    assert {"orders", "hostile"} <= {row[0] for row in told}
    expect(page.locator(".result tbody tr.way")).to_have_count(len(told))
    page = open_page("/playbook?analysis=process/cases&process=orders&run=1&range=2026-03-01..2026-03-02")
    expect(page.locator(".result header p")).to_contain_text("6 rows")


def test_the_form_knows_its_types(open_page: Open) -> None:
    page = open_page("/playbook?analysis=process/variants&process=orders")
    page.fill("form input[type=number]", "1.5")
    page.click("button:has-text('Run')")
    expect(page.locator("form .problem:visible")).to_have_text("A whole number.")
    expect(page.locator("form input[type=number]")).to_be_focused()
    page.fill("form input[type=number]", "2")
    page.click("button:has-text('Run')")
    expect(page.locator(".result tbody tr.way")).to_have_count(2)
    assert "p.limit=2" in page.url


def test_snippets_say_what_the_form_says(open_page: Open) -> None:
    page = open_page("/playbook?analysis=process/variants&process=orders&p.limit=5&range=2026-03-01..2026-03-31")
    text = page.locator(".snippet code").inner_text().replace(" \\\n  ", " ")
    assert text.startswith(
        "exos run process/variants -p process=orders -p limit=5 -p since=2026-03-01T00:00:00.000Z -p until="
    )
    page.click("label:has-text('HTTP')")
    expect(page.locator(".snippet")).to_contain_text('"limit":5')
    page.click("label:has-text('Python')")
    expect(page.locator(".snippet")).to_contain_text('"process": "orders"')


def test_a_refusal_shows_message_next_step_and_code(open_page: Open) -> None:
    page = open_page("")
    refusal = {"error": {"code": "bad_parameter", "message": "limit is <b>7</b>.", "hint": "At most 5."}}
    page.route(RUN, lambda route: route.fulfill(status=400, json=refusal))
    page.goto("/playbook?analysis=process/variants&process=orders&run=1")
    settled(page)
    expect(page.locator(".result [role=alert]")).to_contain_text("limit is <b>7</b>.")
    expect(page.locator(".result [role=alert]")).to_contain_text("At most 5.")
    expect(page.locator(".result .code")).to_have_text("bad_parameter")
    assert axe(page) == []
    page.faults.forgive("400")  # type: ignore[attr-defined]
    page.unroute(RUN)
    page.click("button:has-text('Try again')")
    expect(page.locator(".result tbody tr.way").first).to_be_visible()


def test_a_slow_run_can_be_cancelled(open_page: Open) -> None:
    page = open_page("/playbook?analysis=process/variants&process=orders")
    waiting: list[Route] = []
    page.route(RUN, lambda route: waiting.append(route))
    page.click("button:has-text('Run')")
    expect(page.locator(".result .bones")).to_be_visible()
    page.click(".result button:has-text('Cancel')")
    expect(page.locator(".result")).to_contain_text("Cancelled")
    assert len(waiting) == 1
    waiting[0].abort()


def test_a_second_run_shows_only_its_own_answer(open_page: Open) -> None:
    page = open_page("/playbook?analysis=process/cases&process=orders&run=1")
    page.click("form button[aria-label^='Order']")
    page.locator(".popover [role=option]:has-text('newest')").click()
    page.click("form button[aria-label^='Order']")
    page.locator(".popover [role=option]:has-text('shortest')").click()
    settled(page)
    expect(page.locator(".result .door").first).to_have_text("T-1070")


def test_hostile_names_are_only_text(open_page: Open) -> None:
    for path in ("process/activities&view=table", "process/dfg&view=chart", "process/variants&view=table"):
        page = open_page(f"/playbook?analysis={path}&process=hostile&run=1")
        if "table" in path:
            page.locator(".result tbody tr.way").first.click()
            expect(page.locator(".drawer .facts")).to_be_visible()
        assert page.evaluate("window.pwned") is None
        assert page.locator("main img, main script, .drawer img, .drawer script").count() == 0
    page = open_page("/playbook?analysis=process/activities&process=hostile&run=1&view=table")
    shown = page.locator(".result tbody").inner_text()
    for name in HOSTILE[:6]:
        assert name in shown
    filters = '[{"property":"activity","op":"=","value":"<img src=x onerror=window.pwned=1>"}]'
    page = open_page(
        f"/playbook?analysis=process/activities&process=hostile&run=1&filters={filters}&range=%3Cb%3E&tz=%3Ci%3E"
    )
    expect(page.locator(".chip").first).to_contain_text("<img src=x onerror=window.pwned=1>")
    assert page.evaluate("window.pwned") is None


def test_no_cell_of_an_export_becomes_a_formula(open_page: Open) -> None:
    page = open_page("/playbook?analysis=process/activities&process=hostile&run=1")
    page.click("button.export")
    with page.expect_download() as saved:
        page.click("[role=menuitem]:has-text('CSV')")
    rows = list(csv.DictReader(io.StringIO(Path(saved.value.path()).read_text(encoding="utf-8-sig"))))
    names = {row["activity"] for row in rows}
    assert '\'=HYPERLINK("http://evil.example","x")' in names
    assert not any(name.startswith(("=", "+", "-", "@")) for name in names)
    assert {row["frequency"] for row in rows} == {"12"}


def test_a_limit_that_cuts_is_told(open_page: Open) -> None:
    page = open_page("/playbook?analysis=process/cases&process=orders&run=1&p.limit=7")
    expect(page.locator(".result header p")).to_contain_text("first 7\u00a0rows, there may be more")
    page = open_page("/playbook?analysis=process/cases&process=orders&run=1")
    expect(page.locator(".result header p")).to_contain_text("200\u00a0rows in")
