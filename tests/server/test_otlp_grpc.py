"""OTLP over gRPC keeps the same promises as over HTTP."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from starlette.testclient import TestClient

from exos.analysis import Playbook
from exos.errors import Busy
from exos.server.app import create_app
from exos.server.world import World
from exos.settings import Settings
from exos.store.database import Database
from ingest.telemetry import attribute, traces
from reliability.harness import free_port

grpc: Any = pytest.importorskip("grpc", reason="grpcio is not installed")
Export = Callable[..., bytes]
LIMIT = 100_000
METHOD = "/opentelemetry.proto.collector.{}/Export"
KEY = (("authorization", "Bearer k"),)


@pytest.fixture(scope="module")
def world(database: Database, settings: Settings) -> World:
    chosen = replace(settings, ingest_keys="k", ingest_request_bytes=LIMIT, grpc_port=free_port())
    return World(chosen, database, Playbook.load())


@pytest.fixture(scope="module")
def channel(world: World) -> Iterator[Any]:
    with (
        TestClient(create_app(world)),
        grpc.insecure_channel(f"127.0.0.1:{world.settings.grpc_port}", compression=grpc.Compression.Gzip) as opened,
    ):
        yield opened


@pytest.fixture(scope="module")
def export(channel: Any) -> Export:
    call: Export = channel.unary_unary(METHOD.format("trace.v1.TraceService"))
    return call


def count(database: Database, service: str) -> int:
    rows = database.query("SELECT count() FROM otel_traces WHERE ServiceName = {s:String}", {"s": service}).rows
    return int(rows[0][0])


def test_stored_once_when_it_returns(export: Export, database: Database, process: str) -> None:
    body = traces(process, count=3).SerializeToString()
    for metadata in (KEY, (("authorization", "k"),)):
        assert export(body, metadata=metadata, timeout=20) == b""
        assert count(database, process) == 3


def test_the_other_services(channel: Any) -> None:
    for service in ("logs.v1.LogsService", "metrics.v1.MetricsService"):
        assert channel.unary_unary(METHOD.format(service))(b"", metadata=KEY, timeout=20) == b""


def test_what_cannot_be_stored_is_counted(export: Export, process: str) -> None:
    request = traces(process, count=2)
    request.resource_spans[0].scope_spans[0].spans[0].span_id = b"x"
    answer = ExportTraceServiceResponse.FromString(export(request.SerializeToString(), metadata=KEY, timeout=20))
    assert answer.partial_success.rejected_spans == 1


def large() -> bytes:
    request = traces("large")
    request.resource_spans[0].resource.attributes.append(attribute("big", "x" * LIMIT))
    return request.SerializeToString()


@pytest.mark.parametrize(
    ("body", "metadata", "code"),
    [
        (b"\xff\xff", KEY, "INVALID_ARGUMENT"),
        (b"", (), "UNAUTHENTICATED"),
        (b"", (("authorization", "Bearer wrong"),), "UNAUTHENTICATED"),
        (large(), KEY, "RESOURCE_EXHAUSTED"),
    ],
)
def test_errors_have_their_codes(export: Export, body: bytes, metadata: Any, code: str) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        export(body, metadata=metadata, timeout=20)
    error: Any = refused.value
    assert error.code().name == code


def test_overload_may_be_sent_again(export: Export, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise Busy("full")

    monkeypatch.setattr(world.ingest, "admit", refuse)
    with pytest.raises(grpc.RpcError) as refused:
        export(b"", metadata=KEY, timeout=20)
    error: Any = refused.value
    assert error.code().name == "UNAVAILABLE"


def test_without_grpcio_it_says_what_to_do() -> None:
    code = """
import sys
sys.modules["grpc"] = None
from exos.errors import BadSettings
from exos.server.otlp_grpc import GrpcReceiver
from types import SimpleNamespace
try:
    GrpcReceiver(SimpleNamespace(settings=SimpleNamespace(ingest_request_bytes=1)))
except BadSettings as error:
    print(error.hint)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert "exos-analytics[grpc]" in done.stdout
