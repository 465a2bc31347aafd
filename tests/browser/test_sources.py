"""Promises of the portal's sources that need no browser: sizes, pins, licences, no inline code."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
PORTAL = ROOT / "src" / "exos" / "portal"
FRONTEND = ROOT / "frontend"
OWN = sorted(path for path in PORTAL.rglob("*") if path.is_file() and path.relative_to(PORTAL).parts[0] != "vendor")
BUDGET = 138 * 1000
IMPORTS = re.compile(
    r"""^(?:import|export|} from)\b[^"'\n]*["']([^"']+)["'];$|\bimport\(["']([^"']+)["']\)""", re.MULTILINE
)


def _names(suffix: str) -> list[str]:
    return [path.relative_to(PORTAL).as_posix() for path in OWN if path.suffix == suffix]


@pytest.mark.parametrize("name", _names(".js"))
def test_scripts_are_short_and_safe(name: str) -> None:
    text = (PORTAL / name).read_text(encoding="utf-8")
    assert text.count("\n") < 200
    assert not re.search(r"\b(eval|Function)\(|document\.write|insertAdjacentHTML|outerHTML\s*=", text)
    if name != "lib/html.js":
        assert "innerHTML" not in text
    assert all(path.startswith(".") for found in IMPORTS.findall(text) for path in found if path)


@pytest.mark.parametrize("name", _names(".html"))
def test_pages_have_no_inline_code(name: str) -> None:
    text = (PORTAL / name).read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|https?://", text)
    assert '<html lang="en">' in text
    assert "/portal/boot.js" in text


def test_packages_are_pinned_without_a_registry() -> None:
    package = json.loads((FRONTEND / "package.json").read_text())
    pins = {**package["dependencies"], **package["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in pins.values()), pins
    lock = (FRONTEND / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert "://" not in re.sub(r'"(?:url|funding)": ?"[^"]*"', "", lock)
    entries = [one for path, one in json.loads(lock)["packages"].items() if path]
    assert all(one["integrity"].startswith("sha512-") for one in entries)


def test_everything_vendored_has_its_licence() -> None:
    vendor = PORTAL / "vendor"
    if not vendor.is_dir():
        pytest.skip("the portal's assets are not built: `make vendor` builds them")
    versions = json.loads((vendor / "versions.json").read_text())
    texts = (vendor / "LICENSES.txt").read_text()
    assert {one["licence"] for one in versions.values()} <= {"MIT", "ISC", "OFL-1.1", "Apache-2.0", "BSD-3-Clause"}
    assert all(f"{name} {one['version']}" in texts for name, one in versions.items())
    assert (vendor / "tailwind.css").stat().st_size < 40_000
    assert all(
        (PORTAL / path).is_file() for path in ("vendor/chart.js", "vendor/icons.js", "vendor/fonts/inter-latin.woff2")
    )


@pytest.mark.parametrize("path", ["/", "/settings", "/playbook?analysis=process/trend&process=orders&run=1"])
def test_pages_stay_within_the_budget(open_page: Callable[..., Page], path: str) -> None:
    urls: dict[str, str] = {}
    sizes: dict[str, int] = {}
    page = open_page("")
    network = page.context.new_cdp_session(page)
    network.on("Network.responseReceived", lambda event: urls.update({event["requestId"]: event["response"]["url"]}))
    network.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    network.send("Network.enable")
    page.goto(path)
    page.wait_for_load_state("networkidle")
    bundles = "/vendor/pages/"
    own = {
        url: sizes[number]
        for number, url in urls.items()
        if (bundles in url or "/vendor/" not in url) and "/api/" not in url
    }
    assert any(bundles in url for url in own)
    assert all(own.values())
    assert sum(own.values()) <= BUDGET, own
