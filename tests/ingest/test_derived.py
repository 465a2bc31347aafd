"""What spans become: product events and case events, once each, whoever wrote the spans."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exos.store.database import Database
from spans import INTERACTION, PAGE, Span, browser, captured, events_of, insert_rows, moment, send

ACTION, ERRORS, LOAD = "custom-action", "errors", "@opentelemetry/instrumentation-document-load"


@pytest.fixture
def session(process: str) -> str:
    """A session that no other test uses."""
    return f"session-of-{process}"


def test_one_click_is_counted_once(database: Database, session: str) -> None:
    first = browser(session, attributes={"target_element": "BUTTON", "target_xpath": '//*[@id="b"]'})
    chained = replace(first, span="b" * 16, parent=first.span)
    send(database, [first, chained, replace(chained, span="c" * 16, parent="b" * 16)])
    assert events_of(database, session, "event, kind, element, span_id") == [
        ["click", "interaction", '//*[@id="b"]', first.span]
    ]


def test_the_snippets_selector_and_text_win_over_the_xpath(database: Database, session: str) -> None:
    said = {"target_xpath": "//a", "exos.element.selector": "#buy", "exos.element.text": "Buy"}
    send(database, [browser(session, attributes=said)])
    assert events_of(database, session, "element, text, properties") == [["#buy", "Buy", {}]]


@pytest.mark.parametrize(
    ("span", "row"),
    [
        (browser("", "documentLoad", LOAD, lasting=0.5), ["page_view", "page", "", 500]),
        (browser("", "routeChange", "route", attributes={"prev.href": "/"}), ["route_change", "page", "", None]),
        (browser("", "submit"), ["submit", "interaction", "", None]),
        (browser("", "change", "user-interaction"), ["change", "interaction", "", None]),
        (browser("", "Order placed", ACTION), ["Order placed", "action", "", None]),
        (browser("", "onerror", ERRORS, attributes={"error.message": "boom"}), ["error", "error", "boom", None]),
        (browser("", "Error: x", "record-exception", exception="lost"), ["error", "error", "lost", None]),
        (browser("", "Error: x", "record-exception"), ["error", "error", "Error: x", None]),
        (browser("", "webvitals", "webvitals", attributes={"cls": "0.25"}), ["cls", "vital", "", 0.25]),
        (browser("", "webvitals", "webvitals", attributes={"lcp": "fast"}), ["lcp", "vital", "", None]),
        (browser("", "longtask", "browser-longtask", attributes={"longtask.duration": "61"}), ["long_task", "long_task", "", 61]),
        (browser("", "longtask", "browser-longtask", lasting=0.07), ["long_task", "long_task", "", 70]),
        (browser("", "rage_click", ACTION, attributes={"exos.frustration.text": "B"}), ["rage_click", "frustration", "B", None]),
        (browser("", "dead_click", ACTION), ["dead_click", "frustration", "", None]),
        (browser("", "rage_click", "elsewhere"), None),
        (browser("", "mousedown"), None),
        (browser("", "HTTP GET", "@opentelemetry/instrumentation-fetch"), None),
        (browser("", "resourceFetch", LOAD), None),
        (browser("", "console.log", "console"), None),
        (browser("", "record init", "rum.rr-web"), None),
        (Span("documentLoad", LOAD), None),
    ],
)  # fmt: skip
def test_kinds(database: Database, session: str, span: Span, row: list[Any] | None) -> None:
    resource = {**span.resource, "rum.sessionId": session} if span.resource else {}
    send(database, [replace(span, resource=resource)])
    assert events_of(database, session, "event, kind, text, value") == ([row] if row else [])


def test_all_columns(database: Database, session: str) -> None:
    said = {
        "exos.visitor.id": "v1", "userId": "u1", "userEmail": "ann@example.com", "target_xpath": "//a", "event_type": "click",
        "component": "user-interaction", "http.user_agent": "x", "screen.xy": "800x600", "document.referrer": "https://news.example/a",
        "exos.context.process": "title", "exos.context.case_id": "4711", "plan": "gold", "user_agent.name": "Firefox",
    }  # fmt: skip
    added = {
        "geo.country.iso_code": "US", "geo.region.name": "Texas", "geo.region.iso_code": "US-TX", "geo.locality.name": "Austin",
        "user_agent.name": "Chrome", "user_agent.version": "141.0.2", "user_agent.os.name": "Windows",
        "exos.device.type": "desktop", "exos.network.class": "business", "client.address": "8.8.8.0",
    }  # fmt: skip
    span = browser(session, seconds=0.123456, attributes=said, resource=added)
    send(database, [span])
    columns = (
        "time, event, kind, visitor_id, user_id, session_id, service, page, url, referrer, element, utm_source, utm_medium,"
        " country, region, city, browser, browser_version, os, device, network, release, process, case_id, properties,"
        " trace_id, span_id, source"
    )
    assert events_of(database, session, columns) == [[
        moment(0.123456), "click", "interaction", "v1", "u1", session, "order-desk", "/orders/7", PAGE, "news.example",
        "//a", "news", "", "US", "Texas", "Austin", "Firefox", "141", "Windows", "desktop", "business", "1.2.3", "title", "4711",
        {"userEmail": "ann@example.com", "document.referrer": "https://news.example/a", "plan": "gold"},
        span.trace, span.span, "",
    ]]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "visitor", "user"),
    [
        ({"exos.visitor.id": "v", "userId": "u", "enduser.id": "e"}, "v", "e"),
        ({"userId": "u"}, "u", "u"),
        ({}, None, ""),
    ],
)
def test_who_it_was(database: Database, session: str, said: dict[str, str], visitor: str | None, user: str) -> None:
    send(database, [browser(session, attributes=said)])
    assert events_of(database, session, "visitor_id, user_id") == [[visitor or session, user]]


@pytest.mark.parametrize(
    ("href", "page", "source"),
    [
        ("https://a.example", "/", ""),
        ("https://a.example/", "/", ""),
        ("https://a.example/?utm_source=a%20b+c", "/", "a b c"),
        ("https://a.example/orders/#top", "/orders", ""),
        ("https://a.example/orders//?x=1#/y", "/orders#/y", ""),
        ("https://a.example/#/orders/7?tab=2", "/#/orders/7", ""),
        ("https://a.example/caf%C3%A9", "/caf%C3%A9", ""),
        ("https://a.example/?utm_source=%ff", "/", "\ufffd"),
        ("", "", ""),
        ("nonsense", "/", ""),
    ],
)
def test_pages(database: Database, session: str, href: str, page: str, source: str) -> None:
    send(database, [browser(session, attributes={"location.href": href})])
    assert events_of(database, session, "page, utm_source") == [[page, source]]


def test_links_within_the_site_are_no_referrer(database: Database, session: str) -> None:
    send(
        database,
        [browser(session, "documentLoad", LOAD, attributes={"document.referrer": "https://shop.example/cart"})],
    )
    assert events_of(database, session, "referrer") == [[""]]


def test_an_action_keeps_all_it_says(database: Database, session: str) -> None:
    given = {
        "formId": "f1",
        "n": "3",
        "exos.frustration.page": "/x",
        "exos.frustration.element": "#buy",
        "exos.event.note": "late",
    }
    send(
        database,
        [
            browser(session, "Form-Completed", ACTION, attributes=given),
            browser(session, "rage_click", ACTION, attributes=given),
        ],
    )
    rows = events_of(database, session, "event, element, properties")
    kept = {name: value for name, value in given.items() if name != "exos.frustration.element"}
    assert rows == [["Form-Completed", "", kept], ["rage_click", "#buy", kept]]


def test_what_was_sent_twice_is_there_once(database: Database, session: str, process: str) -> None:
    span = browser(
        session, "Reviewed", ACTION, attributes={"exos.process": process, "exos.case.id": "1", "exos.case.state": "TX"}
    )
    send(database, [span, span])
    send(database, [span])
    assert events_of(database, session, "event") == [["Reviewed"]]
    assert database.query(
        "SELECT count() AS n FROM case_events FINAL WHERE process = {process:String}", {"process": process}
    ).rows == [[1]]


def test_case_events(database: Database, process: str) -> None:
    full = Span(
        "POST /orders", "api", seconds=1.5, lasting=2.25,
        attributes={
            "exos.process": process, "exos.case.id": "1", "exos.activity": "Assign", "exos.resource": "Ann", "enduser.id": "e",
            "exos.lifecycle": "complete", "exos.cost": "12.5", "exos.case.state": "TX", "exos.event.note": "late",
            "exos.context.case_id": "9", "http.method": "POST",
        },
        resource={"rum.sessionId": "s1"},
    )  # fmt: skip
    plain = Span(
        "Review", "api", attributes={"exos.process": process, "exos.case.id": "2", "exos.cost": "a lot", "userId": "u"}
    )
    context = Span("click", attributes={"exos.context.process": process, "exos.context.case_id": "3"})
    send(
        database,
        [
            full,
            plain,
            context,
            Span("x", attributes={"exos.process": process}),
            Span("x", attributes={"exos.case.id": "4"}),
        ],
    )
    rows = database.query(
        "SELECT case_id, activity, start_time, end_time, resource, lifecycle, cost, attributes, case_attributes, session_id,"
        " trace_id, span_id, source FROM case_events FINAL WHERE process = {process:String} ORDER BY case_id",
        {"process": process},
    ).rows  # fmt: skip
    assert rows == [
        ["1", "Assign", moment(1.5), moment(3.75), "Ann", "complete", 12.5, {"note": "late"},
         {"state": "TX"}, "s1", full.trace, full.span, ""],
        ["2", "Review", moment(0), moment(0), "u", "", None, {}, {}, "", plain.trace,
         plain.span, ""],
    ]  # fmt: skip


def test_nanoseconds_order_what_happened_in_one_microsecond(database: Database, process: str) -> None:
    said = {"exos.process": process, "exos.case.id": "1"}
    rows = [Span(name, "api", attributes=said).row() for name in ("later", "earlier")]
    rows[0]["Timestamp"] += 700
    rows[1]["Timestamp"] += 300
    insert_rows(database, rows)
    assert database.query(
        "SELECT activity FROM case_events FINAL WHERE process = {process:String} ORDER BY start_time, end_time, sequence",
        {"process": process},
    ).rows == [["earlier"], ["later"]]


def test_the_recorded_request_of_the_real_sdk(database: Database, sdk_capture: Path) -> None:
    rows = captured(sdk_capture)
    insert_rows(database, rows)
    insert_rows(database, rows)
    session = dict(rows[0]["ResourceAttributes"])["rum.sessionId"]
    assert events_of(
        database, session, "event, kind, page, element, text, value, user_id, release, properties"
    ) == json.loads((Path(__file__).parents[1] / "golden" / "derived" / "sdk_capture.json").read_text())


ANYTHING = st.text(max_size=30)
HREF = st.one_of(ANYTHING, ANYTHING.map(lambda text: f"https://shop.example/{text}"))
NAMES = st.sampled_from(
    ["lcp", "longtask.duration", "document.referrer", "exos.cost", "exos.case.a", "exos.event.b", "x", ""]
)
SCOPES = st.sampled_from([INTERACTION, ACTION, ERRORS, LOAD, "webvitals", "browser-longtask", "route"])
SPANS = st.builds(
    lambda name, scope, href, attributes, seconds, lasting: browser(
        "fuzz", name, scope, seconds=seconds, lasting=lasting,
        attributes={"location.href": href, "exos.process": "fuzz", "exos.case.id": "1", **attributes},
    ),
    st.one_of(ANYTHING, st.sampled_from(["documentLoad", "routeChange", "longtask", "click", "rage_click"])),
    SCOPES, HREF, st.dictionaries(NAMES, ANYTHING), st.floats(0, 86400), st.floats(0, 18e9),
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(SPANS, min_size=1, max_size=20))
def test_no_span_is_refused_because_of_what_it_says(database: Database, spans: list[Span]) -> None:
    before = database.query("SELECT count() AS n FROM otel_traces").rows[0][0]
    send(database, spans)
    assert database.query("SELECT count() AS n FROM otel_traces").rows[0][0] == before + len(spans)
    kept = {span.span for span in spans}
    derived = database.query(
        "SELECT span_id, end_time >= start_time AS ordered FROM case_events WHERE process = 'fuzz'"
    ).rows
    assert kept <= {row[0] for row in derived}
    assert all(row[1] for row in derived)
