"""Frustration in stored recordings: found once, not beside what the browser reported, and known by its session."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exos.ingest.recordings import Chunk, join_chunks, search
from exos.store.database import Database
from recorded import BUTTON, Recording
from spans import NOON, browser, events_of, record, send


def search_all(database: Database) -> None:
    while search(database, quiet=0, over=0):
        pass


def signals(database: Database, session: str) -> list[list[Any]]:
    rows = events_of(database, session, "event, kind, element, text, source, time")
    return [row[:5] for row in rows if row[1] == "frustration"]


@pytest.fixture
def session(process: str) -> str:
    return f"session-of-{process}"


DEAD = ["dead_click", "frustration", "#place", "Place order", "recording"]


def dead() -> Recording:
    return Recording().start().click(BUTTON, 1000).pass_time(6000)


@pytest.mark.parametrize("pieces", [1, 3])
def test_a_dead_click_is_found_once(database: Database, session: str, pieces: int) -> None:
    record(database, session, dead(), pieces=pieces)
    search_all(database)
    assert signals(database, session) == [DEAD]
    assert search(database, quiet=0) == 0
    database.command(f"ALTER TABLE recording_checks DELETE WHERE session_id = '{session}' SETTINGS mutations_sync = 2")
    search_all(database)
    assert signals(database, session) == [DEAD]


def test_what_the_snippet_watched_itself_is_not_searched(database: Database, session: str) -> None:
    record(database, session, dead(), resource={"exos.frustration": "on"})
    record(database, f"{session}-off", dead(), resource={"exos.frustration": "off"})
    search_all(database)
    assert signals(database, session) == []
    assert signals(database, f"{session}-off") == [DEAD]


def test_who_and_where_comes_from_the_session(database: Database, session: str) -> None:
    said = {
        "exos.visitor.id": "v1",
        "exos.context.process": "title",
        "exos.context.case_id": "7",
        "geo.country.iso_code": "US",
    }
    send(database, [browser(session, seconds=0.5, attributes=said), browser(session, seconds=30)])
    record(database, session, dead())
    search_all(database)
    columns = (
        "visitor_id, session_id, service, page, url, country, process, case_id, release, properties, trace_id, span_id"
    )
    found = events_of(database, session, f"kind, {columns}")
    (row,) = [row[1:] for row in found if row[0] == "frustration"]
    (click,) = [row[1:] for row in found if row[1] == "v1" and row[0] == "interaction"]
    assert row[:9] == click[:9]
    assert row[9] == {
        "exos.frustration.count": "1",
        "exos.frustration.x": "50",
        "exos.frustration.y": "60",
        "exos.frustration.page": "/orders/7",
    }
    assert row[10:] == ["", ""]


def test_a_session_without_spans(database: Database, session: str) -> None:
    record(database, session, dead())
    search_all(database)
    rows = events_of(database, session, "visitor_id, page, url")
    assert rows == [[session, "/orders", "https://shop.example/orders"]]


def test_what_the_browser_reported_is_not_told_again(database: Database, session: str) -> None:
    send(
        database,
        [
            browser(session, "dead_click", "custom-action", seconds=1.4),
            browser(session, "rage_click", "custom-action", seconds=1),
        ],
    )
    record(database, session, dead())
    search_all(database)
    assert sorted(row[0::4] for row in signals(database, session)) == [["dead_click", ""], ["rage_click", ""]]


def test_a_request_is_an_answer(database: Database, session: str) -> None:
    asked = browser(
        session, "HTTP POST", "@opentelemetry/instrumentation-fetch", seconds=1.2, resource={"rum.scriptInstance": "p1"}
    )
    send(database, [asked])
    record(database, session, dead())
    record(database, session, dead(), load="p2")
    search_all(database)
    assert signals(database, session) == [DEAD], "of the page load that did not ask"


def test_only_what_has_grown_is_searched_again(database: Database, session: str) -> None:
    recording = Recording().start()
    for number in range(30):
        recording.pass_time(100 * number)
    record(database, session, recording)
    search_all(database)
    record(database, session, Recording(dead().events[2:]))
    assert search(database, quiet=3600) == 0, "more may come"
    search_all(database)
    assert signals(database, session) == [DEAD]


def test_work_is_bounded(database: Database, session: str) -> None:
    search_all(database)
    for load in "abc":
        record(database, session, dead(), load=load)
    assert search(database, quiet=0, most=2) == 2
    assert search(database, quiet=0, seconds=0) == 1
    assert search(database, quiet=0) == 0


def test_page_loads_are_known_from_when_to_when(database: Database, session: str) -> None:
    record(database, session, dead())
    row = database.query(
        "SELECT page_load, service, min(start_time) = {noon:DateTime64(6, 'UTC')} AS since, max(rows) > 0 AS counted"
        " FROM recordings WHERE session_id = {session:String} GROUP BY page_load, service",
        {"session": session, "noon": f"{NOON:%Y-%m-%d %H:%M:%S}"},
    ).rows  # fmt: skip
    assert row == [["p1", "order-desk", True, True]]


EVENTS = st.lists(st.dictionaries(st.text(max_size=3), st.text(max_size=20), max_size=3), max_size=8)


@given(EVENTS, st.integers(1, 4), st.data())
def test_chunks_join(events: list[dict[str, str]], pieces: int, data: st.DataObject) -> None:
    records = []
    for number, event in enumerate(events):
        body = json.dumps(event)
        size = -(-len(body) // pieces)
        records += [
            Chunk(str(number), piece + 1, pieces, body[piece * size : (piece + 1) * size]) for piece in range(pieces)
        ]
    assert list(join_chunks(records)) == events
    if not records:
        return
    lost = data.draw(st.integers(0, len(records) - 1))
    damaged = int(records[lost].event)
    del records[lost]
    assert list(join_chunks(records)) == events[:damaged] + events[damaged + 1 :]


def test_what_is_no_json_is_left_out() -> None:
    assert list(join_chunks([Chunk("1", 1, 1, "{"), Chunk("2", 1, 1, "[]"), Chunk("3", 1, 1, '{"a": 1}')])) == [
        {"a": 1}
    ]
