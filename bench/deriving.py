"""What deriving costs whoever inserts spans: the views run within the insert."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, Mismatch, below
from bench.measure import alternate
from exos.settings import Settings
from exos.store.database import Database
from exos.store.migrate import migrate

SPANS, ROUNDS = 200_000, 7
# Twelve attributes a span; of browsers (name, resource, goal), every one a click, which is more than real browsers send.
KINDS = (
    ("backends", "GET /orders", "map('service.name', 'order-api', 'host.name', 'a', 'service.version', '1')", 1.15),
    ("browsers", "click", "map('service.name', 'desk', 'rum.sessionId', toString(intDiv(number, 200)))", 3.0),
)


def measure() -> Iterator[Figure]:
    """Inserting spans into a table with the views over inserting the same spans into one without."""
    settings = Settings.load({}, home=str(Path(os.environ["EXOS_BENCH_WORK"]) / "deriving"))
    with Database.open(settings) as database:
        migrate(database, settings)
        database.command("CREATE TABLE IF NOT EXISTS plain_traces AS otel_traces")
        for kind, name, resource, goal in KINDS:
            table = f"{kind}_spans"
            database.command(f"CREATE OR REPLACE TABLE {table} ENGINE = Memory AS {_spans(name, resource)}")
            columns = "Timestamp, TraceId, SpanId, SpanName, ServiceName, ResourceAttributes, ScopeName, SpanAttributes, Duration"
            derived, plain = alternate(
                lambda: database.command(f"INSERT INTO otel_traces ({columns}) SELECT * FROM {table}"),  # noqa: B023 - called at once
                lambda: database.command(f"INSERT INTO plain_traces ({columns}) SELECT * FROM {table}"),  # noqa: B023
                ROUNDS,
            )
            _check(database, kind)
            note = f"{1e6 * (derived - plain) / SPANS:.2f} µs a span more"
            yield below(
                f"inserting {SPANS:,} spans of {kind}, with the views over without", derived / plain, "×", goal,
                f"{derived / plain:.2f}×", runs=ROUNDS, note=note,
            )  # fmt: skip


def _spans(name: str, resource: str) -> str:
    return f"""
        SELECT now64(9) - toIntervalMillisecond(number) AS time, lower(hex(sipHash128('{name}', number))) AS trace,
               lower(hex(number)) AS span, '{name}' AS name, 'bench' AS service, {resource} AS about,
               '@opentelemetry/instrumentation-user-interaction' AS scope,
               mapFromArrays(arrayMap(i -> concat('attribute.', toString(i)), range(12)),
                             arrayMap(i -> concat('value ', toString(number % 100 + i)), range(12))) AS said,
               1000000 AS duration
        FROM numbers({SPANS})"""


def _check(database: Database, kind: str) -> None:
    """Every click counts once, however often it was inserted; a backend's spans are no product events."""
    events = database.query("SELECT count() AS n FROM product_events FINAL").rows[0][0]
    if events != (SPANS if kind == "browsers" else 0):
        raise Mismatch(f"{SPANS:,} spans of {kind} gave {events:,} product events")
