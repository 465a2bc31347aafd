"""OpenTelemetry's own exporters against a real server: traces, logs, and metrics of all five kinds."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode

from exos.analysis import Playbook
from exos.ingest.otlp import METRICS
from exos.server.world import World
from exos.settings import Settings
from exos.store.database import Database
from ingest.telemetry import START, attribute, traces
from served import Listening, listening

HEADERS = {"Authorization": "Bearer k"}


@pytest.fixture(scope="module")
def server(database: Database, settings: Settings) -> Iterator[Listening]:
    with listening(World(replace(settings, ingest_keys="k"), database, Playbook.load())) as found:
        yield found


def rows(database: Database, relation: str, service: str, columns: str) -> list[list[Any]]:
    sql = f"SELECT {columns} FROM {relation} WHERE ServiceName = {{s:String}} ORDER BY ALL"
    return database.query(sql, {"s": service}).rows


@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip])
def test_spans(server: Listening, database: Database, process: str, compression: Compression) -> None:
    exporter = OTLPSpanExporter(f"{server.url}/v1/traces", headers=HEADERS, compression=compression)
    provider = TracerProvider(resource=Resource({"service.name": process, "numbers": [1, 2]}))
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("tests", "1.2")
    said = {"n": 7, "ratio": 0.5, "ok": True}
    with (
        tracer.start_as_current_span("outer", kind=SpanKind.SERVER, attributes=said),
        tracer.start_as_current_span("inner") as inner,
    ):
        inner.add_event("found", {"what": "it"})
        inner.set_status(StatusCode.ERROR, "no")
    provider.shutdown()
    columns = "SpanName, SpanKind, StatusCode, SpanAttributes, Events.Name, ResourceAttributes['numbers'], ScopeVersion"
    assert rows(database, "otel_traces", process, columns) == [
        ["inner", "Internal", "Error", {}, ["found"], "[1,2]", "1.2"],
        ["outer", "Server", "Unset", {"n": "7", "ratio": "0.5", "ok": "true"}, [], "[1,2]", "1.2"],
    ]
    joined = rows(database, "otel_traces", process, "ParentSpanId != '', length(TraceId), length(SpanId)")
    assert joined == [[0, 32, 16], [1, 32, 16]]


def test_logs(server: Listening, database: Database, process: str) -> None:
    provider = LoggerProvider(resource=Resource({"service.name": process}))
    provider.add_log_record_processor(
        SimpleLogRecordProcessor(OTLPLogExporter(f"{server.url}/v1/logs", headers=HEADERS))
    )
    record = LogRecord(
        timestamp=START, severity_number=SeverityNumber.WARN, severity_text="WARN", body="three orders wait",
        attributes={"orders": 3}, event_name="waiting",
    )  # fmt: skip
    provider.get_logger("tests").emit(record)
    provider.shutdown()
    found = rows(
        database, "otel_logs", process, "Body, SeverityText, SeverityNumber, LogAttributes['orders'], EventName"
    )
    assert found == [["three orders wait", "warn", 13, "3", "waiting"]]


def test_metrics(server: Listening, database: Database, process: str) -> None:
    exporter = OTLPMetricExporter(f"{server.url}/v1/metrics", headers=HEADERS)
    exponential = View(instrument_name="size", aggregation=ExponentialBucketHistogramAggregation())
    provider = MeterProvider(
        [PeriodicExportingMetricReader(exporter, export_interval_millis=3_600_000)],
        resource=Resource({"service.name": process}),
        views=[exponential],
    )
    meter = provider.get_meter("tests")
    meter.create_counter("orders", unit="1").add(3, {"kind": "title"})
    meter.create_gauge("open").set(2.5)
    meter.create_histogram("wait", unit="s", explicit_bucket_boundaries_advisory=[1, 5]).record(3)
    meter.create_histogram("size").record(9)
    provider.shutdown()
    columns = "MetricName, Value, Attributes"
    assert rows(database, "otel_metrics_sum", process, f"{columns}, IsMonotonic, AggregationTemporality") == [
        ["orders", 3, {"kind": "title"}, True, 2]
    ]
    assert rows(database, "otel_metrics_gauge", process, columns) == [["open", 2.5, {}]]
    assert rows(
        database, "otel_metrics_histogram", process, "MetricName, Count, Sum, BucketCounts, ExplicitBounds"
    ) == [["wait", 1, 3, [0, 1, 0], [1, 5]]]
    assert rows(database, "otel_metrics_exponential_histogram", process, "MetricName, Count, Sum") == [["size", 1, 9]]


def test_summaries_which_no_sdk_makes(server: Listening, database: Database, process: str) -> None:
    request: Any = METRICS.request()
    resource = request.resource_metrics.add()
    resource.resource.attributes.append(attribute("service.name", process))
    point = (
        resource.scope_metrics.add()
        .metrics.add(name="old")
        .summary.data_points.add(time_unix_nano=START, count=2, sum=3)
    )
    point.quantile_values.add(quantile=0.5, value=1.5)
    headers = {**HEADERS, "Content-Type": "application/x-protobuf"}
    assert server.post("/v1/metrics", request.SerializeToString(), headers)[0] == 200
    columns = "MetricName, Count, Sum, ValueAtQuantiles.Quantile, ValueAtQuantiles.Value"
    assert rows(database, "otel_metrics_summary", process, columns) == [["old", 2, 3, [0.5], [1.5]]]


def test_a_refused_body_does_not_spoil_the_connection(server: Listening, database: Database, process: str) -> None:
    """Refusals come before the body has been read; the next request comes through the same connection."""
    kind = {"Content-Type": "application/x-protobuf"}
    large = traces(process, count=2000, text="x" * 200).SerializeToString()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        for key, status in (("wrong", 401), ("k", 200), ("wrong", 401), ("k", 200)):
            connection.request("POST", "/v1/traces", large, {**kind, "Authorization": key})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == status
    finally:
        connection.close()
    assert rows(database, "otel_traces", process, "count()") == [[2000]]


def test_a_client_that_hangs_up_leaves_nothing_behind(server: Listening, database: Database, process: str) -> None:
    body = traces(process).SerializeToString()
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as half:
        half.sendall(
            b"POST /v1/traces HTTP/1.1\r\nHost: x\r\nAuthorization: k\r\nContent-Type: application/x-protobuf\r\n"
            + f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body[:10]
        )
    other = traces(process, 1).SerializeToString()
    headers = {**HEADERS, "Content-Type": "application/x-protobuf"}
    assert server.post("/v1/traces", other, headers)[0] == 200
    assert rows(database, "otel_traces", process, "count()") == [[1]]
    end = time.monotonic() + 20
    while server.world.ingest.health()[0]["pending_bytes"]:
        assert time.monotonic() < end, "the half request still holds its room"
        time.sleep(0.05)
