"""From a click in Chromium to a row: the snippet, the receiver, the derived tables and EXOS's own pages, all real."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page

from .browsing import Faults, axe, settled
from .conftest import run_server
from .desks import open_desk, started, watch
from .test_sources import BUDGET

SECONDS = 25
Ask = Callable[[str], list[list[Any]]]


@pytest.fixture(scope="module")
def watched() -> Iterator[str]:
    """A server that records itself."""
    with run_server({**os.environ, "EXOS_SELF_TELEMETRY": "1"}) as address:
        yield address


def post(url: str, body: dict[str, Any]) -> Any:
    request = Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST")
    with urlopen(request, timeout=20) as answer:
        return json.load(answer)


def asking(address: str) -> Ask:
    return lambda sql: post(f"{address}/api/query", {"sql": sql})["rows"]


def until(look: Callable[[], Any], wanted: Callable[[Any], bool]) -> Any:
    """What `look` gives, once it is as wanted."""
    end = time.monotonic() + SECONDS
    while not wanted(found := look()) and time.monotonic() < end:
        time.sleep(0.3)
    assert wanted(found), found
    return found


def work(page: Page) -> None:
    """A few minutes of an operator's day, in a hurry."""
    page.evaluate("exos.identify('u-17', {name: 'Ann'})")
    page.evaluate("exos.setCase('desk-orders', 'T-1000', {line: 'Title'})")
    page.click("#assign")
    page.click("#load")
    page.click("#missing")
    page.locator("#customer").press_sequentially("Secret Name")
    page.click("#find")
    page.click("#route")
    page.evaluate("exos.activity('Assign examiner', {start: Date.now() - 90000, cost: 12.5})")
    page.evaluate("exos.activity('Examine title', {attributes: {findings: 2}})")
    page.click("#throw")
    page.click("#css", click_count=1)
    for _ in range(4):
        page.click("#dead")
    page.wait_for_timeout(3000)
    page.evaluate("exos.setCase(null)")


def test_what_an_operator_does_becomes_rows(chromium: Browser, base: str) -> None:
    key = post(f"{base}/api/keys", {"name": "desk"})["key"]
    ask = asking(base)
    with open_desk(base, base, 'data-release="7.1"', key=key) as desk:
        context = chromium.new_context(base_url=desk)
        page = context.new_page()
        faults = watch(page)
        page.goto("/?utm_source=letter")
        session = started(page)
        work(page)
        events = until(
            lambda: ask(
                "SELECT event, kind, element, text, page FROM product_events "
                f"WHERE session_id = '{session}' AND source = '' ORDER BY time"
            ),
            lambda rows: {"dead_click", "rage_click", "page_view"} <= {row[0] for row in rows},
        )
        recorded = until(
            lambda: ask(
                "SELECT count(), countIf(Body LIKE '%Secret%'), countIf(Body LIKE '%***********%') FROM hyperdx_sessions "
                f"WHERE ResourceAttributes['rum.sessionId'] = '{session}'"
            ),
            lambda rows: rows[0][0] > 20,
        )
        context.close()
    # One row for each click, however many listened.
    clicked = [row[2] for row in events if row[0] == "click"]
    assert clicked == ["#assign", "#load", "#missing", "#find", "#route", "#throw", "#css", *["#dead"] * 4]
    kinds = {(row[0], row[1]) for row in events}
    assert {
        ("page_view", "page"),
        ("route_change", "page"),
        ("submit", "interaction"),
        ("change", "interaction"),
    } <= kinds
    assert [row[2:4] for row in events if row[0] == "error"] == [["", "order has no vendor"]]
    assert sorted((row[0], *row[2:]) for row in events if row[1] == "frustration") == [
        ("dead_click", "#dead", "Approve", "/orders/42"),
        ("error_click", "#throw", "Throw", "/orders/42"),
        ("rage_click", "#dead", "Approve", "/orders/42"),
    ]
    assert recorded[0][1] == 0
    assert recorded[0][2] > 0
    who = ask(
        "SELECT DISTINCT visitor_id, user_id, browser, release FROM product_events "
        f"WHERE session_id = '{session}' AND user_id != ''"
    )
    assert len(who) == 1
    assert (len(who[0][0]), who[0][1], bool(who[0][2]), who[0][3]) == (32, "u-17", True, "7.1")
    assert ask(
        f"SELECT DISTINCT process, case_id FROM product_events WHERE session_id = '{session}' AND event = 'click'"
    ) == [["desk-orders", "T-1000"]]
    cases = ask(
        "SELECT activity, resource, cost, round(dateDiff('second', start_time, end_time)), case_attributes['line'], session_id "
        "FROM case_events WHERE process = 'desk-orders' ORDER BY start_time"
    )
    assert cases == [
        ["Assign examiner", "u-17", 12.5, 90, "Title", session],
        ["Examine title", "u-17", None, 0, "Title", session],
    ]
    spans = ask(
        "SELECT SpanName, SpanAttributes['http.status_code'] FROM otel_traces "
        f"WHERE ResourceAttributes['rum.sessionId'] = '{session}' AND SpanName LIKE 'HTTP%' ORDER BY Timestamp"
    )
    assert spans == [["HTTP GET", "200"], ["HTTP GET", "404"]]
    faults.forgive("404")
    faults.forgive("order has no vendor")
    assert faults == []


def test_the_portal_records_itself(chromium: Browser, watched: str) -> None:
    context = chromium.new_context(base_url=watched)
    page = context.new_page()
    page.faults = faults = watch(page)  # type: ignore[attr-defined]
    sizes: dict[str, int] = {}
    urls: dict[str, str] = {}
    network = context.new_cdp_session(page)
    network.on("Network.responseReceived", lambda event: urls.update({event["requestId"]: event["response"]["url"]}))
    network.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    network.send("Network.enable")
    page.goto("/playbook")
    # Not until the network is idle: the SDK never reads the answers to what it sends, so to the browser they never end.
    page.wait_for_selector("exos-shell > .bar")
    session = started(page)
    assert page.evaluate("document.querySelector('script[data-service]').dataset.replay") == "off"
    own = {url: sizes.get(number, 0) for number, url in urls.items() if "/vendor/" not in url and "/api/" not in url}
    [library] = [url for url in own if "/sdk/hyperdx.js" in url]
    del own[library]
    assert any("/sdk/exos.js" in url for url in own)
    assert sum(own.values()) <= BUDGET, own
    page.click(".nav a[data-page=index]")
    page.wait_for_selector("exos-shell > .bar")
    started(page)
    assert axe(page) == []
    rows = until(
        lambda: asking(watched)(
            "SELECT event, page, service, user_id FROM product_events "
            f"WHERE session_id = '{session}' AND event IN ('page_view', 'click') ORDER BY time"
        ),
        lambda rows: ["page_view", "/playbook", "exos-portal", ""] in rows and "click" in {row[0] for row in rows},
    )
    assert {row[2] for row in rows} == {"exos-portal"}
    assert asking(watched)("SELECT count() FROM hyperdx_sessions WHERE ServiceName = 'exos-portal'") == [[0]]
    context.close()
    assert faults == Faults()


def test_a_revoked_key_ends_the_portal_s_telemetry(watched: str) -> None:
    def told() -> str:
        with urlopen(f"{watched}/api/self", timeout=10) as answer:
            assert "Access-Control-Allow-Origin" not in answer.headers
            key: str = json.load(answer)["key"]
            return key

    assert told().startswith("exos_ik_")
    assert told() == told()
    with urlopen(f"{watched}/api/keys", timeout=10) as answer:
        [number] = [one["id"] for one in json.load(answer)["keys"] if one["name"] == "exos-portal"]
    with urlopen(Request(f"{watched}/api/keys/{number}", method="DELETE"), timeout=10):
        assert told() == ""


def test_where_it_is_off_nothing_is_loaded(open_page: Callable[..., Page], base: str) -> None:
    asked: list[str] = []
    page = open_page("")
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_response("**/api/self") as answer:
        page.goto("/playbook")
    assert answer.value.json()["key"] == ""
    settled(page)
    assert [url for url in asked if "/sdk/" in url] == []
