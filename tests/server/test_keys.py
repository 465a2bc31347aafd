"""Ingest keys over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from exos.analysis import Playbook
from exos.server.app import create_app
from exos.server.world import World
from exos.settings import Settings
from exos.store.database import Database


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    settings = Settings.load({}, home=str(tmp_path), ingest_keys="a,b", self_telemetry=False)
    return World(settings, database, Playbook.load())


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    with TestClient(create_app(world), base_url="http://127.0.0.1:8600", raise_server_exceptions=False) as opened:
        yield opened


def test_make_use_revoke(client: TestClient, world: World) -> None:
    made = client.post("/api/keys", json={"name": "order desk"})
    assert made.status_code == 201
    key = made.json()
    assert world.keys.name_of(key["key"]) == "order desk"
    world.keys.refresh()
    answer = client.get("/api/keys").json()
    assert [one["name"] for one in answer["keys"]] == ["default", "order desk"]
    assert (answer["from_settings"], answer["open"]) == (2, False)
    assert answer["keys"][0]["last_used_at"] is None
    assert answer["keys"][1]["last_used_at"] >= answer["keys"][1]["created_at"]
    revoked = client.delete(f"/api/keys/{key['id']}").json()
    assert revoked["revoked_at"].endswith("Z")
    assert world.keys.name_of(key["key"]) is None
    assert client.delete(f"/api/keys/{key['id']}").json() == revoked


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "/api/keys", {"name": "default"}, 409, "conflict"),
        ("POST", "/api/keys", {"name": " "}, 400, "bad_parameter"),
        ("POST", "/api/keys", {"name": "x" * 81}, 400, "bad_request"),
        ("POST", "/api/keys", {"name": "x", "key": "mine"}, 400, "bad_request"),
        ("POST", "/api/keys", {}, 400, "bad_request"),
        ("DELETE", "/api/keys/99", None, 404, "not_found"),
        ("DELETE", "/api/keys/0", None, 400, "bad_request"),
        ("DELETE", "/api/keys/99999999999999999999", None, 400, "bad_request"),
        ("DELETE", "/api/keys/x", None, 400, "bad_request"),
    ],
)
def test_errors_have_one_shape(client: TestClient, method: str, path: str, body: Any, status: int, code: str) -> None:
    answer = client.request(method, path, json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.json()["error"]["hint"]


def test_other_sites_make_no_keys(client: TestClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/api/keys", json={"name": "theirs"}, headers=headers).status_code == 403
    assert client.delete("/api/keys/1", headers=headers).status_code == 403
    assert len(client.get("/api/keys").json()["keys"]) == 1


def test_a_store_that_is_gone_is_told(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "metadata.db").unlink()
    (tmp_path / "metadata.db").mkdir()
    answer = client.get("/api/keys")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "1"
