"""A real server over a small log of its own, and Chromium on it. Every page records what must not happen: errors in the
console, exceptions, violations of the content security policy, failed requests.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, sync_playwright
from playwright.sync_api import Request as HttpRequest

from .browsing import AXE, HOSTILE, Faults, settled
from .slowness import slow_pages

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "src" / "exos" / "portal" / "vendor"
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
# As scripts/browser.sh looks for it.
CHROMIUM = [
    "chromium", "chromium-browser", "google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
]  # fmt: skip
STEPS = ["Order received", "Assign examiner", "Title search", "Vendor follow-up", "Examine", "Issue commitment"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents and "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(120))


@contextmanager
def run_server(environ: dict[str, str]) -> Iterator[str]:
    """The address of a running server with a fresh home. It records itself only where `environ` says so."""
    home = Path(tempfile.mkdtemp(prefix="exos-browser-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    fixed = {"EXOS_HOME": str(home), "EXOS_MEMORY_LIMIT": "1024", "PYTHONPATH": str(ROOT / "src")}
    log = home / "server.log"
    with log.open("w") as out:
        command = [sys.executable, "-m", "exos", "serve", "--port", str(port)]
        server = subprocess.Popen(command, env={"EXOS_SELF_TELEMETRY": "0", **environ, **fixed}, stdout=out, stderr=out)
    address = f"http://127.0.0.1:{port}"
    try:
        _await_ready(address, server, log)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="package")
def base() -> Iterator[str]:
    """The address of a running server that holds the processes `orders` and `hostile`."""
    with run_server(dict(os.environ)) as address:
        _import(address, "orders", _orders())
        _import(address, "hostile", _hostile())
        yield address


@pytest.fixture(scope="package")
def chromium(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """The browser. Package-wide, because Playwright's loop must not outlive these tests."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.skip(
            "Chromium is not installed: `apt-get install chromium` brings it; without it the portal goes untested"
        )
    if not (VENDOR / "tailwind.css").is_file() or not AXE.is_file():
        pytest.skip("the portal's assets are not built: `make vendor` builds them")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        with slow_pages() if request.config.getoption("--slow") else nullcontext():
            yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, base: str) -> Iterator[Callable[..., Page]]:
    """`open_page("/playbook", width=390, dark=True)` → the loaded page; `page.faults` must be empty in the end."""
    contexts = []
    recorded: list[Faults] = []

    def opened(path: str, *, width: int = 1440, height: int = 900, dark: bool = False, **more: Any) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            base_url=base,
            timezone_id="UTC",
            **more,
        )
        contexts.append(context)
        page = context.new_page()
        faults = Faults()
        recorded.append(faults)
        page.faults = faults  # type: ignore[attr-defined]
        _watch(page, faults)
        if path:
            page.goto(path)
            settled(page)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [fault for faults in recorded for fault in faults] == []


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """An empty wide page."""
    return open_page("")


def _watch(page: Page, faults: Faults) -> None:
    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            faults.append(f"console: {message.text}")

    def failed(request: HttpRequest) -> None:
        if request.failure != "net::ERR_ABORTED":
            faults.append(f"request: {request.url} {request.failure}")

    def asked(dialog: Dialog) -> None:
        faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("console", said)
    page.on("requestfailed", failed)
    page.on("dialog", asked)
    page.on("pageerror", lambda error: faults.append(f"exception: {error.stack or error}"))


def _await_ready(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if server.poll() is not None:
            pytest.fail(f"the server did not start:\n{log.read_text()}")
        try:
            with urlopen(f"{address}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            pass
        try:
            server.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
    pytest.fail(f"the server was not ready in time:\n{log.read_text()}")


def _import(address: str, process: str, rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([["case_id", "activity", "timestamp", "resource", "region", "amount"], *rows])
    roles = "case=case_id&activity=activity&timestamp=timestamp&resource=resource"
    url = f"{address}/api/imports?process={process}&format=csv&{roles}"
    with urlopen(Request(url, text.getvalue().encode(), method="POST"), timeout=60) as answer:
        lines = [json.loads(line) for line in answer.read().splitlines() if line.strip()]
    assert "error" not in lines[-1], lines[-1]


def _orders() -> list[list[str]]:
    """200 cases over 60 days of 2026: most straight, every third with a vendor loop, every tenth without a search."""
    rows = []
    start = datetime(2026, 3, 1, 8, tzinfo=UTC)
    for number in range(200):
        steps = [step for step in STEPS if step != "Vendor follow-up"]
        if number % 3 == 0:
            steps[3:3] = ["Vendor follow-up", "Title search"]
        if number % 10 == 0:
            steps.remove("Title search")
        moment = start + timedelta(hours=7 * number)
        for place, step in enumerate(steps):
            moment += timedelta(hours=1 + (number % 7) * place)
            region, amount = ("Texas", "Ohio", "Maine")[number % 3], str(1000 + 37 * number)
            rows.append([f"T-{1000 + number}", step, moment.isoformat(), f"Operator {number % 5}", region, amount])
    return rows


def _hostile() -> list[list[str]]:
    rows = []
    for number in range(12):
        for place, name in enumerate(HOSTILE):
            moment = datetime(2026, 3, 1 + number, 8 + place, tzinfo=UTC)
            rows.append(
                [f"<b>case</b> {number}", name.replace("\u0000", ""), moment.isoformat(), "<i>who</i>", "=1+1", "1"]
            )
    return rows
