"""The overview: every section alive, every number a door, and what it says when there is nothing or nobody answers."""

from __future__ import annotations

import json
import re
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
    # Whose sessions these are is said where they are counted and where they are listed.
    expect(page.locator("section[aria-label='Experience'] h2")).to_contain_text("without this portal’s own")
    tile(page, "Sessions").locator(".door").click()
    expect(page.locator("exos-drawer header p")).to_contain_text("newest first, without this portal’s own")
    page.go_back()
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
    # All of the session, and not only its rage click, which took no time.
    expect(sessions.locator("tbody tr").first).to_contain_text(re.compile(r"[67](\.\d+)?\u00a0s"))
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


Answer = Callable[[dict[str, Any]], list[dict[str, Any]]]


def answering(page: Page, answers: dict[str, Answer]) -> None:
    """The analyses given answer these rows, by their parameters; of the kinds of their columns the page knows the names."""

    def answer(route: Route) -> None:
        slug = urlsplit(route.request.url).path.removeprefix("/api/playbook/").removesuffix("/run")
        rows = answers[slug](json.loads(route.request.post_data or "{}")["params"])
        columns = [{"name": name, "type": "String"} for name in (rows[0] if rows else {})]
        table = {"columns": columns, "rows": [list(row.values()) for row in rows]}
        route.fulfill(json={**table, "statistics": {"elapsed": 0, "rows_read": 4, "bytes_read": 0}})

    for slug in answers:
        page.route(f"**/api/playbook/{slug}/run", answer)


def gauge(site: str, mean: float) -> dict[str, Any]:
    when = "2026-03-02T09:00:00Z"
    values = {"points": 2, "mean": mean, "p95": mean, "highest": mean, "highest_at": when, "latest": mean}
    about = "How late answers are"
    return {"metric": "latency", "unit": "ms", "series": site, **values, "attributes": ["site"], "about": about}


def test_from_a_metric_to_the_places_where_it_is_high(open_page: Open) -> None:
    page = open_page("")
    asked: list[dict[str, Any]] = []

    def course(params: dict[str, Any]) -> list[dict[str, Any]]:
        asked.append(params)
        hours = [
            {
                "time": f"2026-03-{day:02}T{hour:02}:00:00.000000Z",
                "points": 2,
                "mean": 30.0,
                "highest": 31,
                "usual": 29.0,
                "weeks": 3,
            }
            for day in (4, 12)
            for hour in range(24)
        ]
        # Higher than ever, and as every week; then not as high, and as never.
        hours[3] |= {"mean": 500.0, "usual": 490.0}
        hours[24 + 15] |= {"mean": 90.0, "usual": 25.0}
        return hours

    def places(params: dict[str, Any]) -> list[dict[str, Any]]:
        return (
            [gauge("Brennick 2", 80.0), gauge("Farholm 1", 30.25)] if params.get("by") == "site" else [gauge("", 55.1)]
        )

    answering(page, {"metrics/gauges": places, "metrics/trend": course})
    page.goto("/?range=2026-03-10..2026-03-16")
    settled(page)
    page.locator("section[aria-label='Metrics'] tbody .door", has_text="latency").click()
    drawer = page.locator("exos-drawer").last
    expect(drawer.locator("header p")).to_have_text("How late answers are · 2\u00a0places, the highest first")
    expect(drawer.locator("exos-chart h3")).to_have_text("Brennick 2: 90 ms on Thu 12 Mar, 15:00, where 25 ms is usual")
    expect(drawer.locator("tbody tr").first).to_contain_text("Brennick 2")
    expect(drawer.locator("tbody tr").last).to_contain_text("30.3 ms")
    assert axe(page) == []
    assert (asked[0]["series"], asked[0]["interval"], asked[0]["since"][:10]) == ("Brennick 2", "hour", "2026-02-10")
    drawer.locator("tbody .door", has_text="Farholm 1").click()
    place = page.locator("exos-drawer").last
    expect(place.locator("h2")).to_have_text("Farholm 1")
    expect(place.locator("tbody tr").first).to_contain_text("12 Mar 2026, 15:00")
    expect(place.locator("tbody")).not_to_contain_text("4 Mar")
    assert axe(page) == []


def test_what_nobody_can_know_to_be_unusual_is_not_called_so(open_page: Open) -> None:
    page = open_page("")
    known = {"time": "2026-03-12T15:00:00.000000Z", "points": 2, "mean": 90.0, "highest": 91, "usual": 25.0, "weeks": 1}
    answering(page, {"metrics/gauges": lambda _: [gauge("Brennick 2", 80.0)], "metrics/trend": lambda _: [known]})
    page.goto("/?range=2026-03-10..2026-03-16")
    settled(page)
    page.locator("section[aria-label='Metrics'] tbody .door").click()
    expect(page.locator("exos-drawer exos-chart h3")).to_have_text(
        "Brennick 2: fewer than 2 weeks before tell what is usual"
    )


def group(value: str, active: int, new: int, left: int) -> dict[str, Any]:
    counts = {"active_customers": active, "new_customers": new, "churned_customers": left}
    return {"value": value, **counts, "churn_rate": 0.1, "monthly_value": 1200.5}


MARKET: dict[str, Answer] = {
    "attribution/customers": lambda _: [
        {"customers": 120, "active_customers": 100, "new_customers": 30, "churned_customers": 20, "monthly_value": 2401,
         "conversions": 40, "value": 9000}
    ],
    "attribution/channels": lambda _: [
        {"channel": "email", "touches": 9, "visitors": 7, "cost": 0.5, "conversions": 4, "value": 700,
         "cost_per_conversion": 0.125}
    ],
    "attribution/groups": lambda params: [group("Ohio", 70, 10, 15), group(HOSTILE[0], 30, 20, 5)]
    if params["by"] == "region"
    else [group("Broker", 60, 5, 12), group("Owner", 40, 25, 8)],
    "attribution/people": lambda params: [
        {"customer_id": f"C-{params['which']}-{params['value']}", "segment": "Broker", "region": "Ohio", "plan": "",
         "channel": "email", "signed_up_at": "2026-03-02T09:00:00.000000Z", "churned_at": None, "monthly_value": 12.5}
    ],
    "attribution/conversions": lambda _: [
        {"kind": "sign_up", "conversions": 30, "visitors": 30, "value": 8100, "median_value": 260, "highest_value": 900},
        {"kind": "first_order", "conversions": 10, "visitors": 9, "value": 900, "median_value": 88, "highest_value": 120},
    ],
    "attribution/trend": lambda params: [
        {"time": f"2026-03-{day}T00:00:00.000000Z", "touches": day, "visitors": 2, "cost": 0.25, "conversions": 2,
         "value": 350 if params.get("channel") else 900}
        for day in (10, 11)
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("label", "heading", "first", "then"),
    [
        ("Customers", "Customers", "Broker6060", "C-active-Broker"),
        ("New", "New customers", "Owner2583.3", "C-new-Owner"),
        ("Churned", "Customers who left", "Broker1260", "C-churned-Broker"),
    ],
)
def test_each_figure_of_customers_has_a_door_of_its_own(
    open_page: Open, label: str, heading: str, first: str, then: str
) -> None:
    page = open_page("")
    answering(page, MARKET)
    page.goto("/?range=2026-03-10..2026-03-16")
    settled(page)
    tile(page, label).locator(".door").click()
    groups = page.locator("exos-drawer").last
    expect(groups.locator("h2")).to_have_text(heading)
    assert "".join(groups.locator("tbody tr").first.inner_text().split()).startswith(first)
    assert axe(page) == []
    groups.locator("tbody .door").first.click()
    people = page.locator("exos-drawer").last
    expect(people.locator("tbody tr")).to_contain_text(then)
    expect(people.locator("thead")).not_to_contain_text("Segment")
    assert axe(page) == []


def test_groups_of_customers_are_told_apart_by_what_is_chosen(open_page: Open) -> None:
    page = open_page("")
    answering(page, MARKET)
    page.goto("/?range=2026-03-10..2026-03-16")
    settled(page)
    tile(page, "Churned").locator(".door").click()
    drawer = page.locator("exos-drawer").last
    drawer.locator("exos-segmented label", has_text="Region").click()
    expect(drawer.locator("tbody tr").first).to_contain_text("Ohio")
    expect(drawer.locator("header p")).to_contain_text("20\u00a0customers by region")
    with page.expect_download() as saved:
        drawer.locator("button[aria-label='Download as CSV']").click()
    assert saved.value.suggested_filename == "customers-who-left.csv"
    assert saved.value.path().read_text(encoding="utf-8-sig").splitlines()[1].startswith("Ohio,70,10,15,0.1,")
    page.reload()
    settled(page)
    expect(page.locator("exos-drawer tbody tr").first).to_contain_text("Ohio")
    page.go_back()
    expect(page.locator("exos-drawer tbody tr").first).to_contain_text("Broker")
    assert page.evaluate("window.pwned") is None


# How far apart the outer edges of the bars are, as a part of the width of the chart.
BARS = """(canvas) => {
  const { width, height } = canvas;
  const points = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  const blue = (at) => points[at + 2] > 150 && points[at] < 100 && points[at + 3] > 200;
  const filled = (x) => Array.from({ length: height }, (_, y) => 4 * (y * width + x)).some(blue);
  const columns = Array.from({ length: width }, (_, x) => x).filter(filled);
  return (columns.at(-1) - columns[0]) / width;
}"""


def test_the_value_of_conversions_and_a_channel_have_their_course(open_page: Open) -> None:
    page = open_page("", width=390, height=844)
    answering(page, MARKET)
    page.goto("/?range=2026-03-10..2026-03-16")
    settled(page)
    tile(page, "Value of conversions").locator(".door").click()
    drawer = page.locator("exos-drawer").last
    expect(drawer.locator("tbody tr").first).to_contain_text("Sign up")
    expect(drawer.locator("canvas")).to_have_attribute("aria-label", re.compile("2 points"))
    assert drawer.locator("canvas").evaluate(BARS) > 0.43
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.locator("section[aria-label='Customers'] tbody .door").click()
    channel = page.locator("exos-drawer").last
    expect(channel.locator("h2")).to_have_text("Email")
    channel.locator("exos-segmented label", has_text="Cost").click()
    channel.locator(".switch").click()
    expect(channel.locator("exos-chart tbody tr").first).to_contain_text("0.25")
    expect(channel.locator("exos-state > .content > exos-table tbody tr").last).to_contain_text("11 Mar 2026")
    expect(channel.locator("exos-state > .content > exos-table tbody")).not_to_contain_text("00:00")
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
    expect(tile(page, "Sessions").locator(".value")).to_have_text("–")
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
