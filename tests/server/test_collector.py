"""The OpenTelemetry Collector sends the same telemetry to EXOS, by OTLP, and into ClickStack's tables of another database,
by its ClickHouse exporter: both end with the same rows.

It is configured as the examples say that EXOS shows. `make collector` builds it.
"""

from __future__ import annotations

import http.client
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from google.protobuf.message import Message
from hypothesis import Phase, given
from hypothesis import settings as effort
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs, SeverityNumber

from clickhouse_server import PASSWORD, READER, serve
from exos.analysis import Playbook
from exos.examples import EXAMPLES, KEY, ORIGIN
from exos.ingest.otlp import METRICS
from exos.server.world import World
from exos.settings import Settings
from exos.store.database import Database
from exos.store.migrate import migrate
from ingest.telemetry import START, attribute, metrics_of_all_kinds, trace_requests
from reliability.harness import free_port
from served import listening

BINARY = Path(__file__).parents[2] / ".collector" / "otelcol"
CONFIGS = {one.id: one.text for one in EXAMPLES}
PATIENCE_SECONDS = 60
pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.embedded("the other database is a server here"),
    pytest.mark.skipif(not BINARY.exists(), reason="`make collector` builds the collector that this compares with"),
]


@dataclass(frozen=True)
class Both:
    """A collector, and the databases that it fills."""

    port: int
    ours: Database
    theirs: Database

    def send(self, path: str, request: Message) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        connection.request("POST", path, request.SerializeToString(), {"Content-Type": "application/x-protobuf"})
        answer = connection.getresponse()
        status, said = answer.status, answer.read()
        connection.close()
        assert status == 200, said

    def compare(self, table: str, service: str, count: int) -> None:
        """Wait for so many rows of a service in both, which must be equal, column by column."""
        columns = _columns(self.theirs, table)
        sql = f"SELECT {', '.join(columns.values())} FROM {table} WHERE ServiceName = {{service:String}} ORDER BY ALL"
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            ours, theirs = (one.query(sql, {"service": service}).rows for one in (self.ours, self.theirs))
            if (len(ours), len(theirs)) == (count, count):
                break
            assert time.monotonic() < until, f"{len(ours)} and {len(theirs)} rows of {table} instead of {count}"
            time.sleep(0.2)
        for name, mine, other in zip(columns, zip(*ours, strict=True), zip(*theirs, strict=True), strict=True):
            assert [(name, *pair) for pair in zip(mine, other, strict=True) if pair[0] != pair[1]] == []


@pytest.fixture(scope="module")
def both(database: Database, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder, port = tmp_path_factory.mktemp("collector"), free_port()
    with (
        serve(folder / "theirs") as dsn,
        Database.open(Settings.load({}, home=str(folder), database=dsn, database_reader=READER)) as theirs,
        listening(World(replace(settings, ingest_keys="k"), database, Playbook.load())) as here,
    ):
        migrate(theirs, Settings.load({}, home=str(folder), database=dsn))
        with _collecting(folder, _config(port, here.url, dsn)):
            yield Both(port, database, theirs)


def test_spans(both: Both, process: str) -> None:
    count = 0
    for request in _requests(60):
        for resource in request.resource_spans:
            resource.resource.attributes.append(attribute("service.name", process))
            count += sum(len(scope.spans) for scope in resource.scope_spans)
        both.send("/v1/traces", request)
    both.compare("otel_traces", process, count)


def test_logs(both: Both, process: str) -> None:
    """Those that ClickStack's own additions to the collector leave as they are."""
    values = [AnyValue(), AnyValue(string_value="<plain>"), AnyValue(int_value=-1), AnyValue(double_value=1e21)]
    records = [
        LogRecord(
            time_unix_nano=START * (number != 2),
            observed_time_unix_nano=START + 1,
            severity_number=SeverityNumber.SEVERITY_NUMBER_WARN,
            severity_text="warn",
            body=value,
            attributes=[attribute("n", number), attribute("ok", True)],
            trace_id=bytes([number] * 16),
            span_id=bytes([number] * 8),
            flags=number,
            event_name="said",
        )
        for number, value in enumerate(values)
    ]
    resource = ResourceLogs(schema_url="resource", scope_logs=[ScopeLogs(schema_url="scope", log_records=records)])
    resource.resource.attributes.append(attribute("service.name", process))
    both.send("/v1/logs", ExportLogsServiceRequest(resource_logs=[resource]))
    both.compare("otel_logs", process, len(records))


def test_metrics(both: Both, process: str) -> None:
    request = metrics_of_all_kinds()
    resource = request.resource_metrics[0]
    resource.resource.attributes[0].value.string_value = process
    # The collector sends a request with a metric without data again and again.
    del resource.scope_metrics[0].metrics[-1]
    both.send("/v1/metrics", request)
    for table in METRICS.tables:
        both.compare(table, process, 1)


def _requests(count: int) -> list[ExportTraceServiceRequest]:
    """Random requests whose times are of these days: else the tables drop them, and the collector lets them overflow."""
    made: list[ExportTraceServiceRequest] = []

    @effort(max_examples=count, database=None, phases=[Phase.generate])
    @given(trace_requests())
    def collect(request: ExportTraceServiceRequest) -> None:
        for span in (span for one in request.resource_spans for scope in one.scope_spans for span in scope.spans):
            span.start_time_unix_nano = START + span.start_time_unix_nano % 10**12
            span.end_time_unix_nano = span.start_time_unix_nano + span.end_time_unix_nano % 10**12
            for event in span.events:
                event.time_unix_nano = START + event.time_unix_nano % 10**12
        made.append(request)

    collect()
    return made


def _columns(database: Database, table: str) -> dict[str, str]:
    """What to read of each column: maps sorted, for their order says nothing."""
    found = database.query(
        "SELECT name, type FROM system.columns WHERE database = {database:String} AND table = {table:String}"
        " AND default_kind NOT IN ('ALIAS', 'MATERIALIZED') ORDER BY position",
        {"database": database.name, "table": table},
    )
    pairs = "arraySort(CAST({0}, 'Array(Tuple(String, String))'))"
    made = {}
    for name, type_ in found.rows:
        if type_.startswith("Map("):
            made[name] = pairs.format(f"`{name}`")
        elif type_.startswith("Array(Map("):
            made[name] = f"arrayMap(one -> {pairs.format('one')}, `{name}`)"
        else:
            made[name] = f"toString(`{name}`)"
    return made


def _config(port: int, url: str, dsn: str) -> dict[str, Any]:
    """The examples' exporters, side by side."""
    config: dict[str, Any] = yaml.safe_load(CONFIGS["collector"].replace(ORIGIN, url).replace(KEY, "k"))
    exporter: dict[str, Any] = yaml.safe_load(CONFIGS["clickhouse"])["exporters"]["clickhouse"]
    config["exporters"]["clickhouse"] = {
        **exporter,
        "endpoint": f"http://127.0.0.1:{urlsplit(dsn).port}",
        "compress": "none",
        "database": urlsplit(dsn).path.strip("/"),
        "username": "exos",
        "password": PASSWORD,
    }
    config["receivers"] = {"otlp": {"protocols": {"http": {"endpoint": f"127.0.0.1:{port}"}}}}
    for pipeline in config["service"]["pipelines"].values():
        pipeline["exporters"].append("clickhouse")
    config["service"]["telemetry"] = {"metrics": {"level": "none"}}
    return config


@contextmanager
def _collecting(folder: Path, config: dict[str, Any]) -> Iterator[None]:
    path = folder / "collector.yaml"
    path.write_text(yaml.safe_dump(config))
    with (folder / "collector.log").open("w") as log:
        process = subprocess.Popen([BINARY, "--config", path], stderr=log, stdout=log)
    try:
        until = time.monotonic() + PATIENCE_SECONDS
        while "Everything is ready" not in (said := (folder / "collector.log").read_text()):
            assert process.poll() is None, said
            assert time.monotonic() < until, said
            time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE_SECONDS)
