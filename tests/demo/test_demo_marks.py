"""What is the demo's and what is not: a world made among rows that look like its own, and taken out again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from eventlogs import Row, load
from exos import demo
from exos.demo import marks
from exos.ingest.recordings import search
from exos.store.database import Database
from recorded import BUTTON, Recording
from spans import NOON, Span, browser, record, send

pytestmark = [pytest.mark.timeout(300), pytest.mark.alone]
SERVICES = ("order-desk", "public-site", "order-api", "title-service", "document-service", "assistant", "telco-network")
SESSION = "session-of-somebody"
TITLE, CASE = "title", "T-100000"
EVENTS = [Row(CASE, "Ask a neighbour", 0, 5), Row(CASE, "Write it down", 10, 20)]
TELEMETRY = ("otel_traces", "otel_logs", "otel_metrics_gauge", "otel_metrics_sum", "hyperdx_sessions")


def _own_telemetry(database: Database) -> None:
    """A user's own services that are named like the demo's."""
    send(database, [Span(name="GET /", service=name) for name in SERVICES])
    send(database, [browser(SESSION, service=name) for name in SERVICES[:2]])
    record(database, SESSION, Recording().start().click(BUTTON, 1000), resource={"exos.frustration": "on"})
    place, moment = database.telemetry, NOON.strftime("%Y-%m-%d %H:%M:%S")
    for name in SERVICES:
        said = {"service": name, "moment": moment}
        database.command(
            f"INSERT INTO `{place}`.otel_logs (Timestamp, ServiceName, Body)"
            " SELECT {moment:String}, {service:String}, 'mine'",
            said,
        )
        for table in ("otel_metrics_gauge", "otel_metrics_sum"):
            database.command(
                f"INSERT INTO `{place}`.{table} (TimeUnix, ServiceName, MetricName, Value)"
                " SELECT {moment:String}, {service:String}, 'mine', 1",
                said,
            )


def _own(database: Database) -> dict[str, int]:
    """Rows of anybody but the demo, by table; the spans that are not the demo's by what only they say."""
    place = database.telemetry
    counted = {
        table: f"SELECT count() FROM `{place}`.{table} WHERE NOT mapContains(ResourceAttributes, 'exos.demo')"
        for table in TELEMETRY
    }
    counted["product_events"] = f"SELECT count() FROM product_events FINAL WHERE session_id = '{SESSION}'"
    counted["sources"] = f"SELECT countIf(source = '') FROM product_events FINAL WHERE session_id = '{SESSION}'"
    return {table: int(database.query(sql).rows[0][0]) for table, sql in counted.items()}


def _case(database: Database) -> list[list[object]]:
    which = {"process": TITLE, "case": CASE}
    one = "process = {process:String} AND case_id = {case:String}"
    return database.query(f"SELECT activities, start_time, attributes FROM cases FINAL WHERE {one}", which).rows


@pytest.fixture(scope="module")
def shared(database: Database) -> Iterator[tuple[Database, dict[str, int], list[list[object]]]]:
    """A database of somebody's own rows with a world made among them; the rows, and the case, as they were before."""
    _own_telemetry(database)
    load(database, TITLE, EVENTS)
    before, case = _own(database), _case(database)
    demo.generate(database, end=datetime.now(UTC).date())
    yield database, before, case
    demo.clear(database)
    for table in TELEMETRY:
        gone = "ServiceName IN {services:Array(String)} SETTINGS mutations_sync = 2"
        database.command(
            f"ALTER TABLE `{database.telemetry}`.{table} DELETE WHERE {gone}", {"services": list(SERVICES)}
        )
    for table in ("product_events", "recordings"):
        database.command(f"ALTER TABLE {table} DELETE WHERE session_id = '{SESSION}' SETTINGS mutations_sync = 2")
    for table in ("case_events", "cases"):
        database.command(f"ALTER TABLE {table} DELETE WHERE process = '{TITLE}' SETTINGS mutations_sync = 2")


def test_all_of_the_demo_is_marked(shared: tuple[Database, dict[str, int], list[list[object]]]) -> None:
    database, before, _ = shared
    assert min(before.values()) > 0
    assert before["product_events"] == before["sources"] == 2
    assert _own(database) == before
    rows = {one.table: one.rows for one in marks.held(database)}
    assert set(rows) >= {*TELEMETRY, "otel_metrics_histogram", "product_events", "cases"}
    derived, history = database.query(
        "SELECT countIf(time >= {first:DateTime('UTC')}), countIf(time < {first:DateTime('UTC')})"
        " FROM product_events WHERE source = 'demo'",
        {"first": f"{date.today() - timedelta(days=28)} 00:00:00"},
    ).rows[0]
    assert int(derived) > 20_000
    assert int(history) > 100_000


def test_recordings_tell_nothing_that_spans_tell(shared: tuple[Database, dict[str, int], list[list[object]]]) -> None:
    database = shared[0]
    sessions = """
        SELECT uniqExact(ResourceAttributes['rum.sessionId']) FROM hyperdx_sessions
        WHERE ResourceAttributes['exos.demo'] != ''
    """
    assert int(database.query(sessions).rows[0][0]) > 100
    told = "SELECT count() FROM product_events WHERE service IN ('order-desk', 'public-site') AND kind = 'frustration'"
    before = int(database.query(told).rows[0][0])
    assert before > 100
    while search(database, quiet=0, over=0):
        pass
    assert int(database.query(told).rows[0][0]) == before
    assert database.query("SELECT count() FROM product_events WHERE source = 'recording'").rows[0][0] in (0, "0")


def test_taking_the_demo_out_leaves_what_looks_like_it(
    shared: tuple[Database, dict[str, int], list[list[object]]],
) -> None:
    """Also a case that somebody's own events share with the demo's."""
    database, before, case = shared
    assert case[0][0] == ["Ask a neighbour", "Write it down"]
    mixed = _case(database)[0][0]
    assert isinstance(mixed, list)
    assert len(mixed) > 2
    demo.clear(database)
    assert marks.held(database) == []
    assert _own(database) == before
    left = f"SELECT count() FROM `{database.telemetry}`.{{}} WHERE ServiceName IN {{services:Array(String)}}"
    for table in TELEMETRY:
        assert (
            int(database.query(left.replace("{}", table, 1), {"services": list(SERVICES)}).rows[0][0]) == before[table]
        )
    assert _case(database) == case
    assert database.query("SELECT count() FROM cases FINAL WHERE process = 'appraisal'").rows[0][0] in (0, "0")
