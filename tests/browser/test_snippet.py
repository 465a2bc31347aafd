"""The snippet on somebody else's page, with the real SDK, in Chromium: what it sends, and that it never disturbs."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page

from otlp_capture import Collected, collecting

from .browsing import Faults
from .desks import open_desk, settle, started, watch

VISITOR = re.compile(r"[0-9a-f]{32}")
INTERACTIONS = "@opentelemetry/instrumentation-user-interaction"
Visit = Callable[..., Page]


@pytest.fixture
def collected() -> Iterator[Collected]:
    with collecting() as running:
        yield running


@pytest.fixture
def visit(chromium: Browser, base: str, collected: Collected) -> Iterator[Visit]:
    """`visit('data-consent="required"', path="/orders")` → the order desk with those options, its clock movable unless `real`.

    A clock that can be moved knows nothing of how the page loaded: no documentLoad, no web vitals.
    """
    closing: list[Any] = []

    def visited(
        options: str = "",
        path: str = "/",
        *,
        csp: str = "script-src 'self' {exos}",
        before: str = "",
        real: bool = False,
        **more: Any,
    ) -> Page:
        desk = open_desk(base, collected.address, options, csp)
        address = desk.__enter__()
        context = chromium.new_context(base_url=address, **more)
        closing.extend([context.close, lambda: desk.__exit__(None, None, None)])
        page = context.new_page()
        if not real:
            page.clock.install()
        page.faults = watch(page)  # type: ignore[attr-defined]
        if before:
            page.add_init_script(before)
        page.goto(path)
        return page

    yield visited
    for close in closing:
        close()


def faults(page: Page) -> Faults:
    found: Faults = page.faults  # type: ignore[attr-defined]
    return found


def test_what_happens_on_a_page_is_sent_once(visit: Visit, collected: Collected) -> None:
    page = visit('data-release="7.1" data-environment="staging"', "/?utm_source=letter", real=True)
    session = started(page)
    page.evaluate("exos.identify('u7', {email: 'ann@example.test', name: 'Ann', team: 'Title'})")
    page.click("#assign")
    page.click("#icon svg")
    page.click("h1")
    page.click("#load")
    page.click("#missing")
    page.click("#route")
    page.locator("#customer").press_sequentially("Secret Name")
    page.click("#find")
    page.wait_for_selector("li:has-text('Missing 404') ~ li:has-text('Found')")
    settle(page, collected, "mark", real=True)
    clicks = [span for span in collected.named("click") if not span.parent]
    # The desk listened before the SDK came, and on the assign button three times: one span each in any case.
    assert [span.attributes.get("exos.element.selector") for span in clicks] == [
        *("#assign", "#icon", "body > h1", "#load", "#missing", "#route", "#find"),
    ]
    assert [span.attributes.get("exos.element.text") for span in clicks[:3]] == ["Assign order", "Refresh", None]
    assert {span.scope for span in clicks} == {INTERACTIONS}
    assert [span.attributes["location.href"].partition("/orders")[1] for span in collected.named("routeChange")] == [
        "/orders"
    ]
    assert [span.attributes["http.status_code"] for span in collected.named("HTTP GET")] == [200, 404]
    assert len([span for span in collected.named("submit") if not span.parent]) == 1
    assert len([span for span in collected.named("change") if not span.parent]) == 1
    assert len(collected.named("documentLoad")) == 1
    assert not [span for span in collected.spans if "/sdk/" in str(span.attributes.get("http.url"))]
    assert {span.resource["rum.sessionId"] for span in collected.spans} == {session}
    assert collected.spans[0].resource["service.version"] == "7.1"
    assert collected.spans[0].resource["deployment.environment.name"] == "staging"
    assert collected.keys == {"k-desk"}
    after = collected.named("submit")[0].attributes
    assert (after["userId"], after["enduser.id"], after["userEmail"]) == ("u7", "u7", "ann@example.test")
    assert after["exos.user.team"] == "Title"
    assert faults(page) == ["Failed to load resource: the server responded with a status of 404 (Not Found)"]


def test_recordings_mask_what_is_typed(visit: Visit, collected: Collected) -> None:
    page = visit()
    started(page)
    page.locator("#customer").press_sequentially("Secret Name")
    settle(page, collected, "mark")
    collected.await_for(lambda: "***********" in str(collected.recorded))
    assert "Secret" not in str(collected.recorded) + str(collected.spans)
    assert "copy the number" in str(collected.recorded)


def test_text_is_masked_where_asked(visit: Visit, collected: Collected) -> None:
    page = visit('data-mask="text"')
    started(page)
    page.click("#assign")
    settle(page, collected, "mark")
    collected.await_for(lambda: len(collected.recorded) > 3)
    assert "copy the number" not in str(collected.recorded)
    assert "exos.element.text" not in collected.named("click")[0].attributes


def test_the_visitor_stays_the_same(visit: Visit, collected: Collected) -> None:
    page = visit(real=True)
    started(page)
    settle(page, collected, "first", real=True)
    page.reload()
    started(page)
    settle(page, collected, "second", real=True)
    first, second = (collected.named(name)[0].attributes["exos.visitor.id"] for name in ("first", "second"))
    assert VISITOR.fullmatch(first)
    assert first == second
    [cookie] = [one for one in page.context.cookies() if one.get("name") == "exos_visitor"]
    now: float = page.evaluate("Date.now() / 1000")
    assert 394 < (cookie.get("expires", 0) - now) / 86400 < 396
    # What the server knows of the sender is on spans, from the start on a second page.
    assert collected.named("documentLoad")[-1].attributes["user_agent.name"]


def test_an_id_of_thirteen_months_ago_is_replaced(visit: Visit, collected: Collected) -> None:
    old = f"{'ab' * 16}.{int(time.time()) - 396 * 86400}"
    page = visit(before=f"localStorage.exos_visitor = '{old}'")
    started(page)
    settle(page, collected, "mark")
    assert collected.named("mark")[0].attributes["exos.visitor.id"] != "ab" * 16


def test_without_consent_there_is_no_id_and_no_recording(visit: Visit, collected: Collected) -> None:
    page = visit('data-consent="required"')
    started(page)
    settle(page, collected, "before")
    assert "exos.visitor.id" not in collected.named("before")[0].attributes
    assert not collected.named("record init")
    assert page.evaluate("[localStorage.exos_visitor ?? null, document.cookie.includes('exos_visitor')]") == [
        None,
        False,
    ]
    page.evaluate("exos.consent(true)")
    page.click("#assign")
    settle(page, collected, "granted")
    assert VISITOR.fullmatch(collected.named("granted")[0].attributes["exos.visitor.id"])
    collected.await_for(lambda: [event for event in collected.recorded if event["type"] == 2])
    page.evaluate("exos.consent(false)")
    settle(page, collected, "taken back")
    assert "exos.visitor.id" not in collected.named("taken back")[0].attributes
    assert page.evaluate("[localStorage.exos_visitor ?? null, document.cookie.includes('exos_visitor')]") == [
        None,
        False,
    ]
    recorded = len(collected.recorded)
    page.click("#assign")
    settle(page, collected, "later")
    assert len(collected.recorded) == recorded


def test_consent_is_remembered(visit: Visit, collected: Collected) -> None:
    page = visit('data-consent="required"')
    started(page)
    page.evaluate("exos.consent(true)")
    page.reload()
    started(page)
    settle(page, collected, "mark")
    assert collected.named("record init")
    assert "exos.visitor.id" in collected.named("mark")[0].attributes


def test_a_blocked_page_loads_nothing_before_consent(visit: Visit, collected: Collected) -> None:
    page = visit('data-consent="block"')
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.evaluate("exos.track('kept')")
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if "hyperdx" in url or "visitor" in url] == []
    assert page.evaluate("[document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 0]
    page.evaluate("exos.consent(true); exos.consent(true)")
    assert page.locator("script[src*=hyperdx]").count() == 1
    started(page)
    settle(page, collected, "mark")
    assert len(collected.named("kept")) == 1
    page.evaluate("exos.consent(false)")
    page.clock.fast_forward(1000)
    page.evaluate("exos.track('never')")
    page.clock.fast_forward(6000)
    page.goto("/other")
    page.wait_for_timeout(300)
    assert collected.named("never") == []


@pytest.mark.parametrize("options", ["", 'data-enrich="off"'])
def test_privacy_signals_are_honoured(visit: Visit, collected: Collected, options: str) -> None:
    signal = "Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})"
    page = visit(options, before=signal, extra_http_headers={"Sec-GPC": "1"})
    started(page)
    settle(page, collected, "mark")
    assert "exos.visitor.id" not in collected.named("mark")[0].attributes
    assert page.evaluate("localStorage.exos_visitor ?? null") is None


def test_where_signals_are_not_honoured_the_visitor_stays_the_same(visit: Visit, collected: Collected) -> None:
    page = visit(before="Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    page.route("**/api/visitor", lambda route: route.fulfill(json={"privacy": False, "attributes": {}}))
    ids = []
    for mark in ("first", "second"):
        page.evaluate("sessionStorage.clear()")
        page.reload()
        started(page)
        page.wait_for_load_state("networkidle")
        settle(page, collected, mark)
        ids.append(collected.named(mark)[0].attributes["exos.visitor.id"])
    assert VISITOR.fullmatch(ids[0])
    assert ids[0] == ids[1]


def test_a_case_is_context_and_an_activity_is_an_event(visit: Visit, collected: Collected) -> None:
    page = visit()
    page.evaluate("exos.setCase('orders', 'T-1000', {line: 'Title', fees: {total: 3}})")
    page.evaluate("exos.activity('Early', {attributes: {page: 2}})")
    page.evaluate("exos.setCase(null)")
    started(page)
    page.evaluate("exos.setCase('orders', 1001)")
    page.click("#assign")
    long = (
        "{start: (window.begun = Date.now() - 90000), resource: 'ann', cost: 12.5, lifecycle: 'complete',"
        " attributes: {vendor: 'Acme'}}"
    )
    page.evaluate(f"exos.activity('Assign examiner', {long})")
    page.evaluate("exos.setCase(null)")
    page.evaluate("exos.activity('Nothing')")
    settle(page, collected, "mark")
    early = collected.named("Early")[0].attributes
    # Before the SDK had come: with the case of the moment.
    assert (early["exos.process"], early["exos.case.id"], early["exos.case.line"]) == ("orders", "T-1000", "Title")
    assert (early["exos.case.fees"], early["exos.event.page"]) == ('{"total":3}', 2)
    [span] = collected.named("Assign examiner")
    assert span.scope == "custom-action"
    assert round(span.start) == page.evaluate("window.begun")
    # It ends when it is told of, which is a moment after its start was reckoned.
    assert 90_000 <= round(span.end - span.start) < 92_000
    wanted = {
        "exos.process": "orders",
        "exos.case.id": "1001",
        "exos.activity": "Assign examiner",
        "exos.resource": "ann",
        "exos.cost": 12.5,
        "exos.lifecycle": "complete",
        "exos.event.vendor": "Acme",
        "exos.context.process": "orders",
        "exos.context.case_id": "1001",
    }
    assert wanted.items() <= span.attributes.items()
    click = collected.named("click")[0].attributes
    assert click["exos.context.case_id"] == "1001"
    assert "exos.process" not in click
    for name in ("Nothing", "mark"):
        assert not {"exos.process", "exos.context.process"} & set(collected.named(name)[0].attributes)


def test_pages_made_by_a_server_name_the_case_in_the_tag(visit: Visit, collected: Collected) -> None:
    page = visit('data-process="orders" data-case="T-7" data-user="u1"')
    started(page)
    settle(page, collected, "mark")
    attributes = collected.named("mark")[0].attributes
    assert [attributes[name] for name in ("exos.context.process", "exos.context.case_id", "userId")] == [
        "orders",
        "T-7",
        "u1",
    ]


def test_calls_before_the_snippet_are_kept(visit: Visit, collected: Collected) -> None:
    page = visit(before="window.exos = [['identify', 'u9'], ['track', 'Sooner', {n: 1}]]")
    started(page)
    settle(page, collected, "mark")
    [sooner] = collected.named("Sooner")
    assert (sooner.attributes["userId"], sooner.attributes["n"]) == ("u9", 1)


def test_calls_before_the_sdk_keep_the_context_of_their_moment(visit: Visit, collected: Collected) -> None:
    calls = """[["track", "landing"], ["setCase", "orders", "A"], ["activity", "one"], ["setCase", null], ["track", "idle"],
        ["setCase", "orders", "B"], ["identify", "ann", {team: "Title"}], ["track", "busy"], ["identify", null]]"""
    page = visit(before=f"window.exos = {calls}")
    started(page)
    settle(page, collected, "mark")
    names = ("userId", "enduser.id", "exos.user.team", "exos.context.process", "exos.context.case_id")
    assert {
        event: [collected.named(event)[0].attributes.get(name) for name in names]
        for event in ("landing", "one", "idle", "busy", "mark")
    } == {
        "landing": [None] * 5,
        "one": [None, None, None, "orders", "A"],
        "idle": [None] * 5,
        "busy": ["ann", "ann", "Title", "orders", "B"],
        "mark": [None, None, None, "orders", "B"],
    }
    # What is known of the visitor comes when it comes.
    assert VISITOR.fullmatch(collected.named("landing")[0].attributes["exos.visitor.id"])


def test_what_cannot_be_written_down_is_left_out(visit: Visit, collected: Collected) -> None:
    page = visit()
    started(page)
    page.evaluate(
        "(exos.identify({}), exos.setCase(() => 1, {}), exos.track('odd', {cyc: window, big: {n: 1n}, n: 2}))"
    )
    settle(page, collected, "mark")
    [odd] = collected.named("odd")
    assert odd.attributes["n"] == 2
    assert not {"cyc", "big", "userId", "enduser.id", "exos.context.case_id"} & set(odd.attributes)
    page.evaluate("(exos.identify(0), exos.setCase('orders', 10n))")
    settle(page, collected, "numbers")
    [numbers] = collected.named("numbers")
    assert (numbers.attributes["userId"], numbers.attributes["exos.context.case_id"]) == ("0", "10")


HALF, EMOJI = "\\ud83d", "\\ud83d\\ude00"  # as scripts write them
GIVEN = f"""exos.identify('u{HALF}', {{name: 'Ann{HALF}', team: '{HALF}!'}}),
    exos.setCase('orders', 'T{HALF}', {{line: '{HALF}'}}), exos.activity('Read{HALF}'),
    exos.track('odd{HALF}', {{'k{HALF}': '{HALF}{EMOJI}', list: ['{HALF}']}}),
    assign.textContent = 'x'.repeat(63) + '{EMOJI}{EMOJI}',
    assign.addEventListener('click', () => {{ throw 'x'.repeat(246) + '{EMOJI}{EMOJI}'; }}),
    assign.dataset.testid = 'x'.repeat(185) + '{EMOJI}{EMOJI}'"""


def test_no_text_ends_in_half_a_character(visit: Visit, collected: Collected) -> None:
    page = visit('data-replay="off"')
    started(page)
    page.evaluate(f"({GIVEN})")
    page.click("#assign")
    settle(page, collected, "mark")
    texts = [value for span in collected.spans for value in (span.name, *span.attributes, *span.attributes.values())]
    assert [text for text in texts if isinstance(text, str) and re.search("[\ud800-\udfff]", text)] == []
    [odd] = collected.named("odd\ufffd")
    assert (odd.attributes["k\ufffd"], odd.attributes["list"]) == ("\ufffd\N{GRINNING FACE}", '["\ufffd"]')
    assert (odd.attributes["userId"], odd.attributes["userName"], odd.attributes["exos.user.team"]) == (
        *("u\ufffd", "Ann\ufffd", "\ufffd!"),
    )
    assert collected.named("Read\ufffd")[0].attributes["exos.case.line"] == "\ufffd"
    [error] = collected.named("error_click")
    assert error.attributes["exos.frustration.text"] == "x" * 63 + "\N{GRINNING FACE}"
    assert error.attributes["exos.frustration.message"] == f"Uncaught {'x' * 246}\N{GRINNING FACE}"
    assert error.attributes["exos.frustration.element"].endswith("x\N{GRINNING FACE}")


def test_what_waits_when_consent_ends_is_never_sent(visit: Visit, collected: Collected) -> None:
    page = visit('data-consent="block"')
    page.evaluate("exos.consent(true)")
    started(page)
    settle(page, collected, "mark")
    collected.await_for(lambda: collected.recorded)
    page.evaluate("exos.track('waiting')")
    page.click("#assign")
    page.wait_for_timeout(100)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.evaluate("exos.consent(false)")
    assert [one["name"] for one in page.context.cookies()] == ["exos_consent"]
    page.click("#load")
    page.wait_for_selector("li:has-text('Loaded')")  # the page's own requests go on
    for _ in range(4):
        page.clock.fast_forward(31_000)  # the session's cookie was renewed every minute
        page.mouse.click(5, 5)
        page.wait_for_timeout(50)
    assert [one["name"] for one in page.context.cookies()] == ["exos_consent"]
    page.goto("/other")
    page.wait_for_timeout(300)
    assert [url for url in sent if "/v1/" in url or "hyperdx" in url] == []
    assert collected.named("waiting") == []
    assert faults(page) == []


def test_consent_taken_back_while_the_sdk_comes_starts_nothing(visit: Visit, collected: Collected) -> None:
    page = visit('data-consent="block"')
    with page.expect_request_finished(lambda request: "hyperdx.js" in request.url):
        page.evaluate("(exos.consent(true), exos.consent(false))")
    page.wait_for_timeout(500)
    assert page.evaluate("typeof HyperDX") == "object"
    assert page.evaluate("[exos.sessionId() ?? null, document.cookie.includes('__rum_sid')]") == [None, False]


def test_identity_ends(visit: Visit, collected: Collected) -> None:
    page = visit()
    started(page)
    page.evaluate("exos.identify('u1', {email: 'a@example.test', team: 'x'})")
    page.evaluate("exos.identify(null)")
    settle(page, collected, "mark")
    assert not {"userId", "enduser.id", "userEmail", "exos.user.team"} & set(collected.named("mark")[0].attributes)


def test_errors_before_the_sdk_runs_are_kept(visit: Visit, collected: Collected) -> None:
    page = visit(before="addEventListener('DOMContentLoaded', () => { throw new Error('early bird'); })")
    started(page)
    page.wait_for_timeout(100)
    settle(page, collected, "mark")
    found = [span for span in collected.spans if span.scope == "record-exception"]
    assert len(found) == 1
    faults(page).forgive("early bird")


def test_much_arrives_in_little_time(visit: Visit, collected: Collected) -> None:
    page = visit('data-replay="off"', real=True)
    started(page)
    # More than the 64 KB that browsers let a page have under way when it may be left at any moment.
    for number in range(1, 9):
        page.evaluate("exos.track('large', {text: 'x'.repeat(15_000)})")
        page.evaluate("Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true})")
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        collected.await_for(lambda number=number: len(collected.named("large")) == number, 5)  # type: ignore[misc]


def test_sampling_and_switches(visit: Visit, collected: Collected) -> None:
    page = visit('data-sample="0"')
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.wait_for_load_state("networkidle")
    page.evaluate("(exos.track('never'), exos.setCase('a', 'b'), exos.activity('never'))")
    assert [url for url in asked if "hyperdx" in url or "visitor" in url] == []
    page = visit('data-replay="off" data-visitor="off" data-enrich="off" data-frustration="off" data-text="off"')
    started(page)
    page.click("#dead")
    page.clock.fast_forward(3000)
    settle(page, collected, "mark")
    click = [span for span in collected.named("click") if not span.parent]
    assert len(click) == 1
    assert "exos.element.text" not in click[0].attributes
    assert not {"exos.visitor.id", "user_agent.name"} & set(click[0].attributes)
    assert not collected.named("record init")
    assert not collected.named("dead_click")
    assert collected.recorded == []
    assert faults(page) == []


def test_shares_are_decided_once_a_visit(visit: Visit, collected: Collected) -> None:
    page = visit('data-sample="0.5" data-replay="0.5"', before="sessionStorage.exos_draw ??= 0.4")
    started(page)
    page.click("#assign")
    settle(page, collected, "mark")
    assert not collected.named("record init")  # a quarter of all visits is recorded
    page.evaluate("sessionStorage.exos_draw = 0.2")
    page.reload()
    started(page)
    settle(page, collected, "mark")
    assert collected.named("record init")
    page.evaluate("sessionStorage.exos_draw = 0.6")
    page.reload()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("exos.sessionId() ?? null") is None


CSP_NONCE = "script-src 'nonce-abc' 'strict-dynamic'"
CSP_SCRIPTS = "script-src 'self' {exos}"
CSP_TYPES = f"{CSP_SCRIPTS}; require-trusted-types-for 'script'"
AMD = "window.define = Object.assign(() => { throw new Error('taken by AMD'); }, {amd: {}})"
NO_STORAGE = """for (const [owner, name] of [[window, "localStorage"], [window, "sessionStorage"], [document, "cookie"]])
    Object.defineProperty(owner, name, { get() { throw new DOMException("blocked"); } })"""


@pytest.mark.parametrize(
    ("options", "more"),
    [('nonce="abc"', {"csp": CSP_NONCE}), ("", {"before": AMD}), ("", {"csp": f"{CSP_TYPES}; trusted-types exos"})],
    ids=["nonce", "amd", "trusted-types"],
)
def test_it_starts_in_difficult_places(visit: Visit, collected: Collected, options: str, more: dict[str, str]) -> None:
    page = visit(options, **more)
    started(page)
    page.evaluate("(exos.track('call'), exos.consent(true), exos.sessionId())")
    page.click("#assign", force=True)
    settle(page, collected, "mark")
    assert [fault for fault in faults(page) if "desk.js" not in fault] == []


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"before": NO_STORAGE}, "blocked"),
        ({"csp": f"{CSP_SCRIPTS}; sandbox allow-scripts"}, "'allow-same-origin' flag"),
        ({"csp": f"{CSP_TYPES}; trusted-types desk"}, "requires 'TrustedScriptURL' assignment"),
    ],
    ids=["no-storage", "sandbox", "trusted-types"],
)
def test_where_it_cannot_start_it_says_so_once(
    visit: Visit, collected: Collected, more: dict[str, str], reason: str
) -> None:
    page = visit('data-enrich="off"', **more)
    page.wait_for_load_state("networkidle")
    page.evaluate("(exos.track('mark'), exos.consent(true), exos.sessionId())")
    page.click("#assign", force=True)
    page.wait_for_selector("li:has-text('Assigned')")
    page.wait_for_timeout(300)
    [said] = [fault for fault in faults(page) if "exos sends nothing" in fault]
    assert reason in said
    assert not [fault for fault in faults(page) if "exception" in fault]
    assert collected.spans == []


def test_what_is_missing_never_disturbs_the_page(visit: Visit) -> None:
    page = visit()
    page.route("**/sdk/hyperdx.js*", lambda route: route.abort())
    page.route("**/api/visitor", lambda route: route.abort())
    page.reload()
    page.wait_for_load_state("networkidle")
    page.evaluate(
        "(exos.activity(), exos.setCase(undefined, {}), exos.identify(undefined, 7), exos.track(Symbol('x')))"
    )
    page.evaluate("(exos.push(['nothing']), exos.activity(null, null), exos.consent(false), exos.sessionId())")
    page.click("#assign")
    page.wait_for_selector("li:has-text('Assigned')")
    assert {fault.partition("net::")[2] for fault in faults(page)} == {"ERR_FAILED"}


def test_nothing_is_left_on_the_window(visit: Visit) -> None:
    page = visit()
    started(page)
    page.click("#dead")
    script = """() => {
      const frame = document.createElement("iframe");
      document.body.append(frame);
      const fresh = new Set(Object.getOwnPropertyNames(frame.contentWindow));
      frame.remove();
      return Object.getOwnPropertyNames(window).filter((name) => !fresh.has(name) && !/^\\d+$/.test(name));
    }"""
    left = set(page.evaluate(script))
    assert {"exos", "HyperDX"} <= left
    # What the SDK, its session recorder and the test's own clock leave is theirs.
    assert [name for name in left if "exos" in name.lower()] == ["exos"]


def test_the_scripts_are_small_and_kept(base: str) -> None:
    def ask(path: str, **headers: str) -> Any:
        return urlopen(Request(base + path, headers=headers), timeout=10)

    with ask("/sdk/exos.js") as answer:
        body = answer.read()
        assert len(body) < 12_000
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer.headers["ETag"]
    version = re.search(rb"hyperdx\.js\?v=(\w+)", body)
    assert version
    with ask(f"/sdk/hyperdx.js?v={version[1].decode()}", **{"Accept-Encoding": "gzip"}) as answer:
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Encoding"] == "gzip"
        assert len(answer.read()) < 220_000
