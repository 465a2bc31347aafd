"""`POST /api/backfill`: the past, through the server that owns the database."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from exos.analysis import Playbook
from exos.server.app import create_app
from exos.server.world import World
from exos.settings import Settings
from exos.store.database import Database
from spans import browser, moment, send


@pytest.fixture(scope="module")
def client(database: Database, settings: Settings) -> Iterator[TestClient]:
    app = create_app(World(settings, database, Playbook.load()))
    with TestClient(app, base_url="http://127.0.0.1:8600", raise_server_exceptions=False) as opened:
        yield opened


def test_the_summary_comes_last(client: TestClient, database: Database, process: str) -> None:
    send(database, [browser(process, seconds=-7200 + number) for number in range(3)])
    body = {"since": moment(-7200), "until": moment(-7100), "targets": ["product_events"]}
    lines = [json.loads(line) for line in client.post("/api/backfill", json=body).text.splitlines()]
    assert lines[-1]["summary"]["read"] == lines[-1]["summary"]["rows"]["product_events"] == 3
    assert all(set(line) == {"rows", "total"} for line in lines[:-1])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"since": "yesterday"}, 400),
        ({"table": "x"}, 400),
        ([], 400),
        ({"targets": ["cases"]}, 400),
        ({"since": "2026-01-02", "until": "2026-01-01"}, 400),
    ],
)
def test_what_makes_no_sense(client: TestClient, body: object, status: int) -> None:
    answer = client.post("/api/backfill", json=body)
    assert answer.status_code == status
    assert json.loads(answer.text.splitlines()[-1])["error"]["code"] in ("bad_parameter", "bad_request")


def test_other_sites_may_not_start_one(client: TestClient) -> None:
    assert client.post("/api/backfill", json={}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
