"""The HTTP door: the same answers as the Playbook, clear errors, nobody else let in."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from eventlogs import ORDERS, load
from exos.analysis import Playbook
from exos.errors import Unavailable
from exos.ingest.writer import Writer
from exos.server.app import create_app
from exos.server.security import CSP
from exos.server.world import World
from exos.settings import Settings
from exos.store.database import Database


@pytest.fixture(scope="module")
def client(database: Database, settings: Settings) -> Iterator[TestClient]:
    app = create_app(World(settings, database, Playbook.load()))
    with TestClient(app, base_url="http://127.0.0.1:8600", raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def orders(database: Database, process: str) -> str:
    load(database, process, ORDERS)
    return process


def test_a_run_is_what_the_playbook_gives(client: TestClient, database: Database, orders: str) -> None:
    for slug in ("process/dfg", "process/variants", "process/trend"):
        answer = client.post(f"/api/playbook/{slug}/run", json={"params": {"process": orders}})
        result = Playbook.load().run(database, slug, {"process": orders})
        assert answer.status_code == 200
        body = answer.json()
        assert body["rows"] == result.rows
        assert [column["name"] for column in body["columns"]] == result.names
        assert set(body["statistics"]) == {"elapsed", "rows_read", "bytes_read"}


def test_the_catalogue(client: TestClient) -> None:
    listed = client.get("/api/playbook").json()["analyses"]
    assert [one["slug"] for one in listed] == [one.slug for one in Playbook.load()]
    for one in listed:
        detail = client.get(f"/api/playbook/{one['slug']}").json()
        assert detail["columns"]
        assert detail["sql"]
        assert {key: detail[key] for key in one} == one


def test_the_sql_behind_a_run(client: TestClient, orders: str) -> None:
    region = [{"property": "region", "op": "=", "value": "TX"}]
    made = client.post("/api/playbook/process/dfg/sql", json={"params": {"process": orders, "filters": region}}).json()
    assert "TX" not in made["sql"]
    assert "TX" in made["params"].values()


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/api/playbook/process/nothing/run", {"params": {}}, 404, "not_found"),
        ("/api/playbook/process/dfg/run", {"params": {}}, 400, "bad_parameter"),
        ("/api/playbook/process/dfg/run", {"params": []}, 400, "bad_request"),
        ("/api/playbook/process/dfg/run", {"parameters": {}}, 400, "bad_request"),
        ("/api/query", {"sql": "SELEC 1"}, 400, "bad_sql"),
        ("/api/query", {"sql": "SELECT file('/etc/passwd')"}, 403, "query_refused"),
        ("/api/query", {"sql": "DROP TABLE cases"}, 403, "query_refused"),
        ("/api/query", {}, 400, "bad_request"),
        ("/api/nothing", {}, 404, "not_found"),
    ],
)
def test_errors_have_one_shape(client: TestClient, path: str, body: Any, status: int, code: str) -> None:
    answer = client.post(path, json=body)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert error["code"] == code
    assert set(error) == {"code", "message", "hint"}
    assert error["message"]


def test_not_json(client: TestClient) -> None:
    answer = client.post("/api/query", content=b"{", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")


def test_free_sql_with_parameters(client: TestClient, orders: str) -> None:
    sql = (
        "SELECT activity, count() AS n FROM case_events FINAL WHERE process = {process:String}"
        " GROUP BY 1 ORDER BY n DESC, 1 LIMIT 1"
    )
    answer = client.post("/api/query", json={"sql": sql, "params": {"process": orders}})
    assert answer.json()["rows"] == [["search", 5]]


def test_import_over_http(client: TestClient, process: str) -> None:
    body = "case_id,activity,timestamp\n1,a,2026-03-01T10:00:00Z\n1,b,2026-03-01T11:00:00Z\n2,a,nonsense\n"
    answer = client.post(f"/api/imports?process={process}&name=log.csv", content=body.encode())
    lines = [json.loads(line) for line in answer.text.splitlines()]
    summary = lines[-1]["summary"]
    assert (summary["events"], summary["cases"], summary["rejected"]) == (2, 1, 1)
    run = client.post("/api/playbook/process/dfg/run", json={"params": {"process": process}}).json()
    assert run["rows"][0][:3] == ["a", "b", 1]


def test_import_of_a_page(client: TestClient, process: str) -> None:
    answer = client.post(
        f"/api/imports?process={process}&name=log.xes", content=b"<!doctype html><html><body>no</body></html>"
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "bad_file")


def test_an_import_that_fails_later_says_so_in_its_last_line(client: TestClient, process: str) -> None:
    rows = b"".join(b"%d,a,2026-03-01T10:00:00Z,%s\n" % (n, os.urandom(40).hex().encode()) for n in range(100_000))
    body = gzip.compress(b"case_id,activity,timestamp,note\n" + rows, 1)
    answer = client.post(f"/api/imports?process={process}&name=log.csv.gz", content=body[: len(body) * 3 // 4])
    assert answer.status_code == 200
    assert json.loads(answer.text.splitlines()[-1])["error"]["code"] == "bad_file"


@pytest.mark.parametrize("name", ["", "%20", "a%00b", "a%0ab", "%1b[31m", "a%7f"])
def test_a_process_has_a_name_that_can_be_shown(client: TestClient, name: str) -> None:
    answer = client.post(f"/api/imports?process={name}", content=b"case_id,activity,timestamp\n1,a,2026-03-01\n")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_parameter")


def test_imports_are_listed_and_forgotten(client: TestClient, process: str) -> None:
    body = b"case_id,activity,timestamp\n1,a,2026-03-01\n"
    client.post(f"/api/imports?process={process}", content=body)
    (one,) = client.get(f"/api/imports?process={process}").json()["imports"]
    assert (one["state"], one["events"], one["file"]) == ("complete", 1, "upload")
    assert client.delete(f"/api/imports/{one['id']}").json()["events"] == 1
    assert client.delete(f"/api/imports/{one['id']}").status_code == 404
    assert client.delete(f"/api/imports?process={process}").status_code == 404
    assert client.delete("/api/imports?process=").status_code == 404
    client.post(f"/api/imports?process={process}", content=body)
    assert client.delete(f"/api/imports?process={process}").json()["imports"] == [one["id"]]
    assert client.get(f"/api/imports?process={process}").json()["imports"] == []


def test_schema(client: TestClient, orders: str) -> None:
    assert orders
    tables = {table["name"]: table for table in client.get("/api/schema").json()["tables"]}
    columns = {column["name"]: column for column in tables["case_events"]["columns"]}
    assert columns["activity"]["comment"] == "What was done"
    assert columns["activity"]["samples"]
    assert "schema_migrations" not in tables


def test_health(client: TestClient) -> None:
    assert client.get("/healthz").text == "OK"
    assert client.get("/readyz").text == "OK"
    assert "exos_http_requests_total" in client.get("/metrics").text


def test_a_receiver_in_trouble_is_alive_and_not_ready(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    full = Unavailable("Telemetry cannot be kept: No space left on device.")
    monkeypatch.setattr(Writer, "trouble", lambda _: full)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.text == "unavailable: Telemetry cannot be kept: No space left on device."
    assert client.get("/healthz").text == "OK"


def test_headers_on_every_answer(client: TestClient) -> None:
    for path in ("/healthz", "/api/playbook", "/nothing", "/api/nothing", "/portal/nothing.js"):
        headers = client.get(path).headers
        assert headers["content-security-policy"] == CSP
        assert headers["x-content-type-options"] == "nosniff"
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["cache-control"]


ORIGINS: list[tuple[dict[str, str], bool]] = [
    ({}, True),
    ({"Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "none"}, True),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Origin": "http://127.0.0.1:8600"}, True),
    ({"Origin": "http://127.0.0.1:8601"}, False),
    ({"Origin": "https://evil.example"}, False),
    ({"Origin": "null"}, False),
    ({"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8600"}, False),
    ({"Host": "localhost:8600"}, True),
    ({"Host": "[::1]:8600"}, True),
    ({"Host": "evil.example"}, False),
    ({"Host": "127.0.0.1.evil.example"}, False),
    ({"Host": "["}, False),
    ({"Host": ""}, False),
]


@pytest.mark.parametrize(("headers", "allowed"), ORIGINS)
def test_who_may_ask(client: TestClient, headers: dict[str, str], allowed: bool) -> None:
    answer = client.post("/api/query", json={"sql": "SELECT 1 AS one"}, headers=headers)
    assert (answer.status_code == 200) is allowed
    if not allowed:
        assert answer.json()["error"]["code"] == "forbidden_origin"


def _example(spec: dict[str, Any], content: dict[str, Any]) -> Any:
    """The example of a body, its own or that of its model."""
    schema = content.get("schema", {})
    if "$ref" in schema:
        schema = spec["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return content.get("example") or schema.get("examples")


def test_openapi_tells_of_every_answer_with_an_example(client: TestClient) -> None:
    spec = client.get("/api/openapi.json").json()
    assert {"/api/playbook", "/api/query", "/api/schema", "/api/imports", "/healthz"} <= set(spec["paths"])
    assert "/v1/traces" in spec["paths"]
    assert "ValidationError" not in json.dumps(spec)
    wrong = [
        f"{method} {path}: {what}"
        for path, found in spec["paths"].items()
        for method, operation in found.items()
        for what in _missing(spec, path, operation)
    ]
    assert "\n".join(wrong) == ""


def _missing(spec: dict[str, Any], path: str, operation: dict[str, Any]) -> Iterator[str]:
    """What an operation does not tell."""
    answers = operation["responses"]
    if not operation.get("summary"):
        yield "a summary"
    if not any(status.startswith("2") for status in answers):
        yield "a good answer"
    if path.startswith("/api/") and not {"400", "503"} <= set(answers):
        yield "errors"
    for status, answer in answers.items():
        if not answer.get("content") and status not in ("204", "304"):
            yield f"the body of {status}"
        for media, body in answer.get("content", {}).items():
            if not _example(spec, body) and body.get("schema", {}).get("format") != "binary":
                yield f"an example of {status}"
            told = body.get("schema", {}).get("$ref", "")
            # OTLP has a shape of its own for what went wrong.
            ours = not path.startswith("/v1/") and media == "application/json"
            if status >= "400" and ours and not told.endswith("/ErrorAnswer"):
                yield f"the shape of {status}"
    for body in operation.get("requestBody", {}).get("content", {}).values():
        if not _example(spec, body):
            yield "an example of its body"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/api/query", "POST"),
        ("PUT", "/api/imports", "DELETE, GET, POST"),
        ("GET", "/api/playbook/process/dfg/run", "POST"),
        ("DELETE", "/api/playbook", "GET"),
        ("POST", "/healthz", "GET"),
    ],
)
def test_another_method_is_told(client: TestClient, method: str, path: str, allowed: str) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)
    assert answer.json()["error"]["code"] == "method_not_allowed"
