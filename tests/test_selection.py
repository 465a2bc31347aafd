"""Filters select whole cases; each is compared with the same question put to the rows in Python."""

from __future__ import annotations

from typing import Any

import pytest

from eventlogs import ORDERS, Row, load
from exos.analysis import Playbook
from exos.errors import BadParameter
from exos.store.database import Database

PLAYBOOK = Playbook.load()


@pytest.fixture
def loaded(database: Database, process: str) -> str:
    load(database, process, ORDERS)
    return process


def _cases(database: Database, process: str, *filters: dict[str, Any], **params: Any) -> list[str]:
    result = PLAYBOOK.run(
        database, "process/cases", {"process": process, "filters": list(filters), "order": "oldest", **params}
    )
    return sorted(result.column("case_id"))


CASES: list[tuple[str, str, Any, list[str]]] = [
    ("activity", "=", "search", ["o1", "o2", "o4"]),
    ("activity", "!=", "search", ["o3"]),
    ("activity", "in", ["cancel", "examine"], ["o1", "o2", "o4"]),
    ("activity", "not_in", ["cancel", "examine"], ["o3"]),
    ("activity", "contains", "EXAM", ["o1", "o2"]),
    ("activity", "regex", "^c(ancel|ommit)$", ["o1", "o2", "o3", "o4"]),
    ("resource", "=", "eve", ["o2"]),
    ("resource", "!=", "bob", ["o2", "o3"]),
    ("path", "=", ["receive", "commit"], ["o3"]),
    ("path", "!=", ["receive", "search"], ["o3"]),
    ("path", "=", ["search", "examine", "commit"], ["o1", "o2"]),
    ("eventually", "=", ["receive", "commit"], ["o1", "o2", "o3"]),
    ("eventually", "=", ["search", "search"], ["o1", "o4"]),
    ("eventually", "=", ["commit", "receive"], []),
    ("first_activity", "=", "cancel", ["o4"]),
    ("last_activity", "!=", "commit", ["o4"]),
    ("variant", "=", ["receive", "commit"], ["o3"]),
    ("variant", "!=", ["receive", "commit"], ["o1", "o2", "o4"]),
    ("case_id", "in", ["o1", "o4"], ["o1", "o4"]),
    ("case_id", ">", "o2", ["o3", "o4"]),
    ("events", ">=", 6, ["o1"]),
    ("events", "=", "4", ["o2", "o4"]),
    ("duration_seconds", "<", 121, ["o3"]),
    ("duration_seconds", "in", [120], ["o3"]),
    ("start", ">=", "2026-03-03T09:00:00Z", ["o3", "o4"]),
    ("end", "<", "2026-03-02T12:00:00+00:00", ["o1"]),
    ("region", "=", "TX", ["o1", "o3"]),
    ("case:region", "!=", "TX", ["o2", "o4"]),
    ("region", "in", ["CA", "FL"], ["o2", "o4"]),
    ("amount", ">", 90, ["o1", "o3"]),
    ("amount", "<=", 99.0, ["o2", "o3"]),
    ("amount", ">", "90", ["o1", "o3"]),
    ("amount", ">=", "9.9e1", ["o1", "o3"]),
    ("amount", "=", "99.0", []),
    ("amount", "in", [99, "80"], ["o2", "o3"]),
    ("amount", "not_in", ["80"], ["o1", "o3", "o4"]),
    ("duration_seconds", "not_in", [120], ["o1", "o2", "o4"]),
    ("activity", "in", [*map(str, range(1000)), "cancel"], ["o4"]),
    ("activity", "not_in", [*map(str, range(1000)), "cancel"], ["o1", "o2", "o3"]),
    ("resource", "in", [*map(str, range(1000)), "eve"], ["o2"]),
    ("amount", "exists", None, ["o1", "o2", "o3"]),
    ("amount", "exists", False, ["o4"]),
    ("channel", "=", "web", ["o1", "o4"]),
    ("channel", "!=", "web", ["o2", "o3"]),
    ("channel", "exists", True, ["o1", "o2", "o4"]),
    ("nothing of that name", "=", "x", []),
    ("nothing of that name", "!=", "x", ["o1", "o2", "o3", "o4"]),
]


@pytest.mark.parametrize(("name", "op", "value", "expected"), CASES)
def test_filter(database: Database, loaded: str, name: str, op: str, value: Any, expected: list[str]) -> None:
    assert _cases(database, loaded, {"property": name, "op": op, "value": value}) == expected


def test_filters_are_joined_by_and(database: Database, loaded: str) -> None:
    region = {"property": "region", "op": "=", "value": "TX"}
    rework = {"property": "events", "op": ">", "value": 2}
    assert _cases(database, loaded, region, rework) == ["o1"]


def test_filters_as_text(database: Database, loaded: str) -> None:
    given = {"process": loaded, "filters": '[{"property": "region", "op": "=", "value": "CA"}]'}
    assert PLAYBOOK.run(database, "process/cases", given).column("case_id") == ["o2"]


@pytest.mark.parametrize(
    ("since", "until", "timezone", "expected"),
    [
        ("2026-03-02T09:05:00Z", None, "UTC", ["o2", "o3", "o4"]),
        (None, "2026-03-02T09:05:00Z", "UTC", ["o1"]),
        ("2026-03-03", None, "UTC", ["o3", "o4"]),
        ("2026-03-02T03:05", None, "America/Chicago", ["o2", "o3", "o4"]),
    ],
)
def test_period(database: Database, loaded: str, since: Any, until: Any, timezone: str, expected: list[str]) -> None:
    """`until` is exclusive; times without an offset are in the given zone."""
    assert _cases(database, loaded, since=since, until=until, timezone=timezone) == expected


@pytest.mark.parametrize("value", ["'", "\\", "{x:String}", "') OR 1=1 --", "\x00", "%"])
def test_hostile_values_are_only_values(database: Database, loaded: str, value: str) -> None:
    for name in ("activity", "case_id", "region", value):
        assert _cases(database, loaded, {"property": name, "op": "=", "value": value}) == []


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ("not json", "not JSON"),
        ({"property": "a"}, "must be a list"),
        (["a"], "filter 1 must be an object"),
        ([{"property": "a", "op": "like", "value": 1}], "op 'like'"),
        ([{"property": "a", "op": "="}], "no value"),
        ([{"property": "a", "op": "=", "value": None}], "no value"),
        ([{"property": "activity", "op": "!=", "value": None}], "no value"),
        ([{"property": "activity", "op": "regex", "value": "("}], "filter activity is malformed: missing \\): \\(.$"),
        ([{"property": "x", "op": "regex", "value": "a**"}], "filter x is malformed: bad repetition operator"),
        ([{"property": "events", "op": "=", "value": 10**400}], "filters cannot be used"),
        ([{"property": "a", "op": "=", "value": 1, "and": 2}], "unknown keys: and"),
        ([{"property": "events", "op": "=", "value": "many"}], "is not"),
        ([{"property": "events", "op": "regex", "value": "1"}], "takes ="),
        ([{"property": "path", "op": "=", "value": "a"}], "takes a list"),
        ([{"property": "path", "op": "=", "value": ["a"]}], "at least two"),
        ([{"property": "path", "op": ">", "value": ["a", "b"]}], "takes = and !="),
        ([{"property": "start", "op": ">", "value": "yesterday"}], "not a time"),
        ([{"property": "region", "op": "in", "value": "TX"}], "takes a list"),
        ([{"property": "region", "op": "=", "value": ["TX"]}], "go with in"),
    ],
)
def test_bad_filters_say_what_is_wrong(database: Database, loaded: str, filters: Any, message: str) -> None:
    with pytest.raises(BadParameter, match=f"(?i){message}") as raised:
        PLAYBOOK.run(database, "process/cases", {"process": loaded, "filters": filters})
    assert "__table" not in raised.value.message


def test_long_lists_are_compared_as_sets(database: Database, process: str) -> None:
    """As pairs these are 4,000,000,000 comparisons: minutes."""
    rows = [Row(f"c{case}", f"a{case % 20}", place) for case in range(2_000) for place in range(20)]
    load(database, process, rows)
    values = [f"b{number}" for number in range(100_000)]
    given = {"process": process, "filters": [{"property": "activity", "op": "in", "value": [*values, "a7"]}]}
    assert len(PLAYBOOK.run(database, "process/cases", given).rows) == 100
    given["filters"] = [{"property": "case_id", "op": "in", "value": [*values, "c7"]}]
    assert len(PLAYBOOK.run(database, "process/cases", given).rows) == 1
