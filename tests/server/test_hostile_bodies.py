"""Whatever a client sends: never a 5xx, and always the one shape of errors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from eventlogs import ORDERS, load
from exos.analysis import Playbook
from exos.server.app import create_app
from exos.server.world import World
from exos.settings import Settings
from exos.store.database import Database

PROCESS = "hostile"
PATHS = [
    "/api/playbook/process/dfg/run",
    "/api/playbook/process/cases/run",
    "/api/playbook/process/dfg/sql",
    "/api/playbook/sessions/list/run",
    "/api/query",
]
_ODD = st.sampled_from(
    [
        "\ud800",
        "\x00",
        "",
        "1e999",
        "-1",
        "[",
        "{",
        "null",
        "nan",
        "\u202e",
        "(",
        "2026-02-30",
        10**400,
        -(2**63) - 1,
        2**64,
        1.5,
        0,
    ]
)
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | _ODD
_VALUES = st.recursive(
    _SCALARS, lambda more: st.lists(more, max_size=3) | st.dictionaries(st.text(max_size=4), more, max_size=3)
)
_FILTERS = st.lists(
    st.fixed_dictionaries(
        {
            "property": st.sampled_from(["activity", "case_id", "events", "start", "path", "variant", "x", "value"])
            | _VALUES,
            "op": st.sampled_from(["=", "!=", ">", "in", "not_in", "contains", "regex", "exists"]) | _VALUES,
            "value": _VALUES,
        }
    ),
    max_size=3,
)
_NAMES = st.sampled_from(
    ["process", "since", "until", "timezone", "limit", "order", "filters", "a", "\ud800"]
) | st.text(max_size=4)
_PARAMS = st.fixed_dictionaries(
    {"process": st.just(PROCESS)}, optional={"filters": _FILTERS | _VALUES, "a": _VALUES}
) | (st.dictionaries(_NAMES, _VALUES, max_size=4))
_SQL = st.sampled_from(
    [
        f"SELECT {{a:{type_}}} AS v"
        for type_ in ("String", "UInt8", "Float64", "Array(String)", "Array(Int8)", "Date", "Map(String, UInt8)")
    ]
)
_BODIES = (
    st.fixed_dictionaries({"params": _PARAMS})
    | st.fixed_dictionaries({"sql": _SQL | st.text(max_size=20), "params": _PARAMS})
    | _VALUES
)
RAW: list[bytes] = [
    b"",
    b"\xff",
    b"[" * 100_000,
    b'{"params":' + b"[" * 5000 + b"]" * 5000 + b"}",
    b'{"params":{"filters":' + b"[" * 900 + b"]" * 900 + b"}}",
    b'{"sql":"SELECT {a:UInt8}","params":{"a":1e999}}',
    b'{"sql":"SELECT {a:UInt8}","params":{"a":' + b"9" * 5000 + b"}}",
    b'{"sql":"SELECT {a:String}","params":{"a":"\\ud800"}}',
    b'{"sql":"\\ud800","params":{}}',
    b'{"\\ud800":1}',
    b'{"params":{"process":"\\ud800"}}',
    b'{"params":{"process":"hostile","filters":[{"property":"\\ud800","op":"=","value":"a"}]}}',
    b'{"params":{"process":"hostile","limit":' + b"9" * 400 + b"}}",
    b'{"params":{"process":"hostile","since":' + b"9" * 400 + b"}}",
    b'{"params":{"process":"hostile","timezone":"' + b"a" * 5000 + b'"}}',
    b'{"params":{"process":"hostile","timezone":"../../etc/passwd"}}',
]


@pytest.fixture(scope="module")
def client(database: Database, settings: Settings) -> Iterator[TestClient]:
    load(database, PROCESS, ORDERS)
    app = create_app(World(settings, database, Playbook.load()))
    with TestClient(app, base_url="http://127.0.0.1:8600", raise_server_exceptions=False) as opened:
        yield opened


def check(client: TestClient, path: str, body: bytes, media: str = "application/json") -> int:
    answer = client.post(path, content=body, headers={"Content-Type": media})
    assert answer.status_code < 500, (path, body[:300], answer.text)
    if answer.status_code >= 400:
        error = answer.json()["error"]
        assert set(error) == {"code", "message", "hint"}, (path, body[:300])
        assert error["message"], (path, body[:300])
    return answer.status_code


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(path=st.sampled_from(PATHS), body=_BODIES)
@example(path="/api/query", body={"sql": "SELECT {a:String} AS v", "params": {"a": {"b": -(2**63) - 1}}})
def test_any_json(client: TestClient, path: str, body: Any) -> None:
    check(client, path, json.dumps(body).encode())


@pytest.mark.parametrize("path", PATHS)
def test_bodies_that_break_parsers(client: TestClient, path: str) -> None:
    for body in RAW:
        assert check(client, path, body) >= 400, body[:100]


def test_every_route_that_takes_json(client: TestClient) -> None:
    spec = client.get("/api/openapi.json").json()
    for path, operations in spec["paths"].items():
        for method in operations.keys() & {"post", "put", "patch"}:
            if "application/json" in operations[method].get("requestBody", {}).get("content", {}):
                for body in RAW:
                    answer = client.request(
                        method,
                        re.sub(r"\{\w+\}", "x", path),
                        content=body,
                        headers={"Content-Type": "application/json"},
                    )
                    assert 400 <= answer.status_code < 500, (method, path, body[:100], answer.text)
                    assert set(answer.json()["error"]) == {"code", "message", "hint"}


@pytest.mark.parametrize(
    "media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "a/b; charset=x"]
)
def test_other_content_types(client: TestClient, media: str) -> None:
    for path in PATHS:
        check(client, path, b'{"params":{"process":"hostile"}}', media)


@pytest.mark.parametrize(
    "path",
    [
        "/api/playbook/%ff/%ff/run",
        "/api/playbook/a%00/b/run",
        "/api/playbook/../x/run",
        "/api/imports?process=%ff",
        "/api/imports?process=%ED%A0%80",
    ],
)
def test_odd_addresses(client: TestClient, path: str) -> None:
    assert 400 <= check(client, path, b'{"params":{}}') < 500
