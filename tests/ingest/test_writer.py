"""The writer: groups, acknowledgements after the commit, retries that do not double, pressure, failures that stay apart."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pyarrow as pa
import pytest

from exos.errors import BadTelemetry, Busy, Unavailable
from exos.ingest.memory import Memory, digest_of
from exos.ingest.otlp import LOGS, METRICS, TRACES, accept
from exos.ingest.pressure import Pressure
from exos.ingest.writer import Writer
from exos.settings import Settings
from exos.store.database import Database
from ingest.telemetry import START, attribute, traces

WAIT = 20


@pytest.fixture
def writer(database: Database, settings: Settings) -> Iterator[Writer]:
    made = Writer(database, settings)
    yield made
    made.close()


def send(writer: Writer, body: bytes, signal: Any = TRACES) -> Future[None]:
    reservation = writer.admit(signal.name, len(body))
    try:
        request = accept(signal, body, json=False, natively=writer.reads(signal))
        return writer.submit(request, digest_of(signal.name, body), reservation)
    finally:
        reservation.release()


def count(database: Database, service: str, relation: str = "otel_traces") -> int:
    found = database.query(f"SELECT count() FROM {relation} WHERE ServiceName = {{s:String}}", {"s": service}).rows
    return int(found[0][0])


def test_acknowledged_means_committed(writer: Writer, database: Database, process: str) -> None:
    for number in range(3):
        send(writer, traces(process, number).SerializeToString()).result(WAIT)
        assert count(database, process) == number + 1
    assert writer.counters.health()[0]["pending_bytes"] == 0


def test_what_comes_together_is_stored_together(writer: Writer, database: Database, process: str) -> None:
    before = _inserts(writer)
    outcomes = [send(writer, traces(process, number).SerializeToString()) for number in range(60)]
    for outcome in outcomes:
        outcome.result(WAIT)
    assert count(database, process) == 60
    assert _inserts(writer) - before < 20


def test_a_request_that_comes_again_is_acknowledged_and_not_stored(
    writer: Writer, database: Database, process: str
) -> None:
    body = traces(process, count=5).SerializeToString()
    with ThreadPoolExecutor(8) as pool:
        for outcome in list(pool.map(lambda _: send(writer, body), range(8))):
            outcome.result(WAIT)
    send(writer, body).result(WAIT)
    assert count(database, process) == 5


def test_what_a_crash_leaves_doubled_is_one_row_to_readers(
    database: Database, settings: Settings, process: str
) -> None:
    span = traces(process, count=4).SerializeToString()
    logs = _logs(process, 3)
    for _ in range(2):  # a writer that has forgotten, as after a crash
        forgetful = Writer(database, settings)
        send(forgetful, span).result(WAIT)
        send(forgetful, logs, LOGS).result(WAIT)
        assert forgetful.close()
    assert (count(database, process), count(database, process, "spans")) == (8, 4)
    assert (count(database, process, "otel_logs"), count(database, process, "log_records")) == (6, 3)
    found = database.query(
        "SELECT count(), uniqExact(SpanId) FROM spans WHERE ServiceName = {s:String} AND Timestamp >= now() - toIntervalDay(3)",
        {"s": process},
    ).rows
    assert found == [[4, 4]]


def test_recordings_and_points_are_told_apart_too(database: Database, settings: Settings, process: str) -> None:
    bodies = [(LOGS, _logs(process, 0, recordings=3)), (METRICS, _points(process))]
    for _ in range(2):
        forgetful = Writer(database, settings)
        for signal, body in bodies:
            send(forgetful, body, signal).result(WAIT)
        assert forgetful.close()
    for table, view, rows in [
        ("hyperdx_sessions", "recording_events", 3),
        ("otel_metrics_gauge", "gauge_points", 2),
        ("otel_metrics_sum", "sum_points", 1),
        ("otel_metrics_histogram", "histogram_points", 1),
        ("otel_metrics_exponential_histogram", "exponential_histogram_points", 1),
        ("otel_metrics_summary", "summary_points", 1),
    ]:
        assert (count(database, process, table), count(database, process, view)) == (2 * rows, rows), table


class Faulty:
    """A database whose inserts fail as told; all else is real."""

    def __init__(self, database: Database, fail: Any) -> None:
        self.telemetry, self.loads = database.telemetry, False
        self.appended: list[tuple[str, int]] = []
        self._database, self._fail = database, fail

    def append(self, table: str, batches: Sequence[pa.RecordBatch]) -> int:
        self._fail(table, batches)
        rows = self._database.append(table, batches)
        self.appended.append((table, rows))
        return rows


def test_requests_of_many_days_are_stored_apart(database: Database, settings: Settings, process: str) -> None:
    """The engine refuses blocks of more than 100 days, whoever sent them."""
    writer = Writer(database, settings)
    for outcome in [send(writer, _old(process, 10 * place, 10)) for place in range(12)]:
        outcome.result(WAIT)
    assert writer.counters.health()[0]["accepted"] == 120
    assert writer.close()


def test_who_sends_many_days_waits_and_nobody_else(database: Database, settings: Settings, process: str) -> None:
    """A part of each day is made, so that a hundred days take the engine as long as a hundred inserts."""
    stuck = threading.Event()
    writer = Writer(Faulty(database, lambda *_: stuck.wait(WAIT)), settings)  # type: ignore[arg-type]
    outcomes = [send(writer, traces(process).SerializeToString())]
    time.sleep(0.2)  # from now on all others wait
    outcomes += [send(writer, _old(process, first, 60)) for first in (10, 30)]
    with pytest.raises(Busy, match="this request has 60 more"):
        send(writer, _old(process, 100, 60))
    outcomes += [send(writer, _old(process, first, 10)) for first in (200, 300)]
    stuck.set()
    for outcome in outcomes:
        outcome.result(WAIT)
    send(writer, _old(process, 100, 60)).result(WAIT)
    assert writer.counters.health()[0]["accepted"] == 201
    assert writer.counters.health()[0]["pending_bytes"] == 0
    assert writer.close()


def _old(service: str, first: int, days: int) -> bytes:
    """A request with a span of each of these days, which are counted back from today."""
    request = traces(service, first, count=days)
    for number, span in enumerate(request.resource_spans[0].scope_spans[0].spans):
        span.start_time_unix_nano = START - (first + number) * 86_400 * 10**9
    return request.SerializeToString()


def test_a_request_of_too_many_days_is_refused(writer: Writer, process: str) -> None:
    with pytest.raises(BadTelemetry, match="150 days"):
        send(writer, _old(process, 0, 150))


def test_storage_trouble_is_for_all_to_try_again(database: Database, settings: Settings, process: str) -> None:
    trouble = [Unavailable("disk full"), RuntimeError("what is this?")]

    def fail(_: str, __: Any) -> None:
        if trouble:
            raise trouble.pop(0)

    writer = Writer(Faulty(database, fail), settings)  # type: ignore[arg-type]
    body = traces(process).SerializeToString()
    for _ in range(2):
        with pytest.raises(Unavailable):
            send(writer, body).result(WAIT)
    send(writer, body).result(WAIT)
    assert count(database, process) == 1
    assert writer.close()


def test_half_a_request_is_completed_by_its_retry(database: Database, settings: Settings, process: str) -> None:
    fails = ["hyperdx_sessions"]

    def fail(table: str, _: Any) -> None:
        if fails and table.endswith(fails[0]):
            fails.clear()
            raise Unavailable("disk full")

    faulty = Faulty(database, fail)
    writer = Writer(faulty, settings)  # type: ignore[arg-type]
    body = _logs(process, 2, recordings=1)
    with pytest.raises(Unavailable):
        send(writer, body, LOGS).result(WAIT)
    send(writer, body, LOGS).result(WAIT)
    assert (count(database, process, "otel_logs"), count(database, process, "hyperdx_sessions")) == (2, 1)
    assert writer.close()


def test_a_full_house_turns_away(database: Database, process: str) -> None:
    stuck = threading.Event()
    small = Settings.load({}, ingest_pending_bytes=4 * 1024**2)
    writer = Writer(Faulty(database, lambda *_: stuck.wait(WAIT)), small)  # type: ignore[arg-type]
    body = traces(process, count=500, text="x" * 500).SerializeToString()
    outcomes: list[Future[None]] = []

    def flood() -> None:
        for number in range(1000):
            outcomes.append(send(writer, traces(process, number * 500, 500, text="x" * 500).SerializeToString()))  # noqa: PERF401

    with pytest.raises(Busy):
        flood()
    assert 0 < len(outcomes) < 4 * 1024**2 / len(body)
    stuck.set()
    for outcome in outcomes:
        outcome.result(WAIT)
    send(writer, body).result(WAIT)
    assert writer.close()


def test_long_waits_turn_away_too(database: Database, settings: Settings, process: str) -> None:
    stuck = threading.Event()
    writer = Writer(Faulty(database, lambda *_: stuck.wait(WAIT)), settings)  # type: ignore[arg-type]
    outcomes = [send(writer, traces(process).SerializeToString())]
    while not writer._lanes["traces"]._thread.is_alive() or writer._lanes["traces"].oldest_seconds():
        time.sleep(0.01)
    outcomes.append(send(writer, traces(process, 1).SerializeToString()))

    def insist() -> None:
        for _ in range(WAIT * 20):
            time.sleep(0.05)
            writer.admit("traces", 10).release()

    with pytest.raises(Busy, match="wait"):
        insist()
    writer.admit("logs", 10).release()
    stuck.set()
    for outcome in outcomes:
        outcome.result(WAIT)
    assert writer.close()


def test_closing_stores_what_waits(database: Database, settings: Settings, process: str) -> None:
    writer = Writer(database, settings)
    outcomes = [send(writer, traces(process, number).SerializeToString()) for number in range(20)]
    assert writer.close()
    assert all(outcome.done() and outcome.exception() is None for outcome in outcomes)
    assert count(database, process) == 20
    with pytest.raises(Unavailable):
        writer.admit("traces", 1)


def test_a_reader_of_the_lost_answer_cannot_cancel(writer: Writer, process: str) -> None:
    outcome = send(writer, traces(process).SerializeToString())
    assert not outcome.cancel()
    outcome.result(WAIT)


def test_pressure_lets_one_request_be_as_large_as_it_is() -> None:
    pressure = Pressure(100)
    large = pressure.admit(500)
    with pytest.raises(Busy):
        pressure.admit(1)
    large.release()
    small, other = pressure.admit(50), pressure.admit(20)
    with pytest.raises(Busy):
        small.grow(90)
    small.release()
    other.grow(500)
    other.release()
    assert pressure.held == 0


def test_memory_is_bounded() -> None:
    memory = Memory(size=10)
    for number in range(100):
        digest = digest_of("traces", str(number).encode())
        assert memory.begin(digest, Future()) == (None, frozenset())
        memory.end(digest, stored=True)
    assert memory.find(digest_of("traces", b"99")) is not None
    assert memory.find(digest_of("traces", b"5")) is None


def test_counters_tell_what_happened(writer: Writer, process: str) -> None:
    send(writer, traces(process, count=7).SerializeToString()).result(WAIT)
    writer.counters.rejected("logs", "bad_telemetry", "no protobuf")
    health = {one["table"]: one for one in writer.health()}
    assert len(health) == 8
    assert (health["otel_traces"]["signal"], health["otel_traces"]["accepted"]) == ("traces", 7)
    assert health["otel_traces"]["last_at"] is not None
    assert (health["otel_logs"]["rejected"], health["otel_logs"]["last_error"]) == (1, "no protobuf")
    assert health["hyperdx_sessions"]["accepted"] == 0


def _points(service: str) -> bytes:
    request: Any = METRICS.request()
    resource = request.resource_metrics.add()
    resource.resource.attributes.append(attribute("service.name", service))
    scope = resource.scope_metrics.add()
    for value in (1.0, 2.0):  # two points of one second are two
        scope.metrics.add(name="g").gauge.data_points.add(time_unix_nano=START, as_double=value)
    scope.metrics.add(name="s").sum.data_points.add(time_unix_nano=START, as_int=1)
    for kind in ("histogram", "exponential_histogram", "summary"):
        getattr(scope.metrics.add(name=kind), kind).data_points.add(time_unix_nano=START, count=1, sum=2)
    encoded: bytes = request.SerializeToString()
    return encoded


def _inserts(writer: Writer) -> float:
    return writer.registry.get_sample_value("exos_ingest_inserts_total", {"signal": "traces"}) or 0.0


def _logs(service: str, records: int, recordings: int = 0) -> bytes:
    request = LOGS.request()
    resource: Any = request.resource_logs.add()  # type: ignore[attr-defined]
    resource.resource.attributes.append(attribute("service.name", service))
    scope = resource.scope_logs.add()
    for number in range(records + recordings):
        record = scope.log_records.add(time_unix_nano=START + number)
        record.body.string_value = f"line {number}"
        if number >= records:
            record.attributes.append(attribute("rr-web.event", 1.0))
    return request.SerializeToString()
