"""Analyses of calls of models: golden rows, and properties that they must have."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

import goldens
from aicalls import CALLS, Call, asked, load
from exos.analysis import Playbook
from exos.store.database import Database
from exos.types import Result

PLAYBOOK = Playbook.load()
SLUGS = [one.slug for one in PLAYBOOK if one.area == "ai"]
GIVEN = {"ai/steps": {"trace": "golden-t2"}}
_NUMBERS = itertools.count(1)


@pytest.fixture
def service() -> str:
    """A service name that no other test uses."""
    return f"ai-service-{next(_NUMBERS)}"


def run(database: Database, slug: str, service: str, *filters: dict[str, Any], **params: Any) -> Result:
    """The answer about one service."""
    mine = {"property": "service", "op": "=", "value": service}
    return PLAYBOOK.run(database, slug, {**params, "filters": [mine, *filters]})


@pytest.mark.parametrize("slug", SLUGS)
def test_golden_rows(database: Database, slug: str, request: pytest.FixtureRequest) -> None:
    load(database, "golden", CALLS)
    goldens.check(slug, run(database, slug, "golden", **GIVEN.get(slug, {})), request)


@pytest.mark.parametrize("slug", ["ai/usage"])
def test_order_and_repetition_change_nothing(database: Database, service: str, slug: str) -> None:
    load(database, service, CALLS)
    expected = run(database, slug, service).rows
    shuffled, other = random.Random(3).sample(CALLS, len(CALLS)), f"{service}-again"
    for part in (shuffled[:4], shuffled[4:], shuffled):
        load(database, other, part)
    assert run(database, slug, other).rows == expected


def test_calls_are_those_among_all_spans(database: Database, service: str) -> None:
    """They are picked before doubles are looked for; the other way round they are the same."""
    for part in (CALLS, CALLS[2:7], CALLS[::2]):
        load(database, service, part)
    calls = run(database, "ai/calls", service).records()
    spans = database.query(
        "SELECT TraceId, SpanId FROM (SELECT * FROM otel_traces WHERE ServiceName = {s:String} LIMIT 1 BY TraceId, SpanId)"
        " WHERE SpanAttributes['gen_ai.request.model'] != ''"
        " AND SpanAttributes['gen_ai.operation.name'] NOT IN ('invoke_agent', 'execute_tool')",
        {"s": service},
    ).rows
    assert sorted([one["trace_id"], one["span_id"]] for one in calls) == sorted(spans)
    assert len(spans) == 7


def test_calls_split_at_a_moment_add_up(database: Database, service: str) -> None:
    load(database, service, CALLS)
    ten = "2026-03-02T10:00:00Z"
    parts = [run(database, "ai/usage", service, **{side: ten}) for side in ("until", "since")]
    whole = run(database, "ai/usage", service)
    for column in ("calls", "input_tokens", "output_tokens"):
        assert sum(sum(part.column(column)) for part in parts) == sum(whole.column(column))


def test_is_what_a_person_counts(database: Database, service: str) -> None:
    rng = random.Random(17)
    calls = [
        Call(
            minute / 9,
            f"t{minute % 31}",
            rng.uniform(5, 900),
            rng.random() < 0.2,
            asked(rng.choice("abc"), rng.randrange(5000), rng.randrange(900), rng.randrange(100) / 128),
        )
        for minute in range(300)
    ]
    load(database, service, calls)
    rows = run(database, "ai/usage", service).records()
    assert [row["calls"] for row in rows] == sorted((row["calls"] for row in rows), reverse=True)
    for row in rows:
        mine = [call for call in calls if call.attributes["request.model"] == row["model"]]
        assert row["calls"] == len(mine)
        assert row["input_tokens"] == sum(int(call.attributes["usage.input_tokens"]) for call in mine)
        assert row["cost_usd"] == sum(float(call.attributes["usage.cost"]) for call in mine)
        assert row["success_rate"] == pytest.approx(sum(not call.failed for call in mine) / len(mine))
        assert min(call.milliseconds for call in mine) <= row["p50_ms"] <= row["p95_ms"] <= 900


def test_the_calls_of_a_model_are_those_that_are_counted(database: Database, service: str) -> None:
    rng = random.Random(5)
    calls = [
        Call(
            minute,
            f"t{minute % 7}",
            rng.uniform(5, 900),
            rng.random() < 0.3,
            asked(rng.choice("ab"), 10, 5, rng.random()),
        )
        for minute in range(80)
    ]
    load(database, service, [*CALLS, *calls, *calls])
    for row in run(database, "ai/usage", service).records():
        mine = run(database, "ai/calls", service, model=row["model"]).records()
        failed = run(database, "ai/calls", service, model=row["model"], outcome="failed").records()
        assert len(mine) == row["calls"]
        assert (
            len(failed)
            == sum(call["failed"] for call in mine)
            == row["calls"] - round(row["success_rate"] * row["calls"])
        )
        assert sum(call["cost_usd"] or 0 for call in mine) == pytest.approx(row["cost_usd"] or 0)
    for order, column in (("newest", "time"), ("slowest", "duration_ms")):
        values = run(database, "ai/calls", service, order=order).column(column)
        assert values == sorted(values, reverse=True)


def test_every_call_is_a_step_of_its_trace(database: Database, service: str) -> None:
    load(database, service, CALLS)
    for call in run(database, "ai/calls", service).records():
        steps = run(database, "ai/steps", service, trace=call["trace_id"]).records()
        assert call["span_id"] in [step["span_id"] for step in steps]
        assert [step["offset_ms"] for step in steps] == sorted(step["offset_ms"] for step in steps)
        assert steps[0]["offset_ms"] == 0


def test_filters_select_calls(database: Database, service: str) -> None:
    load(database, service, CALLS)
    lengthy = {"property": "gen_ai.usage.input_tokens", "op": ">", "value": 5000}
    (row,) = run(database, "ai/usage", service, lengthy).records()
    assert (row["model"], row["calls"], row["success_rate"]) == ("big", 1, 0)


def test_no_calls_no_rows(database: Database, service: str) -> None:
    assert run(database, "ai/usage", service).rows == run(database, "ai/calls", service).rows == []
