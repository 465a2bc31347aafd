"""The settings page: what comes in shows within seconds, ways to send can be copied, keys are made and revoked."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, Route, expect

from .browsing import HOSTILE, axe, settled

Open = Callable[..., Page]


def put_in(base: str, process: str, text: str, name: str = "orders.csv") -> None:
    with urlopen(Request(f"{base}/api/imports?process={process}&name={name}", text.encode(), method="POST")) as answer:
        assert b"summary" in answer.read()


def send_span(base: str, key: str, trace: str, resource: dict[str, str]) -> None:
    attributes = [{"key": name, "value": {"stringValue": value}} for name, value in resource.items()]
    now = str(time.time_ns())
    span = {"traceId": trace, "spanId": trace[:16].replace("0", "1"), "name": "click", "kind": 1}
    spans = [{**span, "startTimeUnixNano": now, "endTimeUnixNano": now}]
    body = {"resourceSpans": [{"resource": {"attributes": attributes}, "scopeSpans": [{"spans": spans}]}]}
    headers = {"Content-Type": "application/json", "Authorization": key}
    urlopen(Request(f"{base}/v1/traces", json.dumps(body).encode(), headers), timeout=20).close()


def ask(base: str, path: str, body: Any = None, method: str = "POST") -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    with urlopen(Request(f"{base}{path}", data, headers, method=method)) as answer:
        return json.loads(answer.read())


@pytest.mark.parametrize("path", ["/settings", "/settings?send=clickhouse", "/settings?send=python"])
@pytest.mark.parametrize(("width", "dark"), [(1440, False), (1440, True), (390, False), (390, True)])
def test_the_page_is_clean(open_page: Open, path: str, width: int, dark: bool) -> None:
    page = open_page(path, width=width, dark=dark)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert axe(page) == []


def test_what_comes_in_shows_without_a_reload(open_page: Open, base: str) -> None:
    page = open_page("/settings")
    row = page.locator("#sources tr:has-text('Case events')")
    expect(row).to_be_visible()
    put_in(base, "fresh", "case_id,activity,timestamp\n1,a,2026-03-01T10:00:00Z\n1,b,2026-03-01T11:00:00Z\n")
    row.locator(".door").click()
    expect(page.locator(".drawer h2")).to_have_text("Case events")
    expect(page.locator(".drawer .senders")).to_contain_text("fresh", timeout=15_000)
    expect(page.locator(".drawer .facts")).to_contain_text("live")
    assert axe(page) == []
    page.keyboard.press("Escape")
    expect(row.locator(".door")).to_be_focused()
    expect(row.locator(".status")).to_have_text("live")


def test_telemetry_that_arrives_is_live_within_seconds(open_page: Open, base: str) -> None:
    page = open_page("/settings")
    row = page.locator("#sources tr:has-text('Browser traces')")
    expect(row.locator(".status")).not_to_have_text("live")
    key = ask(base, "/api/keys", method="GET")["keys"][0]["key"]
    for number in range(20):
        send_span(base, key, f"{number + 1:032x}", {"service.name": "order-desk", "rum.sessionId": "s1"})
    expect(row.locator(".status")).to_have_text("live", timeout=15_000)
    expect(row.locator(".n").first).not_to_have_text("0")
    expect(row.locator("svg.spark")).to_be_visible(timeout=40_000)
    row.locator(".door").click()
    expect(page.locator(".drawer .senders")).to_contain_text("order-desk")


def test_what_is_refused_shows_with_its_reason(open_page: Open, base: str) -> None:
    page = open_page("/settings")
    with pytest.raises(HTTPError) as refused:
        send_span(base, "not-a-key", "f" * 32, {"service.name": "stranger"})
    refused.value.close()
    expect(page.locator("exos-kpi:has-text('Rejected')")).to_contain_text("ingest key", timeout=15_000)
    page.locator("#sources tr:has-text('Backend traces') .door").click()
    expect(page.locator(".drawer .facts")).to_contain_text("The ingest key is missing or not known.")


@pytest.mark.parametrize("width", [1440, 390])
def test_a_test_event_is_sent_and_seen_arriving(open_page: Open, width: int) -> None:
    page = open_page("/settings", width=width)
    page.click("text=Send a test event")
    expect(page.locator("#send .said")).to_contain_text("Arrived in otel_traces after", timeout=30_000)
    expect(page.locator("#sources tr:has-text('Backend traces') .status")).to_have_text("live", timeout=15_000)
    assert axe(page) == []


def test_a_refresh_leaves_focus_and_selection_alone(open_page: Open) -> None:
    page = open_page("/settings")
    door = page.locator("#sources tr:has-text('Metrics: summaries') .door")
    door.focus()
    with page.expect_response("**/api/sources"):
        pass
    page.wait_for_load_state("networkidle")
    expect(door).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".drawer h2")).to_have_text("Metrics: summaries")
    expect(page.locator(".drawer")).to_contain_text("Nothing has arrived yet")


def test_a_hidden_page_does_not_ask(open_page: Open) -> None:
    page = open_page("/settings")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("""() => {
      Object.defineProperty(document, "hidden", { get: () => true, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }""")
    page.wait_for_timeout(6000)
    assert asked == []
    page.evaluate("() => { delete document.hidden; document.dispatchEvent(new Event('visibilitychange')); }")
    page.wait_for_timeout(500)
    assert [url.endswith("/api/sources") for url in asked] == [True]


def test_a_server_that_goes_away_is_told_and_found_again(open_page: Open) -> None:
    page = open_page("/settings")
    refusal = {"error": {"code": "unavailable", "message": "The engine is <b>busy</b>.", "hint": "Wait."}}
    page.route("**/api/sources", lambda route: route.fulfill(status=503, json=refusal))
    expect(page.locator(".pulse")).to_contain_text("The engine is <b>busy</b>.", timeout=10_000)
    expect(page.locator("#sources tr:has-text('Case events')")).to_be_visible()
    page.unroute("**/api/sources")
    expect(page.locator(".pulse")).to_have_text("Refreshed every 5 s", timeout=10_000)
    page.faults.forgive("503")  # type: ignore[attr-defined]


def test_ways_to_send_hold_this_server_and_the_chosen_key(open_page: Open, base: str) -> None:
    key = ask(base, "/api/keys", {"name": "to be shown"})
    page = open_page("/settings")
    code = page.locator("#send pre")
    expect(code).to_contain_text(f'src="{base}/sdk/exos.js"')
    page.click("#send exos-select button")
    page.click("[role=option]:has-text('to be shown')")
    expect(code).to_contain_text(f'data-key="{key["key"]}"')
    page.click("label:has-text('OpenTelemetry SDK')")
    expect(code).to_contain_text(f"authorization={key['key']}")
    page.click("label:has-text('Any language')")
    expect(code).to_contain_text(f"OTEL_EXPORTER_OTLP_ENDPOINT={base}")
    expect(page.locator("#send input:focus")).to_have_count(1)
    page.click("label:has-text('Collector')")
    expect(code).to_contain_text(f"endpoint: {base}")
    page.click("label:has-text('Collector to ClickHouse')")
    expect(code).to_contain_text("create_schema: false")
    page.click("label:has-text('Test')")
    expect(code).to_contain_text(f"curl {base}/v1/traces")
    assert f"key={key['id']}" in page.url
    page.reload()
    settled(page)
    expect(code).to_contain_text(key["key"])
    page.go_back()
    expect(code).to_contain_text("create_schema: false")
    assert page.locator("#send").inner_text().count("YOUR_INGEST_KEY") == 0


def test_a_key_is_made_used_and_revoked(open_page: Open) -> None:
    page = open_page("/settings")
    page.fill(".new-key input", "night shift")
    page.keyboard.press("Enter")
    row = page.locator("#keys tr:has-text('night shift')")
    expect(row).to_contain_text("never")
    key = row.locator("code").inner_text()
    expect(page.locator("#send pre")).to_contain_text(key)
    row.locator("button:has-text('Revoke')").click()
    expect(page.locator("dialog[open]")).to_contain_text("Revoke the key “night shift”?")
    assert axe(page) == []
    page.keyboard.press("Escape")
    expect(row.locator("button:has-text('Revoke')")).to_be_focused()
    row.locator("button:has-text('Revoke')").click()
    page.click("dialog[open] button:has-text('Revoke')")
    expect(row).to_have_count(0)
    expect(page.locator("#send pre")).not_to_contain_text(key)
    page.click("#keys .revoked")
    expect(row).to_contain_text("revoked")
    assert axe(page) == []


def test_a_name_that_is_taken_is_told(open_page: Open) -> None:
    page = open_page("/settings")
    page.fill(".new-key input", "default")
    page.click("text=New key")
    expect(page.locator("exos-toast")).to_contain_text("a live key named 'default'")
    expect(page.locator(".new-key input")).to_be_focused()
    page.faults.forgive("409")  # type: ignore[attr-defined]


def test_the_portals_own_key_is_explained(open_page: Open, base: str) -> None:
    own = ask(base, "/api/keys", {"name": "exos-portal"})
    page = open_page("/settings", width=390)
    row = page.locator("#keys tr:has-text('exos-portal')")
    expect(row).to_contain_text("EXOS_SELF_TELEMETRY=0")
    expect(page.locator("#keys tr:has-text('default')")).not_to_contain_text("EXOS_SELF_TELEMETRY")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert axe(page) == []
    row.get_by_text("Revoke").click()
    expect(page.locator("dialog[open]")).to_contain_text("no longer records its own pages")
    ask(base, f"/api/keys/{own['id']}", method="DELETE")


def test_a_key_is_copied(open_page: Open) -> None:
    page = open_page("/settings", permissions=["clipboard-read", "clipboard-write"])
    row = page.locator("#keys tr:has-text('default')")
    row.locator("button[aria-label^=Copy]").click()
    expect(page.locator("exos-toast")).to_contain_text("copied")
    assert page.evaluate("navigator.clipboard.readText()") == row.locator("code").inner_text()


def test_an_import_opens_with_its_rejected_rows(open_page: Open, base: str) -> None:
    put_in(base, "partly", "case_id,activity,timestamp\n1,a,2026-03-01T10:00:00Z\n2,a,nonsense\n", "partly.csv")
    page = open_page("/settings")
    page.click("#imports tr:has-text('partly.csv') .door")
    expect(page.locator(".drawer h2")).to_have_text("partly.csv")
    expect(page.locator(".drawer .facts ol")).to_contain_text("nonsense")
    assert axe(page) == []
    page.click(".drawer a:has-text('partly')")
    settled(page)
    assert "/process?process=partly" in page.url


def test_without_data_it_says_what_to_do(open_page: Open) -> None:
    page = open_page("")
    page.route("**/api/imports", lambda route: route.fulfill(json={"imports": []}))
    nothing = {"keys": [], "open": False, "from_settings": 0}
    page.route("**/api/keys", lambda route: route.fulfill(json=nothing))
    page.goto("/settings")
    settled(page)
    expect(page.locator("#imports .notice")).to_contain_text("exos import orders.csv --process orders")
    expect(page.locator("#keys .notice")).to_contain_text("No keys")
    expect(page.locator("#send pre")).to_contain_text("YOUR_INGEST_KEY")
    assert axe(page) == []


def test_names_of_others_are_only_text(open_page: Open, base: str) -> None:
    page = open_page("")
    senders = [{"name": name, "last_at": 1.8e9, "per_second": 1.0} for name in HOSTILE]

    def poison(route: Route) -> None:
        answer = route.fetch().json()
        answer["sources"][0].update(status="live", senders=senders)
        hurt = {"signal": "traces", "table": "otel_traces", "accepted": 1, "rejected": 2, "last_error": HOSTILE[0]}
        answer["receiver"] = [{**hurt, "last_at": None, "pending_bytes": 0}]
        route.fulfill(json=answer)

    made = ask(base, "/api/keys", {"name": "<img src=x onerror=window.pwned=1>"})
    page.route("**/api/sources", poison)
    page.goto("/settings")
    settled(page)
    page.locator("#sources .door").first.click()
    expect(page.locator(".drawer .senders")).to_contain_text(HOSTILE[0])
    expect(page.locator(".drawer .facts")).to_contain_text(HOSTILE[0])
    expect(page.locator("#keys")).to_contain_text("<img src=x")
    assert page.evaluate("window.pwned") is None
    assert page.locator("main img, main script, .drawer img, .drawer script").count() == 0
    ask(base, f"/api/keys/{made['id']}", method="DELETE")


def test_the_engine_is_shown(open_page: Open) -> None:
    page = open_page("/settings#engine")
    expect(page.locator("#engine")).to_be_in_viewport()
    page.click("#engine summary")
    expect(page.locator("#engine")).to_contain_text("020_case_events.sql")
    expect(page.locator("#engine")).to_contain_text("embedded in this process")
    expect(page.locator("#engine")).to_contain_text("the whole process takes more")
    assert axe(page) == []
