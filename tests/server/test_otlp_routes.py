"""The OTLP routes keep the specification's contract: codes, encodings, keys, limits, browsers."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from starlette.testclient import TestClient

from exos.analysis import Playbook
from exos.errors import Busy, Unavailable
from exos.server.app import create_app
from exos.server.world import World
from exos.settings import Settings
from exos.store.database import Database
from ingest.telemetry import as_otlp_json, attribute, traces

Status: Any = import_module("google.rpc.status_pb2").Status
KEY = "key-of-the-test"
PROTOBUF = {"Content-Type": "application/x-protobuf"}
JSON = {"Content-Type": "application/json"}
GZIP = {"Content-Encoding": "gzip"}
LIMIT = 300_000
CAPTURE = Path(__file__).parents[3] / "shared" / "data" / "sdk_capture"


@pytest.fixture(scope="module")
def world(database: Database, settings: Settings) -> World:
    return World(replace(settings, ingest_keys=KEY, ingest_request_bytes=LIMIT), database, Playbook.load())


@pytest.fixture(scope="module")
def client(world: World) -> Iterator[TestClient]:
    with TestClient(create_app(world), base_url="http://127.0.0.1:8600", raise_server_exceptions=False) as opened:
        opened.headers["Authorization"] = KEY
        yield opened


def count(database: Database, service: str) -> int:
    rows = database.query("SELECT count() FROM otel_traces WHERE ServiceName = {s:String}", {"s": service}).rows
    return int(rows[0][0])


def test_every_encoding_is_stored_before_it_is_acknowledged(
    client: TestClient, database: Database, process: str
) -> None:
    for number, (body, headers) in enumerate(
        [
            (traces(process, 0).SerializeToString(), PROTOBUF),
            (gzip.compress(traces(process, 1).SerializeToString()), {**PROTOBUF, **GZIP}),
            (orjson.dumps(as_otlp_json(traces(process, 2))), {"Content-Type": "application/json; charset=utf-8"}),
            (gzip.compress(orjson.dumps(as_otlp_json(traces(process, 3)))), {**JSON, **GZIP}),
            (traces(process, 4).SerializeToString(), {**PROTOBUF, "Content-Encoding": "identity"}),
        ]
    ):
        answer = client.post("/v1/traces", content=body, headers=headers)
        assert answer.status_code == 200, answer.text
        assert count(database, process) == number + 1
        assert answer.headers["Content-Type"] == headers["Content-Type"].partition(";")[0]
        assert answer.content == (b"{}" if "json" in headers["Content-Type"] else b"")


def test_a_retry_counts_once(client: TestClient, database: Database, process: str) -> None:
    body = traces(process, count=3).SerializeToString()
    for packed in (body, gzip.compress(body, 1), gzip.compress(body, 9)):
        headers = {**PROTOBUF, **(GZIP if packed != body else {})}
        assert client.post("/v1/traces", content=packed, headers=headers).status_code == 200
    assert count(database, process) == 3


def test_what_cannot_be_stored_is_counted(client: TestClient, database: Database, process: str) -> None:
    request = traces(process, count=3)
    request.resource_spans[0].scope_spans[0].spans[1].trace_id = b"short"
    answer = client.post("/v1/traces", content=request.SerializeToString(), headers=PROTOBUF)
    response = ExportTraceServiceResponse.FromString(answer.content)
    assert (answer.status_code, response.partial_success.rejected_spans) == (200, 1)
    assert "5 bytes" in response.partial_success.error_message
    assert count(database, process) == 2
    request.resource_spans[0].scope_spans[0].spans[0].name = "other"
    told = client.post("/v1/traces", content=orjson.dumps(as_otlp_json(request)), headers=JSON).json()
    assert told["partialSuccess"]["rejectedSpans"] == "1"


@pytest.mark.parametrize("signal", ["traces", "logs", "metrics"])
def test_an_empty_request_is_fine(client: TestClient, signal: str) -> None:
    assert client.post(f"/v1/{signal}", content=b"", headers=PROTOBUF).status_code == 200
    assert client.post(f"/v1/{signal}", content=b"{}", headers=JSON).json() == {}


GOOD = traces("contract").SerializeToString()
BOMB = gzip.compress(b"\0" * 50_000_000)
CONTRACT: list[tuple[str, str, bytes, dict[str, str], int]] = [
    ("no key", "/v1/traces", GOOD, {**PROTOBUF, "Authorization": ""}, 401),
    ("unknown key", "/v1/traces", GOOD, {**PROTOBUF, "Authorization": "Bearer nobody"}, 401),
    ("another scheme", "/v1/traces", GOOD, {**PROTOBUF, "Authorization": f"Basic {KEY}"}, 401),
    ("bearer", "/v1/traces", GOOD, {**PROTOBUF, "Authorization": f"Bearer {KEY}"}, 200),
    ("lower-case bearer", "/v1/traces", GOOD, {**PROTOBUF, "Authorization": f"bearer  {KEY} "}, 200),
    ("raw key", "/v1/traces", GOOD, {**PROTOBUF, "Authorization": KEY}, 200),
    ("no content type", "/v1/traces", GOOD, {}, 415),
    ("form", "/v1/traces", GOOD, {"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ("deflate", "/v1/traces", GOOD, {**PROTOBUF, "Content-Encoding": "deflate"}, 415),
    ("zstd", "/v1/logs", GOOD, {**JSON, "Content-Encoding": "zstd"}, 415),
    ("twice gzip", "/v1/logs", GOOD, {**JSON, "Content-Encoding": "gzip, gzip"}, 415),
    ("not protobuf", "/v1/traces", b"\xff\xff\xff", PROTOBUF, 400),
    ("not JSON", "/v1/logs", b"{", JSON, 400),
    ("protobuf called JSON", "/v1/traces", GOOD, JSON, 400),
    ("JSON called protobuf", "/v1/metrics", b'{"resourceMetrics":[]}', PROTOBUF, 400),
    ("not gzip", "/v1/traces", GOOD, {**PROTOBUF, **GZIP}, 400),
    ("half a gzip", "/v1/traces", gzip.compress(GOOD)[:-5], {**PROTOBUF, **GZIP}, 400),
    ("deep JSON", "/v1/traces", b"[" * 200_000, JSON, 400),
    ("large", "/v1/traces", b"\0" * (LIMIT + 1), PROTOBUF, 413),
    ("bomb", "/v1/traces", BOMB, {**PROTOBUF, **GZIP}, 413),
    ("many small spans", "/v1/traces", b"", PROTOBUF, 413),
    ("elsewhere", "/v1/profiles", GOOD, PROTOBUF, 404),
]


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"), [row[1:] for row in CONTRACT], ids=[r[0] for r in CONTRACT]
)
def test_the_contract(client: TestClient, path: str, body: bytes, headers: dict[str, str], status: int) -> None:
    if status == 413 and not body:
        request = traces("many")
        scope = request.resource_spans[0].scope_spans[0]
        for _ in range(120_000):
            scope.spans.add()
        body = request.SerializeToString()
        assert len(body) < LIMIT
    answer = client.post(path, content=body, headers=headers)
    assert answer.status_code == status
    if status >= 400 and status != 404 and headers.get("Content-Type") == PROTOBUF["Content-Type"]:
        assert answer.headers["Content-Type"] == "application/x-protobuf"
        told = Status.FromString(answer.content)
        assert told.code in (3, 16, 8)
        assert told.message
    elif status >= 400:
        error = answer.json()["error"]
        assert error["code"]
        assert error["message"]
    if status == 401:
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_only_post(client: TestClient, method: str) -> None:
    answer = client.request(method, "/v1/traces")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST, OPTIONS")


def test_chunked_bodies_are_limited_too(client: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(100):
            yield b"\0" * 10_000

    assert client.post("/v1/traces", content=pieces(), headers=PROTOBUF).status_code == 413


@pytest.mark.parametrize(("error", "status"), [(Busy("full"), 429), (Unavailable("disk full"), 503)])
def test_overload_says_when_to_come_again(
    client: TestClient, world: World, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    def refuse(*_: Any) -> None:
        raise error

    monkeypatch.setattr(world.ingest, "admit", refuse)
    for headers in (PROTOBUF, JSON):
        answer = client.post("/v1/traces", content=b"{}", headers=headers)
        assert (answer.status_code, answer.headers["Retry-After"]) == (status, "1")
    monkeypatch.undo()
    assert client.post("/v1/traces", content=b"{}", headers=JSON).status_code == 200


def test_a_storage_in_trouble_keeps_what_it_took_and_takes_no_more(
    client: TestClient, world: World, database: Database, process: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise Unavailable("disk full", "Free some space.")

    bodies = [traces(process, number).SerializeToString() for number in range(100)]
    monkeypatch.setattr(database, "append", fail)
    monkeypatch.setattr(database, "load", fail)
    taken = 0
    while client.post("/v1/traces", content=bodies[taken], headers=PROTOBUF).status_code == 200:
        taken += 1
        time.sleep(0.05)
    refused = client.post("/v1/traces", content=bodies[taken], headers=PROTOBUF)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    monkeypatch.undo()
    while client.post("/v1/traces", content=bodies[taken], headers=PROTOBUF).status_code == 503:
        time.sleep(0.05)
    world.ingest.settle()
    assert count(database, process) == taken + 1
    assert taken or not world.settings.embedded


BROWSER = {"Origin": "https://shop.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}


@pytest.mark.parametrize("wanted", ["authorization,content-type", "authorization,content-encoding,content-type"])
def test_browsers_may_ask_first(client: TestClient, wanted: str) -> None:
    asked = {**BROWSER, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": wanted}
    answer = client.options("/v1/logs", headers={**asked, "Authorization": ""})
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == BROWSER["Origin"]
    assert answer.headers["Access-Control-Allow-Methods"] == "POST"
    assert answer.headers["Access-Control-Allow-Headers"] == wanted
    assert "Origin" in answer.headers["Vary"]


def test_other_sites_may_send_and_read_the_answer(client: TestClient, process: str) -> None:
    for key, status in ((KEY, 200), ("wrong", 401)):
        answer = client.post(
            "/v1/traces",
            content=traces(process).SerializeToString(),
            headers={**PROTOBUF, **BROWSER, "Authorization": key},
        )
        assert answer.status_code == status
        assert answer.headers["Access-Control-Allow-Origin"] == BROWSER["Origin"]
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    elsewhere = client.post("/api/query", json={"sql": "SELECT 1"}, headers=BROWSER)
    assert elsewhere.status_code == 403


def test_only_named_origins_when_some_are_named(database: Database, settings: Settings, process: str) -> None:
    named = replace(settings, ingest_keys=KEY, ingest_origins="https://shop.example/, https://desk.example")
    with TestClient(create_app(World(named, database, Playbook.load()))) as client:
        for origin, allowed in (("https://shop.example", True), ("https://evil.example", False)):
            asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
            answer = client.options("/v1/traces", headers=asked)
            assert ("Access-Control-Allow-Origin" in answer.headers) is allowed


def test_browsers_are_described_and_collectors_are_not(client: TestClient, database: Database, process: str) -> None:
    request = traces(process)
    request.resource_spans[0].resource.attributes.append(attribute("rum.sessionId", "s1"))
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
    body = request.SerializeToString()
    assert client.post("/v1/traces", content=body, headers={**PROTOBUF, **agent}).status_code == 200
    request.resource_spans[0].scope_spans[0].spans[0].name = "from the browser"
    body = request.SerializeToString()
    assert client.post("/v1/traces", content=body, headers={**PROTOBUF, **agent, **BROWSER}).status_code == 200
    rows = database.query(
        "SELECT ResourceAttributes['user_agent.name'] FROM otel_traces WHERE ServiceName = {s:String} ORDER BY SpanName",
        {"s": process},
    ).rows
    assert rows == [["Firefox"], [""]]


@pytest.mark.parametrize("form", [PROTOBUF, JSON])
def test_who_asks_not_to_be_recognised_is_not(
    client: TestClient, database: Database, process: str, form: dict[str, str]
) -> None:
    """Whatever their browser sends along; what says nothing about them stays."""
    told: dict[str, Any] = {
        "exos.visitor.id": "v1",
        "geo.locality.name": "Austin",
        "geo.country.iso_code": "US",
        "userId": "ann",
    }
    for number, asked in enumerate(({"Sec-GPC": "1"}, {"DNT": "1"}, {})):
        request = traces(process, number, **told)
        resource = request.resource_spans[0].resource.attributes
        resource.extend([attribute("rum.sessionId", "s"), attribute("exos.visitor.id", "v1")])
        body = orjson.dumps(as_otlp_json(request)) if form is JSON else request.SerializeToString()
        assert client.post("/v1/traces", content=body, headers={**form, **BROWSER, **asked}).status_code == 200
    rows = database.query(
        "SELECT SpanAttributes['exos.visitor.id'], ResourceAttributes['exos.visitor.id'], SpanAttributes['geo.locality.name'],"
        " SpanAttributes['geo.country.iso_code'], SpanAttributes['userId'], ResourceAttributes['rum.sessionId']"
        " FROM otel_traces WHERE ServiceName = {s:String} ORDER BY SpanId",
        {"s": process},
    ).rows
    withheld = ["", "", "", "US", "ann", "s"]
    assert rows == [withheld, withheld, ["v1", "v1", "Austin", "US", "ann", "s"]]


def test_open_ingest_needs_no_key(database: Database, settings: Settings, process: str) -> None:
    with TestClient(create_app(World(replace(settings, ingest_open=True), database, Playbook.load()))) as client:
        answer = client.post("/v1/traces", content=traces(process).SerializeToString(), headers=PROTOBUF)
        assert answer.status_code == 200
    assert count(database, process) == 1


def test_health_and_metrics_tell(client: TestClient, world: World, process: str) -> None:
    before = {row["table"]: row for row in world.ingest.health()}["otel_traces"]
    client.post("/v1/traces", content=traces(process, count=4).SerializeToString(), headers=PROTOBUF)
    client.post("/v1/traces", content=b"nonsense", headers=PROTOBUF)
    world.ingest.settle()
    after = {row["table"]: row for row in world.ingest.health()}["otel_traces"]
    assert (after["accepted"] - before["accepted"], after["rejected"] - before["rejected"]) == (4, 1)
    assert "protobuf" in after["last_error"]
    shown = client.get("/metrics").text
    assert 'exos_ingest_rows_total{table="otel_traces"}' in shown
    assert 'exos_ingest_rejected_total{code="bad_telemetry",signal="traces"}' in shown
    assert "exos_http_requests_total" in shown


def test_the_routes_are_described(client: TestClient) -> None:
    spec = client.get("/api/openapi.json").json()
    paths = spec["paths"]
    for signal in ("traces", "logs", "metrics"):
        described = paths[f"/v1/{signal}"]["post"]
        assert set(described["requestBody"]["content"]) == {"application/x-protobuf", "application/json"}
        assert {"200", "400", "401", "413", "415", "429", "503"} <= set(described["responses"])
        (example,) = spec["components"]["schemas"][f"Otlp{signal.title()}"]["examples"]
        assert client.post(f"/v1/{signal}", json=example).json() == {}


def test_the_recorded_browser_replayed(client: TestClient, database: Database) -> None:
    if not CAPTURE.is_dir():
        pytest.skip("../shared/data/sdk_capture is not here: the recorded requests are not part of the project")
    for file in sorted(CAPTURE.glob("*.json")):
        told = json.loads(file.read_text())
        headers = {
            name: value for name, value in told["headers"].items() if name.lower() not in ("host", "content-length")
        }
        body = file.with_name(f"{file.stem[:3]}_v1_{told['path'].rsplit('/')[-1]}.body")
        content = body.read_bytes() if told["method"] == "POST" else b""
        if told["method"] == "POST":
            headers["authorization"] = KEY
        answer = client.request(told["method"], told["path"], content=content, headers=headers)
        assert answer.status_code in (200, 204)
        assert answer.headers["Access-Control-Allow-Origin"] == told["headers"]["Origin"]
    spans = database.query(
        "SELECT uniqExact(TraceId, SpanId), max(ResourceAttributes['user_agent.os.name']) FROM otel_traces"
        " WHERE ServiceName = 'cap-web'"
        " AND `ResourceAttributes`['rum.sessionId'] = 'b74dfbd11cbbc21386913a6dd9de642c'"
    ).rows
    assert spans == [[25, "Linux"]]
    assert database.query("SELECT count() >= 1 FROM recording_events WHERE ServiceName = 'cap-web'").rows == [[1]]
    clicks = "SELECT count() FROM product_events FINAL WHERE service = 'cap-web' AND event = 'click'"
    assert database.query(clicks).rows[0][0] > 0
