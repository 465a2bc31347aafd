"""Recordings of the demo: valid rrweb, told by the same beats as the spans."""

from __future__ import annotations

from typing import Any

import pytest

from exos.demo.screens.apps import DESK, SITE, app
from exos.demo.screens.layout import boxes
from exos.demo.screens.pages import frame
from exos.demo.screens.recordings import CHUNK_BYTES
from exos.ingest.recordings import Chunk, join_chunks
from exos.store.database import Database

pytestmark = pytest.mark.timeout(300)
_ORDER = "ORDER BY session, Timestamp, toUInt64(LogAttributes['rr-web.offset'])"


@pytest.fixture(scope="module")
def recordings(world: Database) -> dict[str, list[dict[str, Any]]]:
    """The events of every recorded session, in the order in which a player reads them."""
    sql = f"""
        SELECT ResourceAttributes['rum.sessionId'] AS session, LogAttributes['rr-web.event'] AS event,
            toUInt32(LogAttributes['rr-web.chunk']) AS chunk, toUInt32(LogAttributes['rr-web.total-chunks']) AS chunks, Body
        FROM hyperdx_sessions {_ORDER}
    """
    found: dict[str, list[Chunk]] = {}
    for session, *chunk in world.query(sql).rows:
        found.setdefault(session, []).append(Chunk(*chunk))
    return {session: list(join_chunks(chunks)) for session, chunks in found.items()}


class Mirror:
    """What a player keeps: which nodes there are, and under which parent."""

    def __init__(self, snapshot: dict[str, Any]) -> None:
        self.parent: dict[int, int] = {}
        self._add(snapshot, 0)

    def _add(self, node: dict[str, Any], parent: int) -> None:
        assert node["id"] not in self.parent, "a number is given once"
        self.parent[node["id"]] = parent
        for child in node.get("childNodes", []):
            self._add(child, node["id"])

    def change(self, data: dict[str, Any]) -> None:
        """One mutation, as a player applies it: removals before additions."""
        for each in data["removes"]:
            assert self.parent[each["id"]] == each["parentId"]
            self._remove(each["id"])
        for each in data["adds"]:
            assert each["parentId"] in self.parent
            assert not each["node"].get("childNodes")
            self._add(each["node"], each["parentId"])
        assert all(each["id"] in self.parent for each in data["attributes"])

    def _remove(self, number: int) -> None:
        for child in [child for child, parent in self.parent.items() if parent == number]:
            self._remove(child)
        del self.parent[number]


def test_every_recording_begins_with_the_whole_page(recordings: dict[str, list[dict[str, Any]]]) -> None:
    for events in recordings.values():
        assert [event["type"] for event in events[:4]] == [0, 1, 4, 2]
        assert {event["type"] for event in events[4:]} <= {3}
        times = [event["timestamp"] for event in events]
        assert times == sorted(times)


def test_recordings_last_until_people_leave(recordings: dict[str, list[dict[str, Any]]]) -> None:
    lengths = [events[-1]["timestamp"] - events[0]["timestamp"] for events in recordings.values()]
    assert min(lengths) > 1_000


def test_events_speak_of_nodes_that_are_there(recordings: dict[str, list[dict[str, Any]]]) -> None:
    for events in recordings.values():
        mirror = Mirror(events[3]["data"]["node"])
        for event in events[4:]:
            data = event["data"]
            if data["source"] == 0:
                mirror.change(data)
            elif data["source"] == 1:
                assert all(each["id"] in mirror.parent for each in data["positions"])
            else:
                assert data["id"] in mirror.parent


def test_inputs_are_masked(recordings: dict[str, list[dict[str, Any]]]) -> None:
    typed = [e["data"] for events in recordings.values() for e in events if e["type"] == 3 and e["data"]["source"] == 5]
    assert len(typed) > 1_000
    assert all(set(each["text"]) == {"*"} or (each["text"] == "on" and each["isChecked"]) for each in typed)


def test_clicks_are_those_of_the_spans(world: Database, recordings: dict[str, list[dict[str, Any]]]) -> None:
    """The same clicks, within a millisecond, on the elements that the spans name."""
    sql = """
        SELECT ResourceAttributes['rum.sessionId'] AS session, ServiceName AS service,
            toUnixTimestamp64Milli(Timestamp) AS at,
            SpanAttributes['target_xpath'] AS xpath, SpanAttributes['location.href'] AS href
        FROM otel_traces
        WHERE SpanName = 'click' AND ParentSpanId = '' AND ServiceName IN ('order-desk', 'public-site')
            AND session IN (SELECT ResourceAttributes['rum.sessionId'] FROM hyperdx_sessions)
    """
    spans: dict[str, set[tuple[int, int]]] = {}
    numbers = {
        (each.name, element.xpath): frame(each.name).number(list(each.pages)[element.page], element.name)
        for each in (app(DESK), app(SITE))
        for element in each.elements
    }
    for row in world.query(sql).records():
        spans.setdefault(row["session"], set()).add((row["at"], numbers[row["service"], row["xpath"]]))
    for session, events in recordings.items():
        clicked = {
            (event["timestamp"], event["data"]["id"])
            for event in events
            if event["type"] == 3 and event["data"]["source"] == 2 and event["data"]["type"] == 2
        }
        assert clicked == spans.get(session, set())


def test_clicks_hit_their_elements(recordings: dict[str, list[dict[str, Any]]]) -> None:
    """On a desk nothing is scrolled: a click lies in the box that was measured in a browser."""
    desk = app(DESK)
    place = {frame(DESK).number(list(desk.pages)[e.page], e.name): n for n, e in enumerate(desk.elements)}
    seen = 0
    for events in recordings.values():
        if "desk." not in events[2]["data"]["href"]:
            continue
        for event in events:
            data = event["data"]
            if event["type"] == 3 and data["source"] == 2 and data["type"] == 2:
                left, top, width, height = boxes(DESK)[0, place[data["id"]]]
                assert left - 1 <= data["x"] <= left + width + 1
                assert top - 1 <= data["y"] <= top + height + 1
                seen += 1
    assert seen > 500


def test_a_broken_button_changes_nothing(world: Database, recordings: dict[str, list[dict[str, Any]]]) -> None:
    """In the recordings a dead click is one: no mutation follows within three seconds."""
    sql = """
        SELECT ResourceAttributes['rum.sessionId'] AS session,
            toUnixTimestamp64Milli(Timestamp) AS at FROM otel_traces
        WHERE SpanName = 'error_click' AND SpanAttributes['exos.frustration.element'] = '#attach'
    """
    checked = 0
    for session, at in world.query(sql).rows:
        if session in recordings:
            checked += 1
            answered = [
                event["timestamp"] - at
                for event in recordings[session]
                if event["type"] == 3 and event["data"]["source"] == 0 and 0 <= event["timestamp"] - at < 3_000
            ]
            assert answered == []
    assert checked >= 5


def test_long_events_come_in_pieces(world: Database, recordings: dict[str, list[dict[str, Any]]]) -> None:
    """As the recorder cuts them: at a length in bytes; every event is complete, and numbered within its session."""
    sql = """
        SELECT max(length(Body)) AS longest, countIf(LogAttributes['rr-web.total-chunks'] != '1') AS pieces,
            uniqExact(ResourceAttributes['rum.sessionId'], LogAttributes['rr-web.event']) AS events,
            count() = uniqExact(ResourceAttributes['rum.sessionId'], LogAttributes['rr-web.offset']) AS numbered
        FROM hyperdx_sessions
    """
    row = world.query(sql).records()[0]
    assert row["longest"] <= CHUNK_BYTES
    assert row["pieces"] >= 2
    assert row["numbered"] == 1
    assert row["events"] == sum(map(len, recordings.values()))
