"""The scripts for other sites' pages: who may load them, how long they are kept, what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from exos import __version__
from exos.analysis import Playbook
from exos.server.app import create_app
from exos.server.routes import sdk
from exos.server.world import World
from exos.settings import Settings
from exos.store.database import Database

SOURCES = Path(sdk.__file__).parents[2] / "sdk"
VENDOR = Path(sdk.__file__).parents[2] / "portal" / "vendor"
PLAIN = {"accept-encoding": "identity"}


@pytest.fixture(scope="module")
def client(database: Database, settings: Settings) -> Iterator[TestClient]:
    if not (VENDOR / "exos.js").is_file():
        pytest.skip("the portal's assets are not built: `make vendor` builds them")
    app = create_app(World(settings, database, Playbook.load()))
    with TestClient(app, base_url="http://127.0.0.1:8600") as opened:
        yield opened


@pytest.mark.parametrize("path", ["/sdk/exos.js", "/sdk/hyperdx.js"])
def test_pages_of_every_origin_may_load_them(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"origin": "https://shop.example", "sec-fetch-site": "cross-site"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/sdk/exos.js", "/sdk/hyperdx.js"])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_what_has_not_changed_is_not_sent_again(client: TestClient, path: str, encoding: str) -> None:
    first = client.get(path, headers={"accept-encoding": encoding})
    assert first.headers.get("content-encoding", "identity") == encoding
    again = client.get(path, headers={"accept-encoding": encoding, "if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert client.get(path, headers={"accept-encoding": encoding, "if-none-match": '"other"'}).status_code == 200


def test_the_snippet_asks_for_the_very_sdk(client: TestClient) -> None:
    text = client.get("/sdk/exos.js", headers=PLAIN).text
    assert len(text.encode()) < 12_000
    assert "__VERSION__" not in text
    assert f'version="{__version__}"' in text
    found = re.search(r"/sdk/hyperdx\.js\?v=(\w+)", text)
    assert found
    assert "immutable" in client.get("/sdk/hyperdx.js", params={"v": found[1]}).headers["cache-control"]
    assert "immutable" not in client.get("/sdk/hyperdx.js", params={"v": "older"}).headers["cache-control"]


def test_the_sdk_is_the_published_one(client: TestClient) -> None:
    assert (VENDOR / "hyperdx.js").read_bytes() in client.get("/sdk/hyperdx.js").content


def test_missing_files_say_how_to_build_them(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sdk, "_VENDOR", tmp_path)
    answer = client.get("/sdk/exos.js")
    assert answer.status_code == 404
    assert "frontend/build.py" in answer.json()["error"]["hint"]


@pytest.mark.parametrize("path", sorted(SOURCES.glob("*.js")), ids=lambda path: path.name)
def test_sources_are_short_and_safe(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("//")
    assert text.count("\n") < 200
    assert not re.search(r"\beval\(|\bFunction\(|innerHTML|document\.write|\.style\b", text)


def test_answers_to_senders_do_not_forbid_keeping(client: TestClient) -> None:
    """Chromium counts what nobody reads as under way where it may not be kept, and then refuses to send more."""
    assert "cache-control" not in client.post("/v1/traces", content=b"{}").headers
    assert client.get("/api/self").headers["cache-control"] == "no-store"


def test_the_portal_key_is_given_to_the_portal_only_when_it_records_itself(client: TestClient) -> None:
    answer = client.get("/api/self")
    assert answer.json() == {"key": "", "service": "exos-portal", "release": __version__}
    assert "access-control-allow-origin" not in answer.headers
