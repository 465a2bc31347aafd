"""A collector for tests: takes what the browser SDK sends, decodes it, and keeps it to be asked about."""

from __future__ import annotations

import gzip
import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

Found = TypeVar("Found")


@dataclass(frozen=True)
class Span:
    """A span as it was sent; times in milliseconds since 1970."""

    name: str
    scope: str
    parent: str
    start: float
    end: float
    attributes: dict[str, Any]
    resource: dict[str, Any]


@dataclass
class Collected:
    """What has arrived. `address` is where to send."""

    address: str = ""
    spans: list[Span] = field(default_factory=list)
    recorded: list[dict[str, Any]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def named(self, name: str) -> list[Span]:
        """The spans of that name, in the order of their start."""
        with self.arrived:
            return sorted((span for span in self.spans if span.name == name), key=lambda span: span.start)

    def await_for(self, look: Callable[[], Found], seconds: float = 20) -> Found:
        """What `look` finds, as soon as it finds something. Fails with the names of what did arrive."""
        with self.arrived:
            self.arrived.wait_for(lambda: bool(look()), seconds)
            found = look()
            assert found, f"arrived: {[(span.scope, span.name) for span in self.spans]}, {len(self.recorded)} recorded"
            return found


@contextmanager
def collecting() -> Iterator[Collected]:
    """A running collector."""
    collected = Collected()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_OPTIONS(self) -> None:
            self._answer(204)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            with collected.arrived:
                collected.keys.add(self.headers.get("Authorization", ""))
                if self.path == "/v1/traces":
                    collected.spans += _spans(json.loads(body))
                else:
                    collected.recorded += _events(ExportLogsServiceRequest.FromString(body))
                collected.arrived.notify_all()
            self._answer(200)

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Allow-Headers", "authorization, content-type, content-encoding")
            # As a collector behind a careful proxy answers: with a body that the SDK never reads.
            self.send_header("Cache-Control", "no-store")
            body = b"" if status == 204 else b'{"partialSuccess":{}}'
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with running(Handler) as address:
        collected.address = address
        yield collected


class Server(ThreadingHTTPServer):
    """Does not mind pages that are closed before they are served."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Passes over lost connections; the rest is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def running(handler: type[BaseHTTPRequestHandler], host: str = "127.0.0.1") -> Iterator[str]:
    """The address under which the handler answers."""
    server = Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://{host}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _spans(body: dict[str, Any]) -> Iterator[Span]:
    for resource in body["resourceSpans"]:
        known = _plain(resource["resource"]["attributes"])
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                yield Span(
                    span["name"],
                    scope["scope"]["name"],
                    span.get("parentSpanId", ""),
                    int(span["startTimeUnixNano"]) / 1e6,
                    int(span["endTimeUnixNano"]) / 1e6,
                    _plain(span["attributes"]),
                    known,
                )


def _plain(attributes: list[dict[str, Any]]) -> dict[str, Any]:
    return {one["key"]: next(iter(one["value"].values()), None) for one in attributes}


def _events(request: ExportLogsServiceRequest) -> Iterator[dict[str, Any]]:
    for resource in request.resource_logs:
        for scope in resource.scope_logs:
            for record in scope.log_records:
                yield json.loads(record.body.string_value)
