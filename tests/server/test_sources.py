"""What comes in, as the settings page is told: fresh, cheap, and without reading whole tables."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from exos.analysis import Playbook
from exos.server.app import create_app
from exos.server.world import World
from exos.settings import Settings
from exos.store import arrivals
from exos.store.arrivals import BUCKET_SECONDS, BUCKETS, Arrivals
from exos.store.database import Database
from exos.types import Result

SPANS = """
INSERT INTO otel_traces (Timestamp, ServiceName, SpanName, TraceId, ResourceAttributes)
SELECT now64(9) - toIntervalSecond({age:UInt32}), {service:String}, 'click', toString(number),
       if({session:String} = '', map(), map('rum.sessionId', {session:String}))
FROM numbers({rows:UInt32})
"""


@pytest.fixture(scope="module")
def client(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    home = str(tmp_path_factory.mktemp("sources"))
    settings = Settings.load({}, home=home, memory_limit=1024, self_telemetry=False)
    world = World(settings, database, Playbook.load())
    with TestClient(create_app(world), base_url="http://127.0.0.1:8600", raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every question looks anew."""
    monkeypatch.setattr(arrivals, "_KEPT_SECONDS", 0)


def send(database: Database, service: str, rows: int, *, age: int = 0, session: str = "") -> None:
    database.command(SPANS, {"service": service, "rows": rows, "age": age, "session": session})


def by_id(answer: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in answer}


def sender(source: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in source["senders"] if one["name"] == name)


def test_rows_of_browsers_and_servers_are_told_apart(client: TestClient, database: Database, process: str) -> None:
    send(database, f"page-{process}", 90, session="s1")
    send(database, f"api-{process}", 30)
    found = by_id(client.get("/api/sources").json()["sources"])
    browser, backend = found["browser_traces"], found["backend_traces"]
    assert (browser["status"], backend["status"]) == ("live", "live")
    assert browser["rows"] == backend["rows"] >= 120
    assert f"api-{process}" not in [one["name"] for one in browser["senders"]]
    assert 90 / 60 <= sender(browser, f"page-{process}")["per_second"] <= 90 / 30
    assert 30 / 60 <= sender(backend, f"api-{process}")["per_second"] <= 30 / 30
    assert len(browser["course"]) == BUCKETS
    assert sum(browser["course"]) >= 90


@pytest.mark.usefixtures("looks")
def test_what_came_before_is_remembered_and_not_read_again(database: Database, process: str) -> None:
    seen = Arrivals(database)
    send(database, process, 50, age=300)
    first = by_id(seen.read())["backend_traces"]
    assert sum(first["course"]) >= 50
    for round_ in range(3):
        send(database, process, 7, age=0)
        again = by_id(seen.read())["backend_traces"]
        assert sum(again["course"]) == sum(first["course"]) + 7 * (round_ + 1)
    assert by_id(Arrivals(database).read())["backend_traces"]["course"] == again["course"]


@pytest.mark.usefixtures("looks")
def test_a_table_that_does_not_change_is_left_alone(database: Database, process: str) -> None:
    send(database, process, 10)
    seen = Arrivals(database)
    seen.read()
    asked: list[str] = []
    inner = database.query

    def noting(sql: str, *rest: Any, **more: Any) -> Result:
        asked.append(sql)
        return inner(sql, *rest, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "query", noting)
        # Merges of what other tests wrote may still be going on: they change tables, too.
        for _ in range(50):
            asked.clear()
            seen.read()
            if len(asked) == 1:
                break
            time.sleep(0.1)
        assert len(asked) == 1
        send(database, process, 1)
        seen.read()
    assert any("otel_traces" in sql for sql in asked[2:])


@pytest.mark.usefixtures("looks")
def test_old_rows_are_idle_and_have_a_time(database: Database, process: str) -> None:
    send(database, process, 5, age=7200)
    found = sender(by_id(Arrivals(database).read())["backend_traces"], process)
    assert found["last_at"] == pytest.approx(time.time() - 7200, abs=60)
    assert found["per_second"] == 0


@pytest.mark.usefixtures("looks")
def test_a_clock_far_ahead_does_not_look_alive(database: Database) -> None:
    before = by_id(Arrivals(database).read())["otel_logs"]
    database.command(
        "INSERT INTO otel_logs (Timestamp, ServiceName, Body) SELECT now64(9) + toIntervalDay(2), 'ahead', 'x'"
    )
    after = by_id(Arrivals(database).read())["otel_logs"]
    assert "ahead" not in [one["name"] for one in after["senders"]]
    assert after["rows"] == before["rows"] + 1


def test_only_the_newest_parts_are_read(database: Database, process: str, monkeypatch: pytest.MonkeyPatch) -> None:
    most = 2500
    for _ in range(5):
        send(database, process, 1000)
    read: list[int] = []
    inner = database.query

    def noting(sql: str, params: dict[str, Any], **more: Any) -> Result:
        result = inner(sql, params, **more)
        if "`otel_traces`" in sql:
            read.append(result.statistics.rows_read)
        return result

    monkeypatch.setattr(arrivals, "_ROWS_READ", most)
    monkeypatch.setattr(database, "query", noting)
    Arrivals(database).read()
    assert len(read) == 1
    assert read[0] <= most


def test_answers_are_kept_for_a_moment(database: Database, process: str) -> None:
    seen = Arrivals(database)
    first = seen.read()
    send(database, process, 3)
    assert seen.read() is first


def test_derived_tables_count_by_arrival(client: TestClient, process: str) -> None:
    body = "case_id,activity,timestamp\n1,a,2019-03-01T10:00:00Z\n1,b,2019-03-01T11:00:00Z\n2,a,nonsense\n"
    client.post(f"/api/imports?process={process}&name=old.csv", content=body.encode())
    deadline = time.monotonic() + 10
    names: list[str] = []
    while process not in names and time.monotonic() < deadline:
        time.sleep(0.5)
        case_events = by_id(client.get("/api/sources").json()["sources"])["case_events"]
        names = [one["name"] for one in case_events["senders"]]
    assert process in names
    assert case_events["status"] == "live"
    assert case_events["lag_seconds"] < 60


def test_imports_are_listed_with_their_rejected_rows(client: TestClient, process: str) -> None:
    body = "case_id,activity,timestamp\n1,a,2019-03-01T10:00:00Z\n2,a,nonsense\n"
    client.post(f"/api/imports?process={process}&name=orders.csv", content=body.encode())
    listed = client.get("/api/imports").json()["imports"]
    mine = next(one for one in listed if one["process"] == process)
    assert (mine["file"], mine["state"], mine["events"], mine["rejected"]) == ("orders.csv", "complete", 1, 1)
    assert "nonsense" in mine["rejections"][0]
    assert listed == sorted(listed, key=lambda one: one["started_at"], reverse=True)


def test_the_engine(client: TestClient, database: Database) -> None:
    facts = client.get("/api/sources/engine").json()
    assert [int(part) for part in facts["version"].split(".")[:2]] == list(database.version())
    assert facts["embedded"] is True
    assert facts["memory_limit"] == 1024 * 1024**2
    assert 0 < facts["disk_free"] <= facts["disk_total"]
    assert facts["parts"] >= 1
    assert facts["metadata"].endswith("/metadata.db")
    files = {path.name for path in (Path(arrivals.__file__).parent / "schema").glob("*.sql")}
    assert {one["file"] for one in facts["migrations"]} <= files
    assert "001_migrations.sql" in [one["file"] for one in facts["migrations"]]


def test_half_minutes() -> None:
    assert BUCKET_SECONDS * BUCKETS == 15 * 60
