"""EXOS's own spans in its own data: what is watched, what is not, and whose children they are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starlette.testclient import TestClient

from eventlogs import ORDERS, load
from exos.analysis import Playbook
from exos.errors import Busy
from exos.server.app import create_app
from exos.server.world import World
from exos.settings import Settings
from exos.store.database import Database
from ingest.telemetry import traces

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TRACE = PARENT.split("-")[1]


def own(database: Database, where: str = "1") -> list[dict[str, Any]]:
    result = database.query(
        "SELECT SpanName, SpanKind, TraceId, ParentSpanId, SpanId, StatusCode, SpanAttributes, Duration FROM otel_traces"
        f" WHERE ServiceName = 'exos-server' AND {where} ORDER BY Timestamp"
    )
    return [dict(zip(result.names, row, strict=True)) for row in result.rows]


def watched(database: Database, settings: Settings) -> TestClient:
    world = World(replace(settings, self_telemetry=True, ingest_keys="k"), database, Playbook.load())
    return TestClient(create_app(world), base_url="http://127.0.0.1:8600", raise_server_exceptions=False)


def test_requests_and_their_queries(database: Database, settings: Settings, process: str) -> None:
    load(database, process, ORDERS)
    with watched(database, settings) as client:
        body = {"params": {"process": process}}
        answer = client.post("/api/playbook/process/dfg/run", json=body, headers={"traceparent": PARENT})
        assert answer.status_code == 200
        assert (
            client.post("/api/query", json={"sql": "SELECT nothing"}, headers={"traceparent": PARENT}).status_code
            == 400
        )
    spans = own(database, f"TraceId = '{TRACE}'")
    (request,) = (one for one in spans if "dfg" in one["SpanAttributes"].get("url.path", ""))
    assert request["SpanName"] == "POST /api/playbook/{area}/{name}/run"
    assert (request["SpanKind"], request["ParentSpanId"]) == ("Server", PARENT.split("-")[2])
    assert request["SpanAttributes"]["http.response.status_code"] == "200"
    assert request["SpanAttributes"]["exos.analysis"] == "process/dfg"
    queries = [one for one in spans if one["ParentSpanId"] == request["SpanId"]]
    assert queries
    assert {one["SpanName"] for one in queries} == {"query process/dfg"}
    assert max(int(one["SpanAttributes"]["exos.query.rows_read"]) for one in queries) > 0
    assert 0 < queries[0]["Duration"] <= request["Duration"]
    (refused,) = (one for one in spans if one["SpanName"] == "POST /api/query")
    assert (refused["SpanAttributes"]["http.response.status_code"], refused["StatusCode"]) == ("400", "Unset")


def test_taking_telemetry_in_makes_none(database: Database, settings: Settings, process: str) -> None:
    before = len(own(database))
    with watched(database, settings) as client:
        headers = {"Content-Type": "application/x-protobuf", "Authorization": "k", "traceparent": PARENT}
        body = traces(process).SerializeToString()
        assert client.post("/v1/traces", content=body, headers=headers).status_code == 200
        for path in ("/healthz", "/readyz", "/metrics", "/"):
            client.get(path)
    assert len(own(database)) == before


def test_a_busy_writer_loses_spans_and_no_answers(database: Database, settings: Settings, process: str) -> None:
    world = World(replace(settings, self_telemetry=True), database, Playbook.load())
    before = len(own(database))

    def refuse(*_: Any) -> None:
        raise Busy("full")

    with TestClient(create_app(world), base_url="http://127.0.0.1:8600") as client:
        world.ingest.admit = refuse  # type: ignore[method-assign, assignment]
        assert client.get("/api/playbook").status_code == 200
    assert len(own(database)) == before


def test_switched_off_it_is_silent(database: Database, settings: Settings) -> None:
    before = len(own(database))
    off = World(replace(settings, self_telemetry=False), database, Playbook.load())
    with TestClient(create_app(off), base_url="http://127.0.0.1:8600") as client:
        assert client.get("/api/playbook").status_code == 200
    assert len(own(database)) == before
    assert database.observer is None
