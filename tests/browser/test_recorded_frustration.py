"""A real page, recorded by the real SDK without the snippet, on which a visitor gets stuck: the server finds it."""

from __future__ import annotations

import gzip
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from playwright.sync_api import Browser, Page

from exos.ingest.recordings import search
from exos.store.database import Database
from spans import events_of, insert_records, insert_rows, trace_rows

from .conftest import VENDOR

PAGE = """<!doctype html><title>Desk</title><body style="margin: 0">
<button id="dead">Approve</button> <button id="alive">Open</button> <button id="asks">Save</button>
<a id="nowhere" href="#">Details</a> <p id="static">Order 4711 of Jane Doe</p> <div id="wide" style="height: 300px">.</div>
<script src="/hyperdx.js"></script>
<script>
HyperDX.init({apiKey: "k", service: "desk", url: location.origin});
alive.onclick = () => { alive.textContent = "Opened"; };
asks.onclick = () => { fetch("/ping"); };
</script>"""

CLICKS = {"dead": 1, "alive": 1, "asks": 1, "nowhere": 2, "static": 4}


class Received:
    """What the SDK has sent, as rows."""

    def __init__(self) -> None:
        self.spans: list[dict[str, Any]] = []
        self.records: list[dict[str, Any]] = []
        self.lock = threading.Lock()

    def take(self, path: str, body: bytes) -> None:
        with self.lock:
            if path == "/v1/traces":
                self.spans += trace_rows(body)
            else:
                self.records += _records(ExportLogsServiceRequest.FromString(gzip.decompress(body)))

    @property
    def last_recorded(self) -> int:
        """Milliseconds since 1970."""
        with self.lock:
            return max((int(row["Timestamp"]) // 1_000_000 for row in self.records), default=0)


@pytest.mark.timeout(120)
def test_a_visitor_who_gets_stuck(chromium: Browser, database: Database) -> None:
    received = Received()
    with _serving(received) as address:
        page = chromium.new_context(viewport={"width": 800, "height": 600}).new_page()
        page.goto(address)
        page.wait_for_timeout(500)
        for name in ("dead", "alive", "asks", "nowhere", "nowhere"):  # the first time, the address changes
            page.click(f"#{name}")
            page.wait_for_timeout(3400)
            page.mouse.move(300 + len(name), 400)
        for _ in range(4):
            page.click("#static", delay=20)
            page.wait_for_timeout(120)
        page.wait_for_timeout(1500)
        _thrash(page)
        page.wait_for_timeout(1000)
        page.mouse.move(10, 500)
        ended = int(page.evaluate("Date.now()"))
        page.wait_for_timeout(700)
        page.mouse.move(500, 550)
        for _ in range(60):
            if received.last_recorded > ended:
                break
            page.wait_for_timeout(250)
        page.context.close()
    session = dict(received.records[0]["ResourceAttributes"])["rum.sessionId"]
    insert_rows(database, received.spans)
    insert_records(database, received.records)
    while search(database, quiet=0, over=0):
        pass
    rows = events_of(
        database, session, "kind, event, element, text, source, page, properties['exos.frustration.count'] AS times"
    )
    assert [row[1:4] for row in rows if row[0] == "frustration" and row[1] == "dead_click"] == [
        ["dead_click", "#dead", "Approve"],
        ["dead_click", "#nowhere", "Details"],
    ]
    assert [row[1:] for row in rows if row[1] == "rage_click"] == [["rage_click", "#static", "", "recording", "/", "4"]]
    assert [row[1:3] for row in rows if row[1] == "thrashed_cursor"] == [["thrashed_cursor", "#wide"]]
    clicks = Counter(row[2] for row in rows if row[1] == "click")
    assert clicks == {f'//*[@id="{name}"]': times for name, times in CLICKS.items()}, "each click once"


def _thrash(page: Page) -> None:
    for number in range(24):
        page.mouse.move(300 + 90 * (number % 2), 300)
        page.wait_for_timeout(55)


@contextmanager
def _serving(received: Received) -> Iterator[str]:
    files = {
        "/": ("text/html", PAGE.encode()),
        "/hyperdx.js": ("text/javascript", (VENDOR / "hyperdx.js").read_bytes()),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(*files.get(self.path, ("text/plain", b"pong")))

        def do_POST(self) -> None:
            received.take(self.path, self.rfile.read(int(self.headers["Content-Length"])))
            self._answer("application/json", b"{}")

        def _answer(self, kind: str, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _records(request: ExportLogsServiceRequest) -> Iterator[dict[str, Any]]:
    for resource in request.resource_logs:
        about = [(one.key, one.value.string_value) for one in resource.resource.attributes]
        for scope in resource.scope_logs:
            for record in scope.log_records:
                yield {
                    "Timestamp": record.time_unix_nano,
                    "ServiceName": dict(about)["service.name"],
                    "Body": record.body.string_value,
                    "ResourceAttributes": about,
                    "LogAttributes": [
                        (one.key, f"{one.value.double_value or one.value.int_value:g}") for one in record.attributes
                    ],
                }


def _number(value: AnyValue) -> str:
    return f"{value.double_value or value.int_value:g}"
