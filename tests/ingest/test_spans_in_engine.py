"""The engine makes the same rows of a request as Python does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue

from exos.errors import BadSQL
from exos.ingest.otlp import TRACES, accept, framed, plain
from exos.settings import Settings
from exos.store.appender import Appender
from exos.store.database import Database
from ingest.telemetry import attribute, trace_requests, traces

KNOWN = {"geo.country.iso_code": "DE", "user_agent.name": "Firefox"}


NAMES = ("by_engine", "by_python")


@pytest.fixture
def twins(database: Database) -> Iterator[Database]:
    """The database with two tables that are like otel_traces, for either reader to fill."""
    if not database.loads:
        pytest.skip("a ClickHouse server is sent rows, not requests")
    for name in NAMES:
        database.command(f"CREATE TABLE IF NOT EXISTS {name} ENGINE = Memory AS SELECT * FROM otel_traces LIMIT 0")
    yield database
    for name in NAMES:
        database.command(f"DROP TABLE {name}")


def load(database: Database, bodies: Sequence[bytes], enrichment: dict[str, str]) -> list[int]:
    assert TRACES.loading is not None
    records = b"".join(framed(one, enrichment) for one in bodies)
    return database.load(TRACES.loading, "by_engine", records, len(bodies))


def both(database: Database, requests: Sequence[Any], enrichment: dict[str, str]) -> tuple[list[Any], list[Any]]:
    """The rows of both readers, in one order."""
    for name in NAMES:
        database.command(f"TRUNCATE TABLE {name}")
    sent = [request.SerializeToString() for request in requests]
    for body in sent:
        batches = accept(TRACES, body, json=False, enrichment=enrichment).batches or {}
        for batch in batches.values():
            database.append("by_python", [batch])
    bodies = [accept(TRACES, body, json=False, natively=True).body for body in sent]
    if doubtful := load(database, bodies, enrichment):
        for number in doubtful:
            bodies[number] = plain(bodies[number])
        assert not load(database, bodies, enrichment)
    engine, python = (database.query(f"SELECT * FROM {name} ORDER BY ALL").rows for name in NAMES)
    return engine, python


@given(st.lists(trace_requests(), min_size=1, max_size=3), st.sampled_from([{}, KNOWN]))
@examples(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_readers_agree(
    twins: Database, requests: list[ExportTraceServiceRequest], enrichment: dict[str, str]
) -> None:
    for request in requests:
        for resource in request.resource_spans[: 1 if enrichment else 0]:
            resource.resource.attributes.append(attribute("rum.sessionId", "s1"))
    engine, python = both(twins, requests, enrichment)
    assert engine == python


@given(st.lists(st.floats(), max_size=50))
@examples(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_numbers_read_the_same(twins: Database, numbers: list[float]) -> None:
    named: dict[str, Any] = {f"n{place}": number for place, number in enumerate(numbers)}
    request = traces("numbers", **named)
    engine, python = both(twins, [request], {})
    assert engine == python


def test_arrays_are_found_wherever_they_are(twins: Database) -> None:
    """Requests with them are not stored as they are: the engine would lose them."""
    array = AnyValue(array_value=ArrayValue(values=[AnyValue(string_value="a<b")]))
    requests = [traces("arrays", number) for number in range(6)]
    for request, part in zip(requests[1:], ("resource", "span", "event", "link", "none"), strict=True):
        resource: Any = request.resource_spans[0]
        span = resource.scope_spans[0].spans[0]
        places = {"resource": resource.resource, "span": span, "event": span.events.add(), "link": span.links.add()}
        if part in places:
            places[part].attributes.add(key="list").value.CopyFrom(array)
    assert load(twins, [one.SerializeToString() for one in requests], {}) == [1, 2, 3, 4]
    engine, python = both(twins, requests, {})
    assert engine == python
    assert str(engine).count('["a<b"]') == 4


def test_what_is_no_record_stores_nothing(twins: Database) -> None:
    twins.command("TRUNCATE TABLE by_engine")
    with pytest.raises(BadSQL):
        load(twins, [traces("good").SerializeToString(), b"\xff\xff\xff"], {})
    assert twins.query("SELECT count() FROM by_engine").rows == [[0]]
    assert load(twins, [traces("good").SerializeToString()], {}) == []
    assert twins.query("SELECT count() FROM by_engine").rows == [[1]]


def test_the_engine_keeps_its_copy_of_the_schema_with_its_data(
    twins: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not in the folder in which the server happens to be started, which may be read-only or somebody's checkout."""
    monkeypatch.chdir(tmp_path)
    assert load(twins, [traces("schema").SerializeToString()], {}) == []
    assert list(tmp_path.iterdir()) == []
    (schema,) = (settings.folder / "config").glob("*.proto")
    assert "message Request" in schema.read_text(encoding="utf-8")
    assert not (Path(__file__).parents[2] / "__cache__").exists()


def test_a_folder_with_a_colon_in_its_path_is_no_obstacle(twins: Database, tmp_path: Path) -> None:
    """The engine takes what follows a colon in the schema's path for the name of a message."""
    assert TRACES.loading is not None
    twins.command("TRUNCATE TABLE by_engine")
    place = tmp_path / "10:30"
    place.mkdir()
    appender = Appender(twins._engine._raw(), place)  # type: ignore[attr-defined]
    table = f"{twins.name}.by_engine"
    assert appender.load(TRACES.loading, table, framed(traces("colon").SerializeToString(), {}), 1) == []
    assert twins.query("SELECT ServiceName FROM by_engine").rows == [["colon"]]
    made = appender._place()
    appender.close()
    assert not made.exists()
