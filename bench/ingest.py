"""The receiver: spans stored and acknowledged per second and core, the wait at half of that, and what five times as much does.

A real server in a process of its own; senders in processes of theirs, each with one connection and one request under way.
`EXOS_BENCH_SECONDS` is the length of each of the three parts (10).
"""

from __future__ import annotations

import http.client
import multiprocessing
import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import psutil
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from bench.figures import Figure, below
from bench.measure import peak_bytes
from bench.serving import Server, served

SPANS, ATTRIBUTES, SENDERS = 50, 12, 16
GOAL, COLLECTOR = 100_000, 40_000
WAIT_GOAL, OVERLOAD_GOAL = 250, 2000
KEY = "bench"


@dataclass(slots=True)
class Told:
    """What senders saw: seconds until each acknowledgement, and the answers' statuses."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def quantile(self, share: float) -> float:
        """Milliseconds that this share of the acknowledgements took at most."""
        ordered = sorted(self.seconds) or [0.0]
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


def measure() -> Iterator[Figure]:
    """As fast as 16 senders go; at half of that; with five times as many senders as keep it busy."""
    seconds = float(os.environ.get("EXOS_BENCH_SECONDS", "10"))
    os.environ.update(EXOS_INGEST_KEYS=KEY, EXOS_SELF_TELEMETRY="0")
    with served(Path(os.environ.get("EXOS_BENCH_WORK") or tempfile.mkdtemp()) / "ingest-home") as server:
        _load(server, 2, 1, 0)
        stored = _stored(server)
        begun, before = time.monotonic(), _cpu_seconds(server)
        told = _load(server, SENDERS, seconds, 0)
        spans = _stored(server) - stored
        took, worked = time.monotonic() - begun, _cpu_seconds(server) - before
        if spans != len(told.seconds) * SPANS:
            raise ValueError(f"{len(told.seconds) * SPANS:,} spans were acknowledged, {spans:,} are in the database")
        rate, per_core = spans / took, spans / worked
        what = f"{SPANS}-span requests, {ATTRIBUTES} attributes a span, {SENDERS} senders"
        note = f"{rate:,.0f} spans/s in all, with {worked / took:.1f} cores; the collector's published figure is {COLLECTOR:,}"
        yield Figure(
            f"{what}: stored and acknowledged per core", per_core, "spans/s", per_core, f"{per_core:,.0f} spans/s",
            f"≥ {GOAL:,}", "met" if per_core >= GOAL else "missed", theirs=float(COLLECTOR), note=note,
        )  # fmt: skip
        yield below("acknowledgement at full speed, p99", told.quantile(0.99), "ms", note=_spread(told))
        half = _load(server, SENDERS, seconds, rate / SPANS / 2)
        yield below("acknowledgement at half of that, p99", half.quantile(0.99), "ms", WAIT_GOAL, note=_spread(half))
        flood = _load(server, 5 * SENDERS, seconds, 0)
        yield below(
            "acknowledgement at 5 × overload, p99", flood.quantile(0.99), "ms", OVERLOAD_GOAL, note=_spread(flood)
        )
        calm = _load(server, 2, 2, 4)
        yield below("acknowledgement right after the overload", statistics.median(calm.seconds) * 1000, "ms", 1000)
        yield below("the most memory held", peak_bytes(server.pid) / 1e6, "MB", 1500)


def _load(server: Server, senders: int, seconds: float, rate: float) -> Told:
    """So many senders for so long; `rate` is requests per second of all of them, 0 as many as they can."""
    answers: Any = multiprocessing.Queue()
    until = time.time() + seconds
    each = rate / senders
    children = [multiprocessing.Process(target=_send, args=(server.port, until, each, answers)) for _ in range(senders)]
    for child in children:
        child.start()
    told = Told()
    for _ in children:
        waits, statuses = answers.get(timeout=seconds + 120)
        told.seconds += waits
        told.statuses.update(statuses)
    for child in children:
        child.join()
    return told


def _send(port: int, until: float, rate: float, answers: Any) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Content-Type": "application/x-protobuf", "Authorization": KEY}
    waits: list[float] = []
    statuses: Counter[int] = Counter()
    body, mark = _request()
    due = time.perf_counter()
    while time.time() < until:
        due += 1 / rate if rate else 0
        time.sleep(max(0.0, due - time.perf_counter()) if rate else 0)
        begun = time.perf_counter()
        try:
            # One id of its own makes it another request: the same again would be acknowledged from memory.
            connection.request("POST", "/v1/traces", body.replace(mark, os.urandom(8), 1), headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            statuses[0] += 1
            continue
        statuses[answer.status] += 1
        if answer.status == 200:
            waits.append(time.perf_counter() - begun)
        else:
            time.sleep(float(answer.headers.get("Retry-After", 1)))
    connection.close()
    answers.put((waits, statuses))


def _request() -> tuple[bytes, bytes]:
    """A request, and the eight bytes in it that are changed to make another one."""
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    for key in ("service.name", "host.name", "telemetry.sdk.name"):
        resource.resource.attributes.add(key=key).value.string_value = f"the {key}"
    scope = resource.scope_spans.add()
    scope.scope.name = "bench"
    now, mark = time.time_ns(), os.urandom(8)
    for number in range(SPANS):
        span = scope.spans.add(
            trace_id=os.urandom(16), span_id=mark if number == 0 else os.urandom(8), parent_span_id=os.urandom(8),
            name=f"operation {number % 10}", start_time_unix_nano=now + number, end_time_unix_nano=now + 1_000_000,
        )  # fmt: skip
        for place in range(ATTRIBUTES):
            value = span.attributes.add(key=f"attribute.{place}").value
            if place < ATTRIBUTES * 3 // 4:
                value.string_value = f"value {place} of {number}"
            else:
                value.int_value = place * number
    return request.SerializeToString(), mark


def _stored(server: Server) -> int:
    """Spans in the database; the question waits for those that were acknowledged before it."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    body = orjson.dumps({"sql": "SELECT count() FROM otel_traces WHERE ServiceName = 'the service.name'"})
    for _ in range(20):
        connection.request("POST", "/api/query", body, {"Content-Type": "application/json"})
        found = int(orjson.loads(connection.getresponse().read())["rows"][0][0])
        pending = _metric(connection, "exos_ingest_pending_bytes")
        if not pending:
            break
    connection.close()
    return found


def _metric(connection: http.client.HTTPConnection, name: str) -> float:
    connection.request("GET", "/metrics")
    lines = connection.getresponse().read().decode().splitlines()
    return next((float(line.split()[1]) for line in lines if line.startswith(f"{name} ")), 0.0)


def _cpu_seconds(server: Server) -> float:
    spent = psutil.Process(server.pid).cpu_times()
    return float(spent.user + spent.system)


def _spread(told: Told) -> str:
    statuses = ", ".join(f"{status} × {count:,}" for status, count in sorted(told.statuses.items()))
    return f"p50 {told.quantile(0.5):,.0f} ms; answers {statuses}"
