"""The assistant's calls: valid traces in the names of the conventions, stated shares, and truths that hold for other seeds."""

from __future__ import annotations

from datetime import date

import pytest

from demowriting import HashingWriter, aside
from exos import demo
from exos.analysis import Playbook
from exos.demo.assistant import storey
from exos.demo.assistant.facts import facts
from exos.demo.orders.simulation import Simulation
from exos.demo.screens.shifts import LIVED, Shifts
from exos.demo.storeys import Plan
from exos.demo.worlds import SEED
from exos.store.database import Database

pytestmark = pytest.mark.timeout(180)
TRUTH = next(truth for truth in demo.truths() if truth.id == "model-fails-on-long-prompts")
SPANS = "(SELECT * FROM otel_traces WHERE ServiceName = 'assistant')"


def one(database: Database, sql: str, **params: object) -> dict[str, float]:
    """The only row of an answer."""
    (row,) = database.query(sql, params).records()
    return row


def staffed(seed: int, end: date) -> Plan:
    """The plan of a small world with its people, whose year is not lived."""
    simulation = Simulation(seed, 1, end)
    return Plan(seed, 1, end, {LIVED: (simulation, Shifts(simulation, seed, 0.0))})


def test_same_plan_same_bytes(end: date) -> None:
    digests = []
    for seed in (SEED, SEED, 1):
        storey.build(staffed(seed, end), writer := HashingWriter())
        digests.append(writer.digests()["otel_traces"])
    assert digests[0] == digests[1] != digests[2]


def test_traces_are_whole(world: Database, end: date) -> None:
    sql = f"""
        WITH
            s.Timestamp + toIntervalNanosecond(s.Duration) AS s_end,
            p.Timestamp + toIntervalNanosecond(p.Duration) AS p_end
        SELECT
            count() AS spans,
            uniqExact(s.SpanId) AS ids,
            uniqExact(s.TraceId) AS traces,
            countIf(s.ParentSpanId = '') AS roots,
            countIf(s.ParentSpanId != '' AND p.SpanId = '') AS orphans,
            countIf(p.SpanId != '' AND (s.Timestamp < p.Timestamp OR s_end > p_end)) AS outside,
            countIf(s.Timestamp < {{end:DateTime64(6, 'UTC')}} - toIntervalDay(28)
                OR s.Timestamp >= {{end:DateTime64(6, 'UTC')}}) AS at_other_times
        FROM {SPANS} AS s LEFT JOIN {SPANS} AS p ON s.TraceId = p.TraceId AND s.ParentSpanId = p.SpanId
    """
    got = one(world, sql, end=f"{end} 00:00:00")
    assert got["spans"] == got["ids"] > 12_000
    assert got["roots"] == got["traces"] > 4000
    assert got["orphans"] == got["outside"] == got["at_other_times"] == 0


def test_only_names_of_the_conventions(world: Database) -> None:
    sql = f"SELECT arraySort(groupUniqArrayArray(mapKeys(SpanAttributes))) AS keys FROM {SPANS}"
    assert world.query(sql).rows[0][0] == sorted(
        [
            "error.type", "gen_ai.agent.name", "gen_ai.conversation.id", "gen_ai.operation.name", "gen_ai.prompt.name",
            "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.response.finish_reasons", "gen_ai.response.model",
            "gen_ai.tool.call.id", "gen_ai.tool.name", "gen_ai.tool.type", "gen_ai.usage.cost", "gen_ai.usage.input_tokens",
            "gen_ai.usage.output_tokens", "userId",
        ]
    )  # fmt: skip


def test_those_who_ask_are_at_work(world: Database) -> None:
    """Everybody who asks works on orders, on that very day but for a few who had nothing to do."""
    sql = f"""
        WITH asked AS (
            SELECT SpanAttributes['userId'] AS who, toDate(Timestamp, 'America/New_York') AS day FROM {SPANS} WHERE who != ''
        )
        SELECT
            uniqExact(who) AS people,
            uniqExactIf(who, who NOT IN (SELECT resource FROM case_events)) AS strangers,
            countIf((who, day) IN (SELECT resource, toDate(start_time, 'America/New_York') FROM case_events)) / count() AS at_work
        FROM asked
    """
    got = one(world, sql)
    assert got["people"] > 50
    assert got["strangers"] == 0
    assert got["at_work"] > 0.97


def test_who_fails_is_asked_again(world: Database) -> None:
    sql = f"""
        WITH chats AS (
            SELECT TraceId, groupArray(StatusCode = 'Error') AS failed
            FROM (SELECT * FROM {SPANS} WHERE SpanAttributes['gen_ai.operation.name'] = 'chat' ORDER BY Timestamp)
            GROUP BY TraceId
        )
        SELECT
            count() AS turns,
            countIf(has(failed, 1)) AS stumbled,
            countIf(failed[-1]) AS lost,
            countIf(failed[-1] AND arraySlice(failed, -3) != [1, 1, 1]) AS given_up_early,
            (SELECT count() FROM {SPANS} WHERE ParentSpanId = '' AND StatusCode = 'Error') AS failed_turns
        FROM chats
    """
    got = one(world, sql)
    assert got["given_up_early"] == 0
    assert got["lost"] == got["failed_turns"] > 10
    assert got["stumbled"] > 5 * got["lost"]


def test_models_and_tasks(world: Database) -> None:
    known = facts()
    rows = {row["model"]: row for row in Playbook.load().run(world, "ai/usage", {}).records()}
    assert set(rows) >= set(known.models)
    for model, row in rows.items():
        if model in known.models:
            index = known.models.index(model)
            cost = row["input_tokens"] * known.read_price[index] + row["output_tokens"] * known.written_price[index]
            # A call that fails costs nothing.
            assert 0.5 * cost < row["cost_usd"] < 1.01 * cost
    assert max(rows, key=lambda model: rows[model]["p50_ms"]) == "fernhill-reason-2"
    sql = f"SELECT SpanAttributes['gen_ai.prompt.name'] AS task, count() AS n FROM {SPANS} WHERE ParentSpanId = '' GROUP BY task"
    counts = {row["task"]: row["n"] for row in world.query(sql).records()}
    for task, share in zip(known.tasks, known.task_share, strict=True):
        assert counts[task] / sum(counts.values()) == pytest.approx(share, abs=0.025)


def test_ratings_follow_success(world: Database) -> None:
    sql = f"""
        SELECT
            countIf(notEmpty(`Events.Name`)) / count() AS rated,
            avgIf(score, rated_one AND StatusCode = 'Error') AS lost,
            avgIf(score, rated_one AND StatusCode != 'Error') AS answered
        FROM (
            SELECT *, notEmpty(`Events.Name`) AS rated_one,
                toFloat64OrZero(`Events.Attributes`[1]['gen_ai.evaluation.score.value']) AS score
            FROM {SPANS} WHERE ParentSpanId = ''
        )
    """
    got = one(world, sql)
    assert got["rated"] == pytest.approx(facts().rated, abs=0.03)
    assert got["lost"] < 0.4 < 0.7 < got["answered"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_truths_hold_for_other_seeds(database: Database, end: date, seed: int) -> None:
    with aside(database) as writer:
        storey.build(staffed(seed, end), writer)
        assert writer.failures(TRUTH, end) == []
