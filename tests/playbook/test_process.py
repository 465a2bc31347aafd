"""Golden rows, agreement with an independent miner, and properties that every process analysis must have."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import goldens
from eventlogs import ORDERS, ORIGIN, Row, directly_follows, eventually_follows, load, variants
from exos.analysis import Playbook
from exos.store.database import Database
from exos.types import Result

PLAYBOOK = Playbook.load()
COUNTED = [
    "process/dfg", "process/activities", "process/variants", "process/rework", "process/eventually_follows",
]  # fmt: skip
Ask = Callable[..., Result]
_NUMBERS = itertools.count(1)


@pytest.fixture
def ask(database: Database, process: str) -> Ask:
    load(database, process, ORDERS)
    return lambda slug, **params: PLAYBOOK.run(database, slug, {"process": process, **params})


GIVEN: dict[str, dict[str, Any]] = {
    "process/find": {"text": "O"},
    "process/timeline": {"case": "o1"},
    "process/transitions": {"source": "search", "target": "examine"},
    "process/trend": {"interval": "day"},
}
WITHOUT = {slug: ["process"] for slug in ("process/processes", "process/portfolio", "process/find")}


@pytest.mark.parametrize("slug", [one.slug for one in PLAYBOOK if one.area == "process"])
def test_golden_rows(ask: Ask, slug: str, request: pytest.FixtureRequest) -> None:
    """Every analysis gives the rows that were checked by hand."""
    goldens.check(slug, ask(slug, **GIVEN.get(slug, {})), request, without=WITHOUT.get(slug, []))


@pytest.mark.parametrize("slug", ["process/summary", "process/trend"])
def test_golden_rows_of_finished_cases(ask: Ask, slug: str, request: pytest.FixtureRequest) -> None:
    """By their end: o1 ends at half past eleven, o2 an hour later, o3 on the next day; o4 does not end with a last step."""
    since = {"since": "2026-03-02T12:00:00Z", "interval": "day"} if slug == "process/trend" else {}
    goldens.check(slug, ask(slug, cases="finished", **since), request, further="finished")


def _edges(result: Result) -> dict[tuple[str, str], tuple[int, int, float, float]]:
    return {(row[0], row[1]): (row[2], row[3], row[4], row[5]) for row in result.rows}


def _agree(database: Database, process: str, rows: list[Row]) -> None:
    def run(slug: str) -> Result:
        return PLAYBOOK.run(database, slug, {"process": process})

    expected = directly_follows(rows)
    found = _edges(run("process/dfg"))
    assert found.keys() == expected.keys()
    for edge, values in expected.items():
        assert found[edge] == pytest.approx(values)
    assert {tuple(row[0]): row[1] for row in run("process/variants").rows} == variants(rows)
    assert {(row[0], row[1]): row[2] for row in run("process/eventually_follows").rows} == eventually_follows(rows)


def test_portfolio_says_what_the_analyses_of_each_process_say(database: Database, process: str) -> None:
    """On a log whose cases have all ended."""
    rows = [row for row in ORDERS if row.case in ("o1", "o2", "o3")]
    load(database, process, rows)
    params = {"process": process}
    portfolio, summary, bottlenecks = (
        PLAYBOOK.run(database, f"process/{name}", params).records()[0]
        for name in ("portfolio", "summary", "bottlenecks")
    )
    shared = ("cases", "events", "median_duration_seconds", "waiting_share", "rework_rate")
    assert {name: portfolio[name] for name in shared} == {name: summary[name] for name in shared}
    assert portfolio["finished"] == portfolio["cases"]
    assert {name: portfolio[name] for name in ("source", "target", "share_of_wait")} == {
        name: bottlenecks[name] for name in ("source", "target", "share_of_wait")
    }


def _with_cases_that_have_just_begun() -> list[Row]:
    """Thirty cases take a day; ten more have only begun, and one was cancelled after half an hour."""
    steps = (("a", 0), ("b", 700), ("z", 1440))
    whole = [Row(f"c{n}", step, 60 * n + minute) for n in range(30) for step, minute in steps]
    begun = [Row(f"n{n}", step, 4000 + minute) for n in range(10) for step, minute in (("a", 0), ("b", 10))]
    return [*whole, *begun, Row("x", "a", 4000), Row("x", "cancel", 4030)]


def test_what_has_just_begun_does_not_look_fast(database: Database, process: str) -> None:
    load(database, process, _with_cases_that_have_just_begun())
    [all_time] = PLAYBOOK.run(database, "process/portfolio", {"process": process}).records()
    assert (all_time["cases"], all_time["finished"]) == (41, 31)
    assert all_time["median_duration_seconds"] == 1440 * 60
    since = {"process": process, "since": "2026-03-05T02:00:00Z"}
    [late] = PLAYBOOK.run(database, "process/portfolio", since).records()
    assert (late["cases"], late["finished"], late["median_duration_seconds"]) == (11, 1, 1800)


def test_periods_of_finished_cases_compare(database: Database, process: str) -> None:
    """Every day's finished cases took a day, and waited a day, though the last days have many that have only begun."""
    load(database, process, [row for row in _with_cases_that_have_just_begun() if row.case != "x"])

    def run(slug: str, cases: str, **params: Any) -> list[dict[str, Any]]:
        return PLAYBOOK.run(database, slug, {"process": process, "cases": cases, **params}).records()

    finished = run("process/trend", "finished", interval="day")
    assert [row["cases"] for row in finished] == [15, 15]
    assert {row["median_duration_seconds"] for row in finished} == {1440 * 60}
    assert run("process/trend", "started", interval="day")[-1]["median_duration_seconds"] == 600
    last_day = {"since": "2026-03-04T00:00:00Z"}
    waits = run("process/bottlenecks", "finished", **last_day)
    assert {(row["source"], row["frequency"]): row["median_wait_seconds"] for row in waits} == {
        ("a", 15): 700 * 60,
        ("b", 15): 740 * 60,
    }


def test_agrees_with_a_plain_miner(database: Database, process: str) -> None:
    load(database, process, ORDERS)
    _agree(database, process, list(ORDERS))


def _log() -> st.SearchStrategy[list[Row]]:
    event = st.tuples(st.sampled_from("abcd"), st.integers(0, 6), st.integers(0, 3), st.sampled_from(["x", "y", ""]))
    case = st.lists(event, min_size=1, max_size=7)

    def build(drawn: list[list[tuple[str, int, int, str]]]) -> list[Row]:
        rows: list[Row] = []
        for number, events in enumerate(drawn):
            for activity, start, length, resource in events:
                rows.append(Row(f"c{number}", activity, start, start + length, resource, len(rows)))
        return rows

    return st.lists(case, min_size=1, max_size=6).map(build)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=_log(), shuffle=st.randoms(use_true_random=False))
@pytest.mark.timeout(120)
def test_any_log_in_any_order(database: Database, rows: list[Row], shuffle: Any) -> None:
    """Agreement with the plain miner, in whatever order the events arrive."""
    name = f"any-{next(_NUMBERS)}"
    arriving = list(rows)
    shuffle.shuffle(arriving)
    half = len(arriving) // 2
    load(database, name, arriving[:half])
    load(database, name, arriving[half:])
    _agree(database, name, rows)


def test_who_did_most_of_a_case_comes_first(database: Database, process: str) -> None:
    who = ["gateway", "", "ann", "bob", "bob", "ann", "cem"]
    load(database, process, [Row("1", "work", place, resource=name) for place, name in enumerate(who)])
    found = PLAYBOOK.run(database, "process/cases", {"process": process})
    assert found.rows[0][found.names.index("resources")] == ["ann", "bob", "gateway", "cem"]


def test_pairs_of_a_very_long_case_are_counted_without_being_made(database: Database, process: str) -> None:
    half = 20_000
    load(database, process, [Row("1", "ab"[place % 2], place) for place in range(2 * half)])
    found = PLAYBOOK.run(database, "process/eventually_follows", {"process": process})
    same, after, before = half * (half - 1) // 2, half * (half + 1) // 2, half * (half - 1) // 2
    assert sorted(found.rows) == [["a", "a", same], ["a", "b", after], ["b", "a", before], ["b", "b", same]]


def test_a_case_is_found_by_any_part_of_its_id(database: Database, process: str) -> None:
    names = ("T-10", "T-1", "t-100", "AT-1", "X")
    load(database, process, [Row(name, "receive", minute) for minute, name in enumerate(names)])

    def found(text: str) -> list[str]:
        result = PLAYBOOK.run(database, "process/find", {"text": text, "process": process})
        return result.column("case_id")

    assert found("t-1") == ["T-1", "t-100", "T-10", "AT-1"]
    assert found("100") == ["t-100"]
    assert found("%") == []
    assert sorted(found("")) == sorted(names)


@pytest.mark.parametrize("slug", COUNTED)
def test_duplicating_the_cases_doubles_every_count(database: Database, process: str, slug: str) -> None:
    copies = [replace(row, case=f"{row.case}-again", sequence=row.sequence + 100) for row in ORDERS]
    load(database, process, ORDERS)
    before = _counts(PLAYBOOK.run(database, slug, {"process": process}))
    load(database, process, copies)
    after = _counts(PLAYBOOK.run(database, slug, {"process": process}))
    assert after == {key: [2 * value for value in values] for key, values in before.items()}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=_log(), since=st.integers(0, 9), length=st.integers(1, 9))
@pytest.mark.timeout(120)
def test_finished_cases_are_those_of_the_portfolio(
    database: Database, rows: list[Row], since: int, length: int
) -> None:
    """Of any log and any period."""
    name = f"any-{next(_NUMBERS)}"
    load(database, name, rows)
    first, last = (ORIGIN + timedelta(minutes=minutes) for minutes in (since, since + length))
    span = {"process": name, "since": first.isoformat(), "until": last.isoformat()}
    found = PLAYBOOK.run(database, "process/portfolio", span).records()
    [summary] = PLAYBOOK.run(database, "process/summary", {**span, "cases": "finished"}).records()
    waits = PLAYBOOK.run(database, "process/bottlenecks", {**span, "cases": "finished"}).records()
    for row in found:
        assert row["finished"] == summary["cases"]
        assert row["median_duration_seconds"] == summary["median_duration_seconds"]
        assert row["rework_rate"] == (summary["rework_rate"] if row["finished"] else None)
        assert row["share_of_wait"] == (waits[0]["share_of_wait"] if waits else 0)


@pytest.mark.parametrize("cases", ["started", "finished"])
@pytest.mark.parametrize("slug", COUNTED)
def test_parts_of_a_period_add_up(ask: Ask, slug: str, cases: str) -> None:
    """A case belongs to the period that it starts in, or finishes in, so disjoint periods add up to the whole."""
    noon = "2026-03-02T12:00:00Z"
    parts = [_counts(ask(slug, cases=cases, until=noon)), _counts(ask(slug, cases=cases, since=noon))]
    added: dict[str, list[float]] = {}
    for part in parts:
        for key, values in part.items():
            added[key] = [a + b for a, b in zip(added.get(key, [0] * len(values)), values, strict=True)]
    assert added == _counts(ask(slug, cases=cases))


def _counts(result: Result) -> dict[str, list[float]]:
    """The count columns of each row, by what the row is about."""
    additive = {
        "frequency",
        "case_frequency",
        "start_frequency",
        "end_frequency",
        "rework_cases",
        "rework_events",
        "cases",
    }
    numbers = [index for index, name in enumerate(result.names) if name in additive]
    names = [
        index
        for index, column in enumerate(result.columns)
        if column.name in {"source", "target", "activity", "variant"}
    ]
    return {json.dumps([row[index] for index in names]): [row[index] for index in numbers] for row in result.rows}


def test_inserting_the_same_events_again_changes_nothing(ask: Ask, database: Database, process: str) -> None:
    before = {slug: ask(slug).rows for slug in COUNTED}
    load(database, process, ORDERS)
    assert {slug: ask(slug).rows for slug in COUNTED} == before


def test_a_late_event_corrects_its_case(ask: Ask, database: Database, process: str) -> None:
    load(database, process, [Row("o3", "search", 1440.5, 1440.7, "bob", 99)])
    edges = _edges(ask("process/dfg"))
    assert edges["receive", "search"][0] == 4
    assert ("receive", "commit") not in edges


def test_the_same_rows_whatever_the_threads(database: Database, process: str) -> None:
    load(database, process, ORDERS)
    for slug in COUNTED:
        made = PLAYBOOK.statement(database, slug, {"process": process})
        found = []
        for threads in (1, 8):
            table = f"threads_{threads}"
            database.command(f"DROP TABLE IF EXISTS {table}")
            database.command(
                f"CREATE TABLE {table} ENGINE = Memory AS {made.sql} SETTINGS max_threads = {threads}", made.values
            )
            found.append(sorted(map(str, database.query(f"SELECT * FROM {table}").rows)))
        assert found[0] == found[1]
