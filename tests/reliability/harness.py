"""A real server in a process of its own that may be killed, and senders that never give up."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from exos.ingest.otlp import LOGS
from ingest.telemetry import START, attribute, traces

KEY = "reliable"
BATCH = 20
PATIENCE_SECONDS = 60
_READER = """
import json, sys
from exos.settings import Settings
from exos.store.database import Database
with Database.open(Settings.load({}, home=sys.argv[1], memory_limit=3072, readers=1)) as database:
    print(json.dumps([database.query(sql).rows for sql in sys.argv[2:]]))
"""


@dataclass
class Served:
    """`exos serve` on a home of its own. Ready when `start` returns."""

    home: Path
    port: int = 0
    environ: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Start the process and do not wait for it."""
        self.port = self.port or free_port()
        environ = {
            **os.environ,
            "EXOS_INGEST_KEYS": KEY,
            "EXOS_SELF_TELEMETRY": "0",
            "EXOS_MEMORY_LIMIT": "1024",
            **self.environ,
        }
        command = [sys.executable, "-m", "exos", "--home", str(self.home), "serve", "--port", str(self.port)]
        with open(self.home.parent / "server.log", "ab") as log:
            self.process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=log)

    def start(self) -> None:
        """Start the process and wait until it is ready."""
        self.begin()
        self.await_ready()

    def await_ready(self) -> None:
        """Raises AssertionError when it ends or takes too long."""
        end = time.monotonic() + PATIENCE_SECONDS
        while self.ask("/readyz") != (200, b"OK"):
            assert self.process is not None
            assert self.process.poll() is None, (self.home.parent / "server.log").read_text()[-3000:]
            assert time.monotonic() < end, "the server does not get ready"
            time.sleep(0.05)

    def ask(self, path: str) -> tuple[int, bytes]:
        """Status and body of a GET; (0, b"") when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def kill(self) -> None:
        """As `kill -9` does."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> float:
        """SIGTERM; the seconds until it had ended."""
        assert self.process is not None
        begun = time.monotonic()
        self.process.terminate()
        assert self.process.wait(30) == 0
        return time.monotonic() - begun

    def read(self, *statements: str) -> list[list[list[Any]]]:
        """The rows of queries, asked when no server runs."""
        done = subprocess.run(
            [sys.executable, "-c", _READER, str(self.home), *statements], capture_output=True, timeout=PATIENCE_SECONDS
        )
        assert done.returncode == 0, done.stderr.decode()
        answer: list[list[list[Any]]] = orjson.loads(done.stdout)
        return answer


@contextmanager
def serving(folder: Path, **environ: str) -> Iterator[Served]:
    """A server on a fresh home in the folder; not running yet, and certainly not afterwards."""
    served = Served(folder / "home", environ=environ)
    try:
        yield served
    finally:
        if served.process is not None and served.process.poll() is None:
            served.process.kill()
            served.process.wait()


class Sender(threading.Thread):
    """Sends batch after batch under a service name of its own, each until it is acknowledged."""

    def __init__(self, served: Served, service: str, signal_name: str, batch: int = BATCH) -> None:
        super().__init__(name=service)
        self.service, self.signal = service, signal_name
        self.batch = batch
        self.acknowledged = 0
        self.statuses: dict[int, int] = {}
        self.seconds: list[float] = []
        self.broken: BaseException | None = None
        self._served = served
        self._stop_asked = threading.Event()
        self._connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        try:
            self._send_on()
        except BaseException as error:
            self.broken = error
            raise

    def _send_on(self) -> None:
        while not self._stop_asked.is_set():
            body = self._body(self.acknowledged * self.batch)
            while not self._send(body):
                time.sleep(0.02)
            self.acknowledged += 1

    def finish(self) -> None:
        """Begin no further batch, and wait until the last one is acknowledged."""
        self._stop_asked.set()
        self.join(PATIENCE_SECONDS)
        assert self.broken is None
        assert not self.is_alive(), "a batch was never acknowledged"
        self._hang_up()

    def _body(self, first: int) -> bytes:
        if self.signal == "traces":
            return traces(self.service, first, self.batch, sender=self.service).SerializeToString()
        request: Any = LOGS.request()
        resource = request.resource_logs.add()
        resource.resource.attributes.append(attribute("service.name", self.service))
        scope = resource.scope_logs.add()
        for number in range(first, first + self.batch):
            scope.log_records.add(time_unix_nano=START + number).body.string_value = f"line {number}"
        encoded: bytes = request.SerializeToString()
        return encoded

    def _send(self, body: bytes) -> bool:
        headers = {"Content-Type": "application/x-protobuf", "Authorization": KEY}
        begun = time.monotonic()
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self._served.port, timeout=20)
            self._connection.request("POST", f"/v1/{self.signal}", body, headers)
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self._hang_up()
            return False
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        if answer.status == 200:
            self.seconds.append(time.monotonic() - begun)
        return answer.status == 200

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def start_senders(served: Served, traces_senders: int, logs_senders: int) -> list[Sender]:
    """So many senders of each signal, running."""
    senders = [Sender(served, f"t{number}", "traces") for number in range(traces_senders)]
    senders += [Sender(served, f"l{number}", "logs") for number in range(logs_senders)]
    for sender in senders:
        sender.start()
    return senders


def check_ledger(served: Served, senders: list[Sender]) -> int:
    """Every acknowledged row is there, once. Returns how many rows the tables hold twice, which only the views hide."""
    spans, records, doubled_spans, doubled_records = served.read(
        "SELECT ServiceName, count(), uniqExact(SpanId) FROM spans GROUP BY ServiceName",
        "SELECT ServiceName, count(), uniqExact(Body) FROM log_records GROUP BY ServiceName",
        "SELECT count() - uniqExact(ServiceName, SpanId) FROM otel_traces",
        "SELECT count() - uniqExact(ServiceName, Body) FROM otel_logs",
    )
    found = {service: (rows, distinct) for service, rows, distinct in [*spans, *records]}
    wanted = {sender.service: (sender.acknowledged * sender.batch,) * 2 for sender in senders if sender.acknowledged}
    assert found == wanted, f"{found} instead of {wanted}"
    return int(doubled_spans[0][0]) + int(doubled_records[0][0])


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
