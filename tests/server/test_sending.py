"""The ways to send that EXOS shows are used as they stand, with address and key filled in, against a running server."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest
import yaml

from exos.examples import EXAMPLES, KEY, ORIGIN
from ingest.telemetry import traces

pytestmark = pytest.mark.timeout(120)
ROOT = Path(__file__).parents[2]
TEXTS = {one.id: one.text for one in EXAMPLES}
PROGRAM = """
from logging import INFO
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry._logs import SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

tracing, logging, metering = TracerProvider(), LoggerProvider(), None
tracing.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
logging.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
metering = MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter())])
with tracing.get_tracer("orders").start_as_current_span("search title"):
    logging.get_logger("orders").emit(body="searching", severity_number=SeverityNumber.INFO)
    metering.get_meter("orders").create_counter("searches").add(1)
for provider in (tracing, logging, metering):
    provider.shutdown()
"""


@dataclass(frozen=True)
class Server:
    """A running `exos serve`, and a key for it."""

    url: str
    key: str

    def filled(self, id: str) -> str:
        """The example as the settings page shows it."""
        return TEXTS[id].replace(ORIGIN, self.url).replace(KEY, self.key)

    def ask(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(f"{self.url}{path}", data, {"Content-Type": "application/json"}), timeout=20) as answer:
            return json.loads(answer.read())

    def count(self, table: str, where: str) -> int:
        return int(self.ask("/api/query", {"sql": f"SELECT count() FROM {table} WHERE {where}"})["rows"][0][0])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("sending")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    environ = {**os.environ, "EXOS_HOME": str(home), "EXOS_MEMORY_LIMIT": "1024", "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "exos", "serve", "--port", url.rpartition(":")[2]]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                urlopen(f"{url}/readyz", timeout=2).close()
                break
            except (URLError, OSError):
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)
        with urlopen(Request(f"{url}/api/keys", b'{"name":"examples"}', {"Content-Type": "application/json"})) as made:
            yield Server(url, json.loads(made.read())["key"])
    finally:
        process.terminate()
        process.wait(20)


def test_curl(server: Server) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    for _ in range(2):
        done = subprocess.run(
            ["bash", "-euc", server.filled("curl")], capture_output=True, text=True, timeout=30, check=True
        )
        assert json.loads(done.stdout) == {}
    assert (
        server.count("otel_traces", "SpanName = 'hello exos' AND ServiceName = 'my-app' AND Duration = 250000000") == 2
    )


def test_the_variables_of_an_sdk(server: Server) -> None:
    given = dict(line.split("=", 1) for line in server.filled("env").splitlines())
    environ = {**os.environ, **given}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert server.count("otel_traces", "SpanName = 'search title' AND ServiceName = 'my-app'") == 1
    assert server.count("otel_logs", "Body = 'searching' AND TraceId != ''") == 1
    assert server.count("otel_metrics_sum", "MetricName = 'searches' AND Value = 1") == 1


def test_what_the_collector_is_told(server: Server) -> None:
    """Requests as the collector's otlphttp exporter makes them from this configuration."""
    exporter = yaml.safe_load(server.filled("collector"))["exporters"]["otlphttp/exos"]
    assert exporter["compression"] == "gzip"
    headers = {"Content-Type": "application/x-protobuf", "Content-Encoding": "gzip", **exporter["headers"]}
    body = gzip.compress(traces("through a collector", count=5).SerializeToString())
    with urlopen(Request(f"{exporter['endpoint']}/v1/traces", body, headers, method="POST"), timeout=20) as answer:
        assert answer.status == 200
    assert server.count("otel_traces", "ServiceName = 'through a collector'") == 5


def test_a_key_that_is_not_filled_in_is_refused_and_shows(server: Server) -> None:
    request = Request(f"{server.url}/v1/traces", b"{}", {"Content-Type": "application/json", "Authorization": KEY})
    with pytest.raises(HTTPError) as refused:
        urlopen(request, timeout=20)
    refused.value.close()
    assert refused.value.code == 401
    receiver = {one["table"]: one for one in server.ask("/api/sources")["receiver"]}
    assert receiver["otel_traces"]["rejected"] >= 1
    assert "ingest key" in receiver["otel_traces"]["last_error"]


def test_keys_that_are_used_say_so(server: Server) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        used = {one["name"]: one["last_used_at"] for one in server.ask("/api/keys")["keys"]}
        if used["examples"]:
            break
        time.sleep(0.2)
    assert used["examples"]
    assert used["default"] is None
