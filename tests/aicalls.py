"""Calls of models small enough to be counted by hand, and how to get them into the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from exos.store.clickstack import TRACES
from exos.store.database import Database

_START = 1_772_442_000_000_000_000
"""2026-03-02 09:00 UTC, in nanoseconds."""


@dataclass(frozen=True)
class Call:
    """One span: minutes after nine, name of the trace, milliseconds it took, attributes without their common prefix."""

    minute: float
    trace: str
    milliseconds: float = 100
    failed: bool = False
    attributes: dict[str, str] = field(default_factory=dict)


def asked(model: str, read: int, written: int, cost: float | None = None, operation: str = "chat") -> dict[str, str]:
    """What a span says of a model that is asked."""
    said = {"operation.name": operation, "request.model": model, "provider.name": "acme"}
    said |= {"usage.input_tokens": str(read), "usage.output_tokens": str(written)}
    return said if cost is None else {**said, "usage.cost": str(cost)}


_OLD_NAMES = {"system": "old", "usage.prompt_tokens": "5", "usage.completion_tokens": "6"}
CALLS = [
    Call(0, "t1", 2500, attributes={"operation.name": "invoke_agent", "request.model": "big", "usage.input_tokens": "999"}),
    Call(1, "t1", 800, attributes=asked("big", 1000, 200, 0.006)),
    Call(2, "t1", 40, attributes={"operation.name": "execute_tool", "tool.name": "get_order"}),
    Call(3, "t1", 1200, attributes={**asked("big", 1500, 300, 0.009), "response.model": "big-2026-01"}),
    Call(60, "t2", 30_000, failed=True, attributes=asked("big", 9000, 0, 0)),
    Call(61, "t2", 150, attributes=asked("small", 700, 50)),
    Call(62, "t2", 250, attributes=asked("small", 900, 70)),
    Call(63, "t2", 12, attributes=asked("vectors", 40, 0, 0.0001, "embeddings")),
    Call(90, "t3", 300, attributes={**_OLD_NAMES, "request.model": "ancient"}),
    Call(91, "t3", 300, attributes={}),
]  # fmt: skip


def load(database: Database, service: str, calls: Sequence[Call]) -> None:
    """Write the calls as spans of a service."""
    maps = [[(f"gen_ai.{name}", value) for name, value in call.attributes.items()] for call in calls]
    rows = len(calls)
    start = [_START + int(call.minute * 60e9) for call in calls]
    columns = {
        "Timestamp": pa.array(start).cast(pa.timestamp("ns", tz="UTC")),
        "TraceId": pa.array([f"{service}-{call.trace}" for call in calls]),
        "SpanId": pa.array([f"{call.trace}-{call.minute}" for call in calls]),
        "SpanName": pa.array([call.attributes.get("operation.name", "GET /") for call in calls]),
        "ServiceName": pa.repeat(service, rows),
        "SpanAttributes": pa.array(maps, TRACES.field("SpanAttributes").type),
        "Duration": pa.array([int(call.milliseconds * 1e6) for call in calls], pa.uint64()),
        "StatusCode": pa.array(["Error" if call.failed else "Unset" for call in calls]),
    }
    names = [name for name in TRACES.names if name in columns]
    schema = pa.schema([TRACES.field(name) for name in names])
    database.insert(
        f"{database.telemetry}.otel_traces", pa.record_batch([columns[name] for name in names], schema=schema)
    )
