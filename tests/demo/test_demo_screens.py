"""Sessions of operators and customers, their spans, and what is behind them, against the SDK's rules and stated targets."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from exos.demo.calendar import DAY, second
from exos.demo.people import population
from exos.demo.screens import events
from exos.demo.screens.site import Site
from exos.demo.screens.visits import visits
from exos.demo.storeys import TELEMETRY_DAYS, Plan
from exos.demo.worlds import SEED
from exos.store.database import Database

pytestmark = pytest.mark.timeout(300)
BROWSER = "ServiceName IN ('order-desk', 'public-site')"


def one(database: Database, sql: str, **params: object) -> dict[str, float]:
    """The only row of an answer."""
    rows = database.query(sql, params).records()
    assert len(rows) == 1
    return rows[0]


def test_volume_fits_a_small_world(world: Database) -> None:
    got = one(
        world,
        f"""
        SELECT countIf({BROWSER}) AS browser, count() AS spans,
            uniqExactIf(ResourceAttributes['rum.sessionId'], {BROWSER}) AS sessions
        FROM otel_traces WHERE ServiceName != 'assistant'
        """,
    )
    assert 120_000 < got["spans"] < 220_000
    assert 0.45 < got["browser"] / got["spans"] < 0.75
    assert 1_800 < got["sessions"] < 3_500


@pytest.mark.parametrize("table", ["otel_traces", "otel_logs", "hyperdx_sessions"])
def test_telemetry_lies_in_the_last_weeks(world: Database, end: date, table: str) -> None:
    first = end - timedelta(days=TELEMETRY_DAYS)
    sql = f"""
        SELECT min(Timestamp) >= {{first:DateTime('UTC')}} - toIntervalMinute(1) AS after,
               max(Timestamp) < {{end:DateTime('UTC')}} AS before,
               uniqExact(toDate(Timestamp)) AS days
        FROM {table}
        WHERE ServiceName IN ('order-desk', 'public-site', 'order-api', 'title-service', 'document-service')
    """
    got = one(world, sql, first=f"{first} 00:00:00", end=f"{end} 00:00:00")
    assert (got["after"], got["before"]) == (1, 1)
    assert got["days"] >= TELEMETRY_DAYS - 1


def test_every_parent_is_there_and_no_span_is_twice(world: Database) -> None:
    sql = """
        WITH spans AS (SELECT TraceId, SpanId, ParentSpanId FROM otel_traces WHERE ServiceName != 'assistant')
        SELECT
            count() AS rows,
            (SELECT uniqExact(TraceId, SpanId) FROM spans) AS spans,
            countIf(ParentSpanId != '' AND (TraceId, ParentSpanId) NOT IN (SELECT TraceId,
                SpanId FROM spans)) AS orphans,
            countIf(length(TraceId) != 32 OR length(SpanId) != 16) AS bad_ids
        FROM spans
    """
    got = one(world, sql)
    assert got["rows"] == got["spans"]
    assert got["orphans"] == got["bad_ids"] == 0


def test_children_begin_within_their_parents(world: Database) -> None:
    """The first child of a click begins after it; everything on servers lies within what asked for it."""
    sql = """
        SELECT countIf(c.Timestamp < p.Timestamp) AS early,
               countIf(c.ServiceName != 'order-desk' AND c.ServiceName != 'public-site'
                   AND toUnixTimestamp64Nano(c.Timestamp) + c.Duration
                       > toUnixTimestamp64Nano(p.Timestamp) + p.Duration + 1000) AS late,
               count() AS pairs
        FROM otel_traces AS c INNER JOIN otel_traces AS p ON p.TraceId = c.TraceId AND p.SpanId = c.ParentSpanId
        WHERE c.ServiceName != 'assistant'
    """
    got = one(world, sql)
    assert got["pairs"] > 80_000
    assert got["early"] == got["late"] == 0


def test_sessions_end_as_the_sdk_ends_them(world: Database) -> None:
    sql = f"""
        SELECT max(length_) AS longest, max(pause) AS longest_pause, max(users) AS users, max(visitors) AS visitors,
            max(scripts) AS scripts
        FROM (
            SELECT ResourceAttributes['rum.sessionId'] AS session,
                dateDiff('second', min(Timestamp), max(Timestamp)) AS length_,
                arrayMax(arrayDifference(arraySort(groupArray(toUnixTimestamp(Timestamp))))) AS pause,
                uniqExactIf(SpanAttributes['userId'], SpanAttributes['userId'] != '') AS users,
                uniqExactIf(SpanAttributes['exos.visitor.id'], SpanAttributes['exos.visitor.id'] != '') AS visitors,
                uniqExact(ResourceAttributes['rum.scriptInstance']) AS scripts
            FROM otel_traces
            WHERE {BROWSER}
            GROUP BY session
        )
    """
    got = one(world, sql)
    assert got["longest"] <= 4 * 3600
    assert got["longest_pause"] <= 15 * 60
    assert (got["users"], got["visitors"], got["scripts"]) == (1, 1, 1)


def test_one_click_is_heard_by_every_listener(world: Database) -> None:
    sql = f"""
        SELECT avg(spans) AS mean, max(spans) AS most, min(spans) AS least, max(roots) AS roots
        FROM (
            SELECT TraceId, count() AS spans, countIf(ParentSpanId = '') AS roots FROM otel_traces
            WHERE {BROWSER} AND SpanName = 'click' GROUP BY TraceId
        )
    """
    got = one(world, sql)
    assert (got["least"], got["most"], got["roots"]) == (1, 3, 1)
    assert 1.6 < got["mean"] < 2.6


def test_activities_lead_to_sessions_and_traces(world: Database) -> None:
    """From a case to the click that completed the activity, which ends when the activity does."""
    sql = """
        SELECT count() AS activities, countIf(s.SpanName = 'click' AND s.ParentSpanId = '') AS clicks,
            countIf(s.SpanAttributes['userId'] = e.resource) AS by_them,
            countIf(s.SpanAttributes['exos.context.case_id'] = e.case_id
                AND s.SpanAttributes['exos.context.process'] = e.process) AS on_it,
            countIf(s.ResourceAttributes['rum.sessionId'] = e.session_id) AS in_session,
            max(abs(dateDiff('second', s.Timestamp, e.end_time))) AS seconds_off
        FROM (SELECT * FROM case_events FINAL WHERE session_id != '' AND source = 'demo') AS e
        LEFT JOIN otel_traces AS s ON s.TraceId = e.trace_id AND s.SpanId = e.span_id
    """
    got = one(world, sql)
    assert 1_800 < got["activities"] < 4_000
    assert got["clicks"] == got["by_them"] == got["on_it"] == got["in_session"] == got["activities"]
    assert got["seconds_off"] <= 2


def test_cases_at_hand_exist_and_make_no_events(world: Database) -> None:
    sql = """
        SELECT countIf((SpanAttributes['exos.context.process'], SpanAttributes['exos.context.case_id'])
                       NOT IN (SELECT process, case_id FROM cases)) AS unknown,
               uniqExact(SpanAttributes['exos.context.case_id']) AS cases,
               countIf(SpanAttributes['exos.case.id'] != '') AS events
        FROM otel_traces
        WHERE ServiceName = 'order-desk' AND SpanAttributes['exos.context.case_id'] != ''
    """
    got = one(world, sql)
    assert got["cases"] > 1_000
    assert got["unknown"] == got["events"] == 0


def test_operators_browsers(world: Database) -> None:
    """The shares of apps.yaml, before the release moves people."""
    sql = """
        SELECT ResourceAttributes['user_agent.name'] AS browser, uniqExact(SpanAttributes['userId'])
            / sum(uniqExact(SpanAttributes['userId'])) OVER () AS share
        FROM otel_traces
        WHERE ServiceName = 'order-desk' AND ResourceAttributes['service.version'] = '4.7.2'
            AND SpanAttributes['userId'] != ''
        GROUP BY browser
    """
    shares = dict(world.query(sql).rows)
    assert shares["Chrome"] == pytest.approx(0.62, abs=0.08)
    assert shares["Firefox"] == pytest.approx(0.20, abs=0.06)
    assert shares["Edge"] == pytest.approx(0.18, abs=0.06)


def test_visits_of_the_public_site(world: Database) -> None:
    sql = """
        SELECT
            avg(pages = 1) AS bounced,
            median(seconds) AS median_seconds,
            avg(device = 'mobile') AS mobile,
            avg(user != '') AS known,
            avg(campaign != '') AS from_campaigns
        FROM (
            SELECT session_id, countIf(kind = 'page') AS pages, dateDiff('second', min(time), max(time)) AS seconds,
                any(device) AS device, max(user_id) AS user, max(utm_campaign) AS campaign
            FROM product_events WHERE service = 'public-site' GROUP BY session_id
        )
    """
    got = one(world, sql)
    assert 0.08 < got["bounced"] < 0.2
    assert 60 < got["median_seconds"] < 200
    assert 0.3 < got["mobile"] < 0.55
    assert 0.55 < got["known"] < 0.75
    assert 0.07 < got["from_campaigns"] < 0.2


def test_prospects_leave_step_by_step(world: Database) -> None:
    """Of the visits of people who are not known, fewer reach each step of the order; all who place one have gone through all."""
    sql = """
        SELECT sumForEach(arrayMap(page -> toUInt64(has(pages, page)), steps)) AS reached
        FROM (
            SELECT session_id, groupUniqArray(page) AS pages, max(user_id) AS user,
                ['/', '/pricing', '/order/contact', '/order/property', '/order/review', '/order/thanks'] AS steps
            FROM product_events WHERE service = 'public-site' AND kind = 'page' GROUP BY session_id HAVING user = ''
        )
    """
    reached = world.query(sql).rows[0][0]
    assert reached == sorted(reached, reverse=True)
    assert 0.45 < reached[1] / reached[0] < 0.7
    assert 0.4 < reached[2] / reached[1] < 0.75


def test_hours_of_the_day(world: Database) -> None:
    """People visit by day, where they are; the desks are busy in business hours."""
    sql = """
        SELECT
            countIf(service = 'public-site' AND toHour(time, 'America/Chicago') BETWEEN 8 AND 22)
                / countIf(service = 'public-site') AS awake,
            countIf(service = 'order-desk' AND toHour(time, 'America/Chicago') BETWEEN 6 AND 19)
                / countIf(service = 'order-desk') AS at_work,
            countIf(service = 'order-desk' AND toDayOfWeek(time, 0, 'America/Chicago') > 5) AS weekends
        FROM product_events WHERE kind = 'page'
    """
    got = one(world, sql)
    assert got["awake"] > 0.88
    assert got["at_work"] > 0.97
    assert got["weekends"] == 0


def test_a_year_of_visits(world: Database, end: date) -> None:
    sql = """
        SELECT uniqExact(toStartOfWeek(time)) AS weeks, count() AS rows, uniqExact(visitor_id) AS visitors,
            uniqExact(user_id) AS users,
               min(time) >= {end:DateTime('UTC')} - toIntervalDay(366) AS inside
        FROM product_events FINAL WHERE service = 'public-site'
    """
    got = one(world, sql, end=f"{end} 00:00:00")
    assert 52 <= got["weeks"] <= 54
    assert got["inside"] == 1
    assert 200_000 < got["rows"] < 450_000
    assert got["visitors"] > got["users"] > 800


def test_visits_on_one_device_are_apart(world: Database) -> None:
    """As the SDK has it: within 15 minutes after the last thing done it is the same session."""
    sql = """
        WITH
            visited AS (
                SELECT visitor_id, session_id, min(time) AS begun, max(time) AS ended FROM product_events FINAL
                WHERE service = 'public-site' GROUP BY visitor_id, session_id
            ),
            gaps AS (
                SELECT dateDiff('second', lagInFrame(ended) OVER mine, begun) AS gap, row_number() OVER mine AS number
                FROM visited
                WINDOW mine AS (PARTITION BY visitor_id ORDER BY begun ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
            )
        SELECT min(gap) AS least, count() AS gaps FROM gaps WHERE number > 1
    """
    got = one(world, sql)
    assert got["gaps"] > 5_000
    assert got["least"] > 900


def test_nothing_jumps_where_telemetry_begins(world: Database, end: date) -> None:
    """What is derived from spans of the last weeks is as frequent, and as large, as in the weeks before."""
    sql = """
        SELECT event, time >= {end:DateTime('UTC')} - toIntervalDay(28) AS lately, count() AS rows, quantile(0.75)(value) AS usual
        FROM product_events FINAL
        WHERE service = 'public-site' AND kind IN ('vital', 'long_task', 'page')
            AND time >= {end:DateTime('UTC')} - toIntervalDay(56)
        GROUP BY event, lately ORDER BY event, lately
    """
    rows = world.query(sql, {"end": f"{end} 00:00:00"}).records()
    assert len(rows) == 2 * len({row["event"] for row in rows}) == 16
    for before, after in zip(rows[::2], rows[1::2], strict=True):
        assert 0.8 < after["rows"] / before["rows"] < 1.25, before["event"]
        if before["usual"]:
            assert 0.85 < after["usual"] / before["usual"] < 1.15, before["event"]


def test_history_is_what_the_views_derive(world: Database, end: date) -> None:
    """The same visits told as rows of history and as spans make the same product events."""
    plan, last = Plan(SEED, 1, end), second(end)
    people = next(population(plan))
    all_visits = visits(plan, 0, people, last)
    lately = all_visits.take(all_visits.moment >= last - 2 * DAY)
    piece = Site(plan.seed).piece(people, lately, last)
    told = events.events(piece, events.told(piece.beats))
    names = [name for name in told.schema.names if name not in ("source", "properties", "value", "time")]
    made = {row["span_id"]: row for row in told.to_pylist()}
    sql = f"""
        SELECT {", ".join(names)}, properties, value, toUnixTimestamp64Micro(time) AS micros FROM product_events FINAL
        WHERE service = 'public-site' AND session_id IN {{sessions:Array(String)}}
    """
    derived = world.query(sql, {"sessions": piece.sessions.ids.to_pylist()}).records()
    assert len(derived) == len(made) > 1_000
    for row in derived:
        mine = made[row["span_id"]]
        assert {name: row[name] for name in names} == {name: mine[name] for name in names}
        assert row["properties"] == dict(mine["properties"])
        assert row["micros"] == int(mine["time"].timestamp() * 1_000_000 + 0.5)
        assert row["value"] == (mine["value"] if mine["value"] is None else pytest.approx(mine["value"]))


def test_clickstack_lists_the_sessions(world: Database) -> None:
    """By the conditions with which HyperDX makes its list of sessions."""
    sql = """
        SELECT count() AS listed, sum(recordings) AS recorded FROM (
            SELECT ResourceAttributes['rum.sessionId'] AS session,
                countIf(SpanAttributes['component'] = 'user-interaction') AS interactions,
                countIf(SpanName = 'record init') AS recordings
            FROM otel_traces WHERE ResourceAttributes['rum.sessionId'] != ''
            GROUP BY session HAVING interactions > 0 OR recordings > 0
        )
    """
    got = one(world, sql)
    recorded = one(world, "SELECT uniqExact(ResourceAttributes['rum.sessionId']) AS sessions FROM hyperdx_sessions")
    assert got["listed"] > 1_500
    assert got["recorded"] == recorded["sessions"]
    assert 150 <= recorded["sessions"] <= 400
