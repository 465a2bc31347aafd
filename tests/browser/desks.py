"""A small order desk, served under a strict policy from an origin of its own, with the snippet in it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page

from otlp_capture import Collected, running

from .browsing import Faults

FOLDER = Path(__file__).parent / "desk"
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".json": "application/json"}
FILES = {"/orders.json": b"[1, 2, 3]", "/orders.csv": b"order\n1\n"}
SLOWEST = 10


@contextmanager
def open_desk(
    exos: str, target: str, options: str = "", csp: str = "script-src 'self' {exos}", key: str = "k-desk"
) -> Iterator[str]:
    """The address of the desk, whose snippet comes from `exos` and sends to `target`.

    `/slow.json` answers when the desk closes.
    """
    closing = threading.Event()
    given = f'data-key="{key}" data-service="order-desk" {options}'
    tag = f'<script src="{exos}/sdk/exos.js" data-url="{target}" {given}></script>'
    document = (FOLDER / "index.html").read_text().replace("<!-- snippet -->", tag).encode()
    policy = f"default-src 'none'; {csp.format(exos=exos)}; connect-src 'self' {exos} {target}; style-src 'self'"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/slow.json":
                closing.wait(SLOWEST)
            if path in FILES:
                self._answer(200, FILES[path], Path(path).suffix)
            elif (FOLDER / path[1:]).is_file():
                self._answer(200, (FOLDER / path[1:]).read_bytes(), Path(path).suffix)
            elif path == "/missing.json":
                self._answer(404, b"{}", ".json")
            else:
                self._answer(200, document, ".html")

        def _answer(self, status: int, body: bytes, suffix: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", TYPES.get(suffix, "text/plain"))
            self.send_header("Content-Security-Policy", policy)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with running(Handler, host="localhost") as address:
        try:
            yield address
        finally:
            closing.set()


def watch(page: Page) -> Faults:
    """What the host page's owner would see in the console: errors, exceptions, violations of the policy."""
    faults = Faults()

    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            faults.append(message.text)

    page.on("console", said)
    page.on("pageerror", lambda error: faults.append(f"exception: {error}"))
    return faults


def started(page: Page) -> str:
    """Wait until the SDK runs. Returns the session id."""
    handle = page.wait_for_selector("html")  # the document is there
    assert handle is not None
    for _ in range(200):
        found: str | None = page.evaluate("window.exos?.sessionId() ?? null")
        if found:
            return found
        page.wait_for_timeout(50)
    raise AssertionError("the SDK did not start")


def settle(page: Page, collected: Collected, mark: str, *, real: bool = False) -> None:
    """Send all that is waiting: an action of that name goes last, and has arrived in the end.

    `real`: the clock of the page cannot be moved.
    """
    wanted = len(collected.named(mark)) + 1
    page.evaluate("(name) => exos.track(name)", mark)
    if not real:
        page.clock.fast_forward(6000)
    collected.await_for(lambda: len(collected.named(mark)) == wanted)
