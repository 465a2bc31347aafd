"""`GET /api/visitor`: readable from other sites' pages, never cached, and honest about who asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from exos.analysis import Playbook
from exos.errors import BadSettings
from exos.server.app import create_app
from exos.server.world import World
from exos.settings import Settings
from exos.store.database import Database

SITE = {"Origin": "https://shop.example", "Sec-Fetch-Site": "cross-site"}


@pytest.fixture(scope="module")
def client(database: Database, settings: Settings) -> Iterator[TestClient]:
    behind = replace(settings, trusted_proxies="10.0.0.0/8")
    app = create_app(World(behind, database, Playbook.load()))
    with TestClient(app, base_url="http://127.0.0.1:8600", client=("10.0.0.1", 4711)) as opened:
        yield opened


def test_another_sites_page_may_read_it(client: TestClient) -> None:
    answer = client.get("/api/visitor", headers={**SITE, "CF-IPCountry": "US", "X-Forwarded-For": "8.8.8.8"})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert body["privacy"] is False
    assert (body["attributes"]["geo.country.iso_code"], body["attributes"]["client.address"]) == ("US", "8.8.8.0")


def test_a_visitor_who_wants_privacy(client: TestClient) -> None:
    headers = {**SITE, "CF-IPCountry": "US", "CF-IPCity": "Austin", "Sec-GPC": "1", "X-Forwarded-For": "8.8.8.8"}
    body = client.get("/api/visitor", headers=headers).json()
    assert body["privacy"] is True
    assert body["attributes"]["geo.country.iso_code"] == "US"
    assert not {"geo.locality.name", "client.address"} & set(body["attributes"])


def test_names_that_are_not_ascii(client: TestClient) -> None:
    headers: dict[bytes, bytes] = {b"cf-ipcountry": b"BR", b"cf-ipcity": "São Paulo".encode()}
    assert client.get("/api/visitor", headers=headers).json()["attributes"]["geo.locality.name"] == "São Paulo"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_it_is_read_only(client: TestClient, method: str) -> None:
    assert client.request(method, "/api/visitor").status_code in (404, 405)


def test_openapi(client: TestClient) -> None:
    spec = client.get("/api/openapi.json").json()
    told = spec["paths"]["/api/visitor"]["get"]
    assert told["summary"]
    shape = spec["components"]["schemas"]["VisitorAnswer"]
    assert shape["examples"]
    assert all(one["description"] for one in shape["properties"].values())


def test_an_unusable_setting_stops_the_start(database: Database, settings: Settings) -> None:
    with pytest.raises(BadSettings, match="EXOS_TRUSTED_PROXIES"):
        create_app(World(replace(settings, trusted_proxies="nonsense"), database, Playbook.load()))
