"""The overview: every section alive, every number a door, and what it says when there is nothing or nobody answers."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, Route, expect

from .browsing import HOSTILE, axe, settled

Open = Callable[..., Page]
SESSIONS = 7
DESK = "https://desk.example/orders"


def attributes(values: dict[str, str]) -> list[dict[str, Any]]:
    return [{"key": key, "value": {"stringValue": value}} for key, value in values.items()]


def span(number: int, name: str, scope: str, seconds_ago: float, more: dict[str, str]) -> dict[str, Any]:
    start = time.time_ns() - int(seconds_ago * 1e9)
    one = {
        "traceId": f"{number:032x}",
        "spanId": f"{number:016x}",
        "name": name,
        "kind": 1,
        "startTimeUnixNano": str(start),
    }
    return {
        "scope": {"name": scope},
        "spans": [{**one, "endTimeUnixNano": str(start + 10**9), "attributes": attributes(more)}],
    }


def session(number: int) -> dict[str, Any]:
    """A page, a click and a rage click on it, while a case is open."""
    common = {"location.href": DESK, "userId": HOSTILE[number % len(HOSTILE)].replace("\u0000", "")}
    work = {**common, "exos.context.process": "orders", "exos.context.case_id": f"T-{1000 + number}"}
    met = {**work, "exos.frustration.element": "button#search", "exos.frustration.text": "Search"}
    first, ago = 100 * (number + 1), 600.0 * (number + 1)
    scopes = [
        span(first, "documentLoad", "@opentelemetry/instrumentation-document-load", ago, common),
        span(first + 1, "click", "@opentelemetry/instrumentation-user-interaction", ago - 5, work),
        span(first + 2, "rage_click", "custom-action", ago - 6, met),
    ]
    resource = attributes({"service.name": "order-desk", "rum.sessionId": f"{number + 1:032x}"})
    return {"resource": {"attributes": resource}, "scopeSpans": scopes}


def model_call() -> dict[str, Any]:
    told = {
        "gen_ai.operation.name": "chat", "gen_ai.provider.name": "northlight", "gen_ai.request.model": "northlight-small",
        "gen_ai.usage.input_tokens": "1200", "gen_ai.usage.output_tokens": "80", "gen_ai.usage.cost": "0.25",
    }  # fmt: skip
    resource = attributes({"service.name": "assistant"})
    return {
        "resource": {"attributes": resource},
        "scopeSpans": [span(9000, "chat northlight-small", "assistant", 60, told)],
    }


@pytest.fixture(scope="module")
def telemetry(base: str) -> None:
    """Some sessions of an order desk, and one call of a model."""
    with urlopen(f"{base}/api/keys") as answer:
        key = json.load(answer)["keys"][0]["key"]
    body = json.dumps({"resourceSpans": [*map(session, range(SESSIONS)), model_call()]}).encode()
    headers = {"Content-Type": "application/json", "Authorization": key}
    urlopen(Request(f"{base}/v1/traces", body, headers), timeout=30).close()
    # Free SQL waits for what was just sent; pages do not.
    counted = Request(
        f"{base}/api/query", b'{"sql": "SELECT count() FROM spans"}', {"Content-Type": "application/json"}
    )
    urlopen(counted, timeout=30).close()


def ask(base: str, slug: str, **params: Any) -> list[dict[str, Any]]:
    body = json.dumps({"params": params}).encode()
    with urlopen(Request(f"{base}/api/playbook/{slug}/run", body, {"Content-Type": "application/json"})) as answer:
        table = json.load(answer)
    return [dict(zip([one["name"] for one in table["columns"]], row, strict=True)) for row in table["rows"]]


def tile(page: Page, label: str) -> Any:
    return page.locator("exos-kpi", has=page.locator(f".label:text-is('{label}')"))


@pytest.mark.usefixtures("telemetry")
@pytest.mark.parametrize(("width", "dark"), [(1440, False), (1440, True), (390, False), (390, True)])
def test_the_page_is_clean(open_page: Open, width: int, dark: bool) -> None:
    page = open_page("/?range=all", width=width, dark=dark)
    expect(page.locator("main > section:not([hidden])")).to_have_count(3)
    expect(page.locator("exos-kpi .value")).to_have_count(8)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert axe(page) == []
    assert page.evaluate("window.pwned") is None


@pytest.mark.usefixtures("telemetry")
def test_figures_are_those_of_the_analyses(open_page: Open, base: str) -> None:
    page = open_page("/?range=all")
    [summary] = ask(base, "sessions/summary")
    expect(tile(page, "Sessions").locator(".value")).to_have_text(str(summary["sessions"]))
    expect(tile(page, "Frustration signals").locator(".value")).to_have_text(str(summary["frustrations"]))
    expect(tile(page, "AI cost").locator(".value")).to_have_text("$0.25")
    card = page.locator(".processes .card", has_text="orders")
    expect(card).to_contain_text("200")
    [row] = [row for row in ask(base, "process/portfolio") if row["process"] == "orders"]
    expect(card.locator(".slowest")).to_contain_text(f"{row['source']} → {row['target']}")


@pytest.mark.usefixtures("telemetry")
def test_from_a_number_to_the_session_to_the_case(open_page: Open) -> None:
    page = open_page("/?range=all")
    tile(page, "Frustration signals").locator(".door").click()
    page.locator("exos-drawer").last.locator("tbody .door", has_text="Rage clicks").first.click()
    sessions = page.locator("exos-drawer").last
    expect(sessions.locator("h2")).to_have_text("Rage clicks on /orders")
    expect(sessions.locator("header p")).to_contain_text(f"{SESSIONS}\u00a0sessions")
    sessions.locator("tbody .door").first.click()
    one = page.locator("exos-drawer").last
    expect(one.locator(".timeline .event.frustration")).to_contain_text("Rage clicks")
    expect(one.locator(".timeline .event.frustration")).to_contain_text("Search")
    assert axe(page) == []
    page.reload()
    settled(page)
    expect(page.locator("exos-drawer").last.locator(".timeline .event.page")).to_contain_text("/orders")
    page.locator("exos-drawer").last.locator("a.link", has_text="T-10").click()
    expect(page.locator("exos-drawer h2")).to_contain_text("Case T-10")
    assert urlsplit(page.url).path == "/process"


@pytest.mark.usefixtures("telemetry")
def test_from_the_cost_of_a_model_to_the_trace_of_a_call(open_page: Open) -> None:
    page = open_page("/?range=all")
    page.locator("section[aria-label='AI'] tbody .door", has_text="northlight-small").click()
    calls = page.locator("exos-drawer").last
    expect(calls.locator("h2")).to_have_text("Calls of northlight-small")
    expect(calls.locator("header p")).to_contain_text("1\u00a0call, newest first")
    calls.locator("tbody .door").first.click()
    trace = page.locator("exos-drawer").last
    expect(trace.locator("tbody tr")).to_contain_text("chat northlight-small")
    assert axe(page) == []
    page.go_back()
    page.go_back()
    tile(page, "AI success").locator(".door").click()
    expect(page.locator("exos-drawer").last).to_contain_text("No such call in this range.")


def test_from_a_metric_to_the_places_where_it_is_high(open_page: Open) -> None:
    page = open_page("")
    names = (
        "metric",
        "unit",
        "series",
        "points",
        "mean",
        "p95",
        "highest",
        "highest_at",
        "latest",
        "attributes",
        "about",
    )
    when = "2026-03-02T09:00:00Z"
    places = [
        ["latency", "ms", site, 2, mean, mean, mean, when, mean, ["site"], "How late answers are"]
        for site, mean in (("Brennick 2", 80.0), ("Farholm 1", 30.25))
    ]

    def answer(route: Route) -> None:
        by = json.loads(route.request.post_data or "{}")["params"].get("by")
        rows = places if by == "site" else [["latency", "ms", "", 4, 55.1, 80, 80, when, 30, ["site"], ""]]
        columns = [{"name": name, "type": "String"} for name in names]
        route.fulfill(
            json={"columns": columns, "rows": rows, "statistics": {"elapsed": 0, "rows_read": 4, "bytes_read": 0}}
        )

    page.route("**/api/playbook/metrics/gauges/run", answer)
    page.goto("/?range=all")
    settled(page)
    page.locator("section[aria-label='Metrics'] tbody .door", has_text="latency").click()
    drawer = page.locator("exos-drawer").last
    expect(drawer.locator("header p")).to_have_text("How late answers are · 2\u00a0places, the highest first")
    expect(drawer.locator("tbody tr").first).to_contain_text("Brennick 2")
    expect(drawer.locator("tbody tr").last).to_contain_text("30.3 ms")
    assert axe(page) == []


@pytest.mark.usefixtures("telemetry")
def test_the_palette_finds_cases_and_sessions(open_page: Open) -> None:
    page = open_page("/?range=all")
    page.keyboard.press("Control+k")
    page.keyboard.type(f"{1:032x}"[-12:])
    page.locator(".palette [role=option]:has-text('Session of')").first.click()
    expect(page.locator("exos-drawer .timeline .event").first).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("t-1003")
    page.locator(".palette [role=option]:has-text('Case T-1003')").click()
    expect(page.locator("exos-drawer h2")).to_have_text("Case T-1003")
    assert urlsplit(page.url).path == "/process"


def test_a_range_that_cannot_be_read_becomes_the_default(open_page: Open) -> None:
    page = open_page("/?range=2026-03-31..2026-03-01")
    expect(page.locator("exos-shell > .told")).to_contain_text("a time range (2026-03-31..2026-03-01)")
    expect(page.locator(".processes .card").first).to_be_visible()
    assert "range" not in urlsplit(page.url).query


def test_the_slowest_hand_over_leads_to_its_edge(open_page: Open) -> None:
    page = open_page("/?range=all")
    page.locator(".processes .card", has_text="orders").locator(".slowest").click()
    page.wait_for_url("**/process**")
    edge = json.loads(parse_qs(urlsplit(page.url).query)["edge"][0])
    expect(page.locator(".map-card-box h3")).to_have_text(f"{edge[0]} → {edge[1]}")


@pytest.mark.usefixtures("telemetry")
def test_a_comparison_shows_what_changed(open_page: Open) -> None:
    page = open_page("/?range=2026-03-16..2026-03-31&compare=previous")
    expect(page.locator(".processes .delta").first).to_be_visible()
    expect(page.locator("main > section[aria-label='Experience']")).to_be_hidden()


def test_a_range_without_anything_offers_all_time(open_page: Open) -> None:
    page = open_page("/?range=2019-01-01..2019-01-31")
    expect(page.locator(".welcome")).to_contain_text("Nothing in this range")
    page.click(".welcome button:has-text('All time')")
    expect(page.locator(".processes .card").first).to_be_visible()


def test_an_empty_store_says_what_to_do(open_page: Open) -> None:
    page = open_page("")
    nothing = {"columns": [], "rows": [], "statistics": {"elapsed": 0, "rows_read": 0, "bytes_read": 0}}
    page.route("**/api/playbook/**/run", lambda route: route.fulfill(json=nothing))
    page.goto("/?range=all")
    settled(page)
    expect(page.locator(".welcome")).to_contain_text("Nothing to look at yet")
    expect(page.locator(".command").last).to_contain_text("exos demo")
    assert axe(page) == []


@pytest.mark.usefixtures("telemetry")
def test_a_server_that_is_gone_is_told_and_can_be_tried_again(open_page: Open) -> None:
    page = open_page("")

    def refuse(route: Route) -> None:
        route.abort("connectionrefused")

    page.route("**/api/playbook/**/run", refuse)
    page.goto("/?range=all")
    expect(page.locator("main [role=alert]").first).to_contain_text("The server does not answer.")
    page.faults.forgive("ERR_CONNECTION_REFUSED")  # type: ignore[attr-defined]
    page.unroute("**/api/playbook/**/run")
    page.locator("button:has-text('Try again')").first.click()
    expect(page.locator(".processes")).to_contain_text("orders")
    expect(tile(page, "Sessions").locator(".value")).to_have_text(str(SESSIONS))
    expect(page.locator("main [role=alert]")).to_have_count(0)


@pytest.mark.usefixtures("telemetry")
def test_no_number_of_another_range_stays_when_the_server_is_gone(open_page: Open) -> None:
    page = open_page("/?range=all")
    expect(tile(page, "Sessions").locator(".value")).to_have_text(str(SESSIONS))
    page.route("**/api/playbook/**/run", lambda route: route.abort("connectionrefused"))
    page.click("exos-range .range")
    page.click(".presets button:has-text('Last 7 days')")
    for label in ("Sessions", "Errors", "AI calls"):
        expect(tile(page, label).locator(".value")).to_have_text("–")
    expect(page.locator("main [role=alert]").first).to_be_visible()
    expect(page.locator("section[aria-label='Experience'] tbody .door").first).to_be_hidden()
    page.faults.forgive("ERR_CONNECTION_REFUSED")  # type: ignore[attr-defined]
