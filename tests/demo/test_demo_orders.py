"""The demo orders against stated targets: volumes, times, people, queues."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from exos.demo.calendar import holidays
from exos.demo.orders.lines import lines
from exos.demo.orders.simulation import Simulation
from exos.demo.worlds import SEED
from exos.store.database import Database

pytestmark = pytest.mark.timeout(180)
LINES, _ = lines()
MEDIAN_DAYS = {"title": (3.5, 6), "appraisal": (5.5, 8), "flood": (0.2, 0.8), "closing": (11, 16), "default": (70, 95)}
FIRST_TIME_RIGHT = {
    "title": (0.52, 0.7),
    "appraisal": (0.5, 0.7),
    "flood": (0.8, 0.95),
    "closing": (0.55, 0.75),
    "default": (0.5, 0.75),
}
SITES = {
    "Charlotte": "America/New_York",
    "Tampa": "America/New_York",
    "Dallas": "America/Chicago",
    "Phoenix": "America/Phoenix",
}
FEDERAL = [day.isoformat() for year in (2025, 2026) for day in holidays(year)]


def one(database: Database, sql: str, **params: object) -> dict[str, float]:
    """The only row of an answer."""
    rows = database.query(sql, params).records()
    assert len(rows) == 1
    return rows[0]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.process)
def test_volume(world: Database, line: object) -> None:
    assert isinstance(line, type(LINES[0]))
    got = one(
        world,
        "SELECT count() AS cases, uniqExact(case_id) AS ids, uniqExactArray(activities) AS activities FROM cases FINAL"
        " WHERE process = {process:String}",
        process=line.process,
    )
    assert got["cases"] == got["ids"] == line.cases
    assert 12 <= got["activities"] <= 20


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.process)
def test_weekdays(world: Database, line: object) -> None:
    """Mean orders per weekday, holidays left out, as planned."""
    assert isinstance(line, type(LINES[0]))
    sql = """
        SELECT toDayOfWeek(day) AS weekday, avg(orders) AS orders
        FROM (
            SELECT toDate(start_time, 'America/Chicago') AS day, count() AS orders
            FROM cases FINAL
            WHERE process = {process:String} AND toString(day) NOT IN {holidays:Array(String)}
            GROUP BY day
        )
        GROUP BY weekday
        ORDER BY weekday
    """
    mean = np.array(world.query(sql, {"process": line.process, "holidays": FEDERAL}).column("orders"))
    assert np.abs(mean / mean.sum() - line.weekdays).max() < 0.02


def test_growth_of_a_line_without_season(world: Database) -> None:
    sql = """
        SELECT countIf(start_time >= now) / countIf(start_time < now) AS halves
        FROM (SELECT start_time, toDateTime64('2026-05-25 12:00:00', 6, 'UTC') AS now FROM cases FINAL WHERE process = 'default')
    """
    assert 1.02 < one(world, sql)["halves"] < 1.2


@pytest.mark.parametrize("process", MEDIAN_DAYS)
def test_durations_and_rework(world: Database, process: str) -> None:
    sql = """
        SELECT
            median(dateDiff('second', start_time, end_time)) / 86400 AS days,
            avg(length(arrayDistinct(activities)) = length(activities)) AS first_time_right
        FROM cases FINAL
        WHERE process = {process:String}
    """
    got = one(world, sql, process=process)
    assert MEDIAN_DAYS[process][0] < got["days"] < MEDIAN_DAYS[process][1]
    assert FIRST_TIME_RIGHT[process][0] < got["first_time_right"] < FIRST_TIME_RIGHT[process][1]


def test_title_is_readable(world: Database) -> None:
    """A happy path that covers a good share, six variants that cover most of the rest, and a tail."""
    sql = """
        SELECT arraySlice(arrayReverseSort(groupArray(cases)), 1, 6) AS largest, sum(cases) AS total, count() AS variants
        FROM (SELECT count() AS cases FROM cases FINAL WHERE process = 'title' GROUP BY variant)
    """
    row = world.query(sql).records()[0]
    assert 0.25 < row["largest"][0] / row["total"] < 0.45
    assert 0.6 < sum(row["largest"]) / row["total"] < 0.85
    assert 100 < row["variants"] < 400


def test_some_orders_are_late_and_some_are_open(world: Database) -> None:
    sql = """
        WITH indexOf(activities, 'Issue commitment') AS issued
        SELECT
            avgIf(end_times[issued] > parseDateTimeBestEffort(attributes['due'], 'UTC'), issued > 0) AS late,
            countIf(NOT hasAny(activities, ['Invoice client', 'Cancel order'])) AS open,
            countIf(has(activities, 'Cancel order')) / count() AS cancelled
        FROM cases FINAL
        WHERE process = 'title'
    """
    got = one(world, sql)
    assert 0.04 < got["late"] < 0.25
    assert 80 < got["open"] < 500
    assert 0.015 < got["cancelled"] < 0.06


def test_nothing_happens_after_the_end_or_backwards(world: Database, end: date) -> None:
    sql = """
        SELECT countIf(end_time < start_time) AS backwards, countIf(end_time >= toDateTime64({end:String}, 6, 'UTC')) AS late,
               countIf(start_time < toDateTime64({end:String}, 6, 'UTC') - toIntervalDay(366)) AS early
        FROM case_events WHERE source = 'demo'
    """
    assert one(world, sql, end=f"{end} 00:00:00") == {"backwards": 0, "late": 0, "early": 0}


def test_no_wait_is_negative(world: Database) -> None:
    """In lines where nothing runs beside the way, every step starts after the one before has ended."""
    sql = """
        WITH arrayPopBack(end_times) AS ends, arrayPopFront(start_times) AS starts
        SELECT countIf(arrayExists((left, entered) -> entered < left, ends, starts)) AS overlaps
        FROM cases FINAL
        WHERE process IN ('title', 'appraisal', 'flood')
    """
    assert one(world, sql)["overlaps"] == 0


def test_first_steps_come_first_and_carry_the_case(world: Database) -> None:
    sql = """
        SELECT
            countIf(activities[1] NOT IN ('Order received', 'Referral received')) AS others,
            countIf(NOT hasAll(mapKeys(attributes), ['client', 'state', 'region', 'product', 'property', 'priority', 'channel',
                                                    'amount', 'fee', 'due'])) AS bare,
            countIf(parseDateTimeBestEffort(attributes['due'], 'UTC') <= start_time) AS due_before_start,
            countIf(toFloat64OrZero(attributes['amount']) < 40000) AS cheap
        FROM cases FINAL
        WHERE process IN ('title', 'appraisal', 'flood', 'closing', 'default')
    """
    assert one(world, sql) == {"others": 0, "bare": 0, "due_before_start": 0, "cheap": 0}


def test_nobody_does_two_things_at_once(world: Database) -> None:
    sql = """
        SELECT countIf(start_time < before) AS overlaps, count() AS steps
        FROM (
            SELECT start_time, lagInFrame(end_time) OVER (PARTITION BY resource ORDER BY start_time, end_time) AS before
            FROM case_events FINAL
            WHERE source = 'demo' AND startsWith(resource, 'Operator ')
        )
    """
    got = one(world, sql)
    assert got["overlaps"] == 0
    assert got["steps"] > 200_000


@pytest.mark.parametrize("site", SITES)
def test_people_keep_working_hours(world: Database, site: str) -> None:
    sql = """
        WITH toTimeZone(start_time, {zone:String}) AS began, toTimeZone(end_time, {zone:String}) AS done
        SELECT
            countIf(toHour(began) < 8) AS early,
            countIf(toHour(done) >= 18 AND NOT (toHour(done) = 18 AND toMinute(done) = 0 AND toSecond(done) = 0)) AS late,
            countIf(toDayOfWeek(began) > 5) AS weekend,
            countIf(toString(toDate(began)) IN {holidays:Array(String)}) AS holiday,
            countIf(toDate(began) != toDate(done)) AS overnight,
            count() AS steps
        FROM case_events
        WHERE source = 'demo' AND endsWith(attributes['team'], {site:String})
    """
    got = one(world, sql, zone=SITES[site], site=f" {site}", holidays=FEDERAL)
    assert got.pop("steps") > 3_000
    assert set(got.values()) == {0}


def test_teams_are_busy_but_not_more_than_they_can(world: Database, end: date) -> None:
    """Utilisation from the events and the roster: hours worked on orders over hours at the desk."""
    simulation = Simulation(SEED, 1, end)
    roster, first = simulation.roster, simulation.first_day
    hours = np.where(roster.present, roster.hours[roster.desk], 0)[:, first : first + 365]
    sql = """
        SELECT resource, sum(dateDiff('second', start_time, end_time)) / 3600 AS busy
        FROM case_events FINAL WHERE source = 'demo' AND startsWith(resource, 'Operator ') GROUP BY resource
    """
    busy = {name: float(time) for name, time in world.query(sql).rows}
    worked = np.array([busy.get(f"Operator {number:03d}", 0) for number in roster.number])
    used = np.bincount(roster.desk, worked) / np.bincount(roster.desk, hours.sum(axis=1))
    for desk, share in zip(simulation.desks.known, used, strict=True):
        assert 0.2 < share < 0.97, desk.label
    assert 0.6 < float(worked.sum() / hours.sum()) < 0.85


def test_waits_grow_with_load(world: Database) -> None:
    """Days on which more work comes in than usual are followed by longer waits: queues, not dice."""
    sql = """
        SELECT corr(orders, waited) AS together
        FROM (
            SELECT toStartOfWeek(end_times[1], 1) AS week, count() AS orders, avg(gaps[1]) AS waited
            FROM cases FINAL
            WHERE process = 'default' AND length(gaps) > 0
            GROUP BY week
            HAVING orders > 20
        )
    """
    assert one(world, sql)["together"] > 0


def test_commitments_are_issued_twice_a_day(world: Database) -> None:
    sql = """
        WITH toTimeZone(start_time, 'America/New_York') AS began, toHour(began) * 60 + toMinute(began) AS minute
        SELECT
            avg((minute >= 660 AND minute < 669) OR (minute >= 960 AND minute < 969)) AS in_runs,
            uniqExact(resource) AS engines
        FROM case_events WHERE source = 'demo' AND activity = 'Issue commitment'
    """
    assert one(world, sql) == {"in_runs": 1, "engines": 1}


def test_new_people_learn(world: Database) -> None:
    """Who starts within the year is slower in the first weeks than later."""
    sql = """
        WITH
            people AS (
                SELECT resource, min(start_time) AS joined FROM case_events
                WHERE source = 'demo' AND startsWith(resource, 'Operator ')
                GROUP BY resource
                HAVING toDate(joined) BETWEEN '2026-01-15' AND '2026-07-01'
            ),
            work AS (
                SELECT
                    resource,
                    activity,
                    dateDiff('day', joined, start_time) AS tenure,
                    dateDiff('second', start_time, end_time) AS seconds
                FROM case_events INNER JOIN people USING (resource)
                WHERE source = 'demo'
            )
        SELECT avg(early / late) AS slower, count() AS compared
        FROM (
            SELECT medianIf(seconds, tenure < 20) AS early, medianIf(seconds, tenure > 100) AS late
            FROM work
            GROUP BY resource, activity
            HAVING countIf(tenure < 20) > 20 AND countIf(tenure > 100) > 20
        )
    """
    got = one(world, sql)
    assert got["compared"] >= 3
    assert got["slower"] > 1.2


def test_rows_are_those_of_the_summary(world: Database) -> None:
    sql = """
        SELECT (SELECT count() FROM case_events FINAL WHERE source = 'demo') AS written,
               rows['cases'] AS cases, rows['case_events'] AS events
        FROM demo_worlds FINAL WHERE status = 'complete'
    """
    got = one(world, sql)
    assert got["written"] == got["events"]
    assert got["cases"] == 50_000
    assert 300_000 < got["events"] < 550_000
