"""Session analyses: golden rows, a count in plain Python to compare with, and properties that they must have."""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from typing import Any

import pytest

import goldens
from exos.analysis import Playbook
from exos.errors import BadParameter
from exos.store.database import Database
from exos.types import Result
from productevents import VISITS, Happening, load

PLAYBOOK = Playbook.load()
SLUGS = [one.slug for one in PLAYBOOK if one.area == "sessions"]
GIVEN: dict[str, dict[str, Any]] = {"sessions/trend": {"interval": "day"}, "sessions/events": {"session": "s1"}}
WEIGHTS = {"rage_click": 5, "error_click": 4, "dead_click": 3, "thrashed_cursor": 2, "error": 1}
_NUMBERS = itertools.count(1)


@pytest.fixture
def service() -> str:
    """A service name that no other test uses."""
    return f"service-{next(_NUMBERS)}"


def _run(database: Database, slug: str, service: str, *filters: dict[str, Any], **params: Any) -> Result:
    mine = {"property": "service", "op": "=", "value": service}
    return PLAYBOOK.run(database, slug, {**GIVEN.get(slug, {}), **params, "filters": [mine, *filters]})


@pytest.mark.parametrize("slug", SLUGS)
def test_golden_rows(database: Database, service: str, slug: str, request: pytest.FixtureRequest) -> None:
    load(database, service, VISITS)
    goldens.check(slug, _run(database, slug, service), request, without=["service"])


@pytest.mark.parametrize("slug", SLUGS)
def test_order_and_repetition_change_nothing(database: Database, service: str, slug: str) -> None:
    """Shuffled, sent in two halves, and sent twice: the same answer."""
    load(database, service, VISITS)
    expected = _told(_run(database, slug, service))
    shuffled = random.Random(7).sample(VISITS, len(VISITS))
    other = f"{service}-again"
    for part in (shuffled[:5], shuffled[5:], shuffled):
        load(database, other, part)
    assert _told(_run(database, slug, other)) == expected


def test_sessions_split_at_a_moment_add_up(database: Database, service: str) -> None:
    load(database, service, VISITS)
    day = "2026-03-03T00:00:00Z"
    parts = [_run(database, "sessions/list", service, **{side: day}) for side in ("until", "since")]
    whole = _run(database, "sessions/list", service)
    for column in ("events", "errors", "rage_clicks", "clicks"):
        assert sum(sum(part.column(column)) for part in parts) == sum(whole.column(column))


def test_the_summary_counts_what_the_list_counts(database: Database, service: str) -> None:
    load(database, service, VISITS)
    [summary] = _run(database, "sessions/summary", service).records()
    rows = _run(database, "sessions/list", service).records()
    assert summary["sessions"] == len(rows)
    assert summary["errors"] == sum(row["errors"] for row in rows)
    assert summary["frustrated_sessions"] == sum(row["score"] > row["errors"] for row in rows)


def test_score_is_what_a_person_counts(database: Database, service: str) -> None:
    rng = random.Random(11)
    events = ("page_view", "click", *WEIGHTS)
    visits = [
        Happening(minute / 7, rng.choice(events), f"s{rng.randrange(8)}", "ann", element=f"e{minute}")
        for minute in range(400)
    ]
    load(database, service, visits)
    counts: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(events, 0))
    for one in visits:
        counts[one.session][one.event] += 1
    expected = {
        session: sum(weight * min(10, seen[event]) for event, weight in WEIGHTS.items())
        for session, seen in counts.items()
    }
    answer = _run(database, "sessions/list", service)
    assert dict(zip(answer.column("session_id"), answer.column("score"), strict=True)) == expected
    assert answer.column("score") == sorted(answer.column("score"), reverse=True)


@pytest.mark.parametrize(
    ("one", "sessions"),
    [
        ({"property": "event", "op": "=", "value": "rage_click"}, ["s1", "s2"]),
        ({"property": "kind", "op": "in", "value": ["error"]}, ["s1"]),
        ({"property": "page", "op": "!=", "value": "/orders"}, ["s1"]),
        ({"property": "value", "op": ">", "value": 800}, ["s3"]),
        ({"property": "value", "op": "<=", "value": 800}, []),
        ({"property": "value", "op": "exists"}, ["s3"]),
        ({"property": "value", "op": "exists", "value": False}, ["s1", "s2", "s3"]),
        ({"property": "time", "op": ">=", "value": "2026-03-03"}, ["s3"]),
        ({"property": "case_id", "op": "exists"}, ["s1"]),
        ({"property": "text", "op": "contains", "value": "UNDEFINED"}, ["s1"]),
        ({"property": "plan", "op": "=", "value": "gold"}, []),
        ({"property": "plan", "op": "exists", "value": False}, ["s1", "s2", "s3"]),
        ({"property": "' OR 1=1", "op": "=", "value": "'"}, []),
    ],
)
def test_filters_select_events(database: Database, service: str, one: dict[str, Any], sessions: list[str]) -> None:
    load(database, service, VISITS)
    assert sorted(_run(database, "sessions/list", service, one).column("session_id")) == sessions


def test_properties_are_found(database: Database, service: str) -> None:
    load(database, service, VISITS)
    gold = {"property": "plan", "op": "=", "value": "gold"}
    assert sum(_run(database, "sessions/trend", service, gold).column("events")) == 1


def test_days_are_those_of_the_zone(database: Database, service: str) -> None:
    """The night of 8 March 2026 has 23 hours in Chicago."""
    load(database, service, [Happening(60 * hour, "page_view", f"s{hour}", "ann") for hour in range(240)])
    answer = _run(database, "sessions/trend", service, timezone="America/Chicago")
    per_day = dict(zip(answer.column("time"), answer.column("sessions"), strict=True))
    assert per_day["2026-03-08T06:00:00.000000Z"] == 23
    assert per_day["2026-03-09T05:00:00.000000Z"] == 24


def test_bad_filters_say_what_is_wrong(database: Database, service: str) -> None:
    with pytest.raises(BadParameter, match="is a number"):
        _run(database, "sessions/list", service, {"property": "value", "op": "regex", "value": "1"})


def _told(answer: Result) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "service"} for row in answer.records()]
