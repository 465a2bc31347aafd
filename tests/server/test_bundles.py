"""Pages load bundles of their modules, unless somebody has edited a module since."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from exos.analysis import Playbook
from exos.server.app import create_app
from exos.server.bundles import bundled
from exos.server.portal import FOLDER
from exos.server.world import World
from exos.settings import Settings
from exos.store.database import Database

PAGES = sorted(path.name for path in FOLDER.glob("*.html"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A portal of its own."""
    if not (FOLDER / "vendor/pages/made.json").is_file():
        pytest.skip("the portal's assets are not built: `python frontend/build.py`")
    return Path(shutil.copytree(FOLDER, tmp_path / "portal"))


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_its_bundle(folder: Path, name: str) -> None:
    page = bundled((FOLDER / name).read_text(encoding="utf-8"), folder)
    assert '"/portal/pages/' not in page
    for script in re.findall(r"/portal/(vendor/pages/[\w.-]+\.js)", page):
        assert (folder / script).is_file()


def test_an_edited_module_shows(folder: Path) -> None:
    page = (FOLDER / "process.html").read_text(encoding="utf-8")
    module = folder / "lib/format.js"
    kept, times = module.read_text(encoding="utf-8"), module.stat()
    module.write_text(kept + "// edited\n", encoding="utf-8")
    os.utime(module, ns=(times.st_atime_ns, times.st_mtime_ns + 1))
    assert bundled(page, folder) == page
    module.write_text(kept, encoding="utf-8")
    assert bundled(page, folder) != page


def test_without_bundles_pages_load_modules(folder: Path) -> None:
    page = (FOLDER / "process.html").read_text(encoding="utf-8")
    shutil.rmtree(folder / "vendor")
    assert bundled(page, folder) == page


@pytest.fixture
def client(database: Database, settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(World(settings, database, Playbook.load())), base_url="http://127.0.0.1") as opened:
        yield opened


def test_files_are_packed_and_known_again(client: TestClient) -> None:
    plain = client.get("/portal/lib/format.js", headers={"accept-encoding": "identity"})
    packed = client.get("/portal/lib/format.js", headers={"accept-encoding": "gzip"})
    assert plain.content == packed.content == (FOLDER / "lib/format.js").read_bytes()
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-type"].startswith("text/javascript")
    again = client.get(
        "/portal/lib/format.js", headers={"accept-encoding": "gzip", "if-none-match": packed.headers["etag"]}
    )
    assert (again.status_code, again.content, again.headers["cache-control"]) == (304, b"", "no-cache")


@pytest.mark.parametrize("path", ["/portal/process.html", "/portal/nothing.js", "/portal/..%2fapp.py", "/portal/lib"])
def test_only_files_of_the_portal_are_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_files_are_only_read(client: TestClient) -> None:
    assert client.post("/portal/lib/format.js").status_code == 405
    assert client.head("/portal/lib/format.js").content == b""
