"""Object-centric logs: values that objects have one after another are said by the events since which they hold."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ingest.reading import Found, read

Values = Sequence[tuple[str, str, str]]
"""Name, since when, value."""
BEGUN = "1970-01-01T00:00:00Z"


def write_json(path: Path, times: Sequence[str], values: Values) -> Path:
    events = [
        {"id": f"e{place}", "type": f"a{place}", "time": time, "relationships": [{"objectId": "o1", "qualifier": ""}]}
        for place, time in enumerate(times)
    ]
    attributes = [{"name": name, "time": time, "value": value} for name, time, value in values]
    objects = [{"id": "o1", "type": "order", "attributes": attributes}, {"id": "o2", "type": "order"}]
    path.write_text(json.dumps({"eventTypes": [], "objectTypes": [], "events": events, "objects": objects}))
    return path


def write_sqlite(path: Path, times: Sequence[str], values: Values) -> Path:
    connection = sqlite3.connect(path)
    names = sorted({name for name, *_ in values})
    connection.executescript(
        f"""
        CREATE TABLE event (ocel_id TEXT, ocel_type TEXT); CREATE TABLE object (ocel_id TEXT, ocel_type TEXT);
        CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT);
        CREATE TABLE event_map_type (ocel_type TEXT, ocel_type_map TEXT);
        CREATE TABLE object_map_type (ocel_type TEXT, ocel_type_map TEXT);
        CREATE TABLE event_Any (ocel_id TEXT, ocel_time TEXT);
        CREATE TABLE object_Order (ocel_id TEXT, ocel_time TEXT, ocel_changed_field TEXT, {", ".join(names)});
        INSERT INTO object VALUES ('o1', 'order'), ('o2', 'order'); INSERT INTO object_map_type VALUES ('order', 'Order');
        """
    )
    for place, time in enumerate(times):
        connection.execute("INSERT INTO event VALUES (?, ?)", (f"e{place}", f"a{place}"))
        connection.execute("INSERT INTO event_map_type VALUES (?, 'Any')", (f"a{place}",))
        connection.execute("INSERT INTO event_object VALUES (?, 'o1', '')", (f"e{place}",))
        connection.execute("INSERT INTO event_Any VALUES (?, ?)", (f"e{place}", time))
    for name, time, value in values:
        connection.execute(
            f"INSERT INTO object_Order (ocel_id, ocel_time, ocel_changed_field, {name}) VALUES ('o1', ?, ?, ?)",
            (time, name, value),
        )
    connection.commit()
    connection.close()
    return path


@pytest.fixture(params=[write_json, write_sqlite])
def given(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Sequence[str], Values], Found]:
    """Reads a log of one object with events at these times and these values."""
    return lambda times, values: read(request.param(tmp_path / "log", times, values))


Given = Callable[[Sequence[str], Values], Found]
DAYS = [f"2026-01-0{day}T12:00:00Z" for day in range(1, 6)]


def left_out(found: Found) -> list[str]:
    return [note.split()[0] for note in found.report.notes() if "were left out" in note]


def test_a_value_is_said_by_the_first_event_since_its_change(given: Given) -> None:
    found = given(DAYS[:4], [("price", BEGUN, "10"), ("price", "2026-01-03T00:00:00Z", "11"), ("colour", BEGUN, "red")])
    assert found.column("case_attributes") == [{"price": "10", "colour": "red"}, {}, {"price": "11"}, {}]
    assert left_out(found) == []


def test_a_change_at_the_very_time_of_an_event_is_said_by_it(given: Given) -> None:
    found = given(DAYS[:3], [("price", BEGUN, "10"), ("price", "2026-01-02T13:00:00+01:00", "11")])
    assert found.column("case_attributes") == [{"price": "10"}, {"price": "11"}, {}]


def test_values_that_held_at_no_event_are_counted(given: Given) -> None:
    found = given(
        DAYS[1:3],
        [
            ("price", BEGUN, "10"),
            ("price", "2026-01-01T00:00:00Z", "11"),
            ("price", "2026-01-03T00:00:00Z", "12"),
            ("price", "2026-01-03T06:00:00Z", "13"),
            ("price", "2026-01-09T00:00:00Z", "14"),
        ],
    )
    assert found.column("case_attributes") == [{"price": "11"}, {"price": "13"}]
    assert left_out(found) == ["3"]


def test_a_value_that_is_said_again_is_no_change(given: Given) -> None:
    found = given(
        DAYS[:4],
        [("price", BEGUN, "10"), ("price", DAYS[1], "10"), ("price", DAYS[2], "11"), ("price", DAYS[3], "11")],
    )
    assert found.column("case_attributes") == [{"price": "10"}, {}, {"price": "11"}, {}]
    assert left_out(found) == []


def test_events_need_not_be_in_the_order_of_time(given: Given) -> None:
    found = given(DAYS[3::-1], [("price", BEGUN, "10"), ("price", "2026-01-03T00:00:00Z", "11")])
    assert found.column("case_attributes") == [{}, {"price": "11"}, {}, {"price": "10"}]


def test_an_event_that_is_rejected_says_nothing(given: Given) -> None:
    found = given([DAYS[0], "soon", DAYS[4]], [("price", BEGUN, "10"), ("price", "2026-01-03T00:00:00Z", "11")])
    assert found.column("case_attributes") == [{"price": "10"}, {"price": "11"}]


def test_what_does_not_change_is_said_by_the_first_event_that_is_kept(given: Given) -> None:
    found = given(["soon", DAYS[4]], [("colour", BEGUN, "red")])
    assert found.column("case_attributes") == [{"colour": "red"}]
