"""Telemetry for tests: spans and recordings into the rows of ClickStack's tables; and the SDK's own recorded request as such."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from exos.store.database import Database
from recorded import ORIGIN, Recording

NOON = datetime.combine(datetime.now(UTC).date() - timedelta(days=1), time(12), UTC)
"""Yesterday's: ClickStack's tables forget what is old."""
INTERACTION = "@opentelemetry/instrumentation-user-interaction"
PAGE = "https://shop.example/orders/7/?utm_source=news&page=2"
_IDS = itertools.count(1)
_MAP = pa.map_(pa.string(), pa.string())
SPANS = pa.schema(
    [
        ("Timestamp", pa.timestamp("ns", "UTC")),
        *((name, pa.string()) for name in ("TraceId", "SpanId", "ParentSpanId", "SpanName", "SpanKind", "ServiceName")),
        ("ResourceAttributes", _MAP),
        ("ScopeName", pa.string()),
        ("SpanAttributes", _MAP),
        ("Duration", pa.uint64()),
        ("StatusCode", pa.string()),
        ("Events.Timestamp", pa.list_(pa.timestamp("ns", "UTC"))),
        ("Events.Name", pa.list_(pa.string())),
        ("Events.Attributes", pa.list_(_MAP)),
    ]
)

_RECORDS = pa.schema(
    [
        ("Timestamp", pa.timestamp("ns", "UTC")),
        ("ServiceName", pa.string()),
        ("Body", pa.string()),
        ("ResourceAttributes", _MAP),
        ("LogAttributes", _MAP),
    ]
)


@dataclass(frozen=True)
class Span:
    """One span. `seconds` after NOON, `lasting` in seconds; an exception becomes a span event."""

    name: str = "click"
    scope: str = INTERACTION
    attributes: Mapping[str, str] = field(default_factory=dict)
    resource: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    lasting: float = 0.0
    parent: str = ""
    service: str = "order-desk"
    exception: str = ""
    trace: str = field(default_factory=lambda: f"{next(_IDS):032x}")
    span: str = field(default_factory=lambda: f"{next(_IDS):016x}")

    def row(self) -> dict[str, Any]:
        """The row of `otel_traces`."""
        began = NOON + timedelta(seconds=self.seconds)
        return {
            "Timestamp": int(began.timestamp() * 1_000_000) * 1000,
            "TraceId": self.trace, "SpanId": self.span, "ParentSpanId": self.parent, "SpanName": self.name,
            "SpanKind": "Internal", "ServiceName": self.service, "ResourceAttributes": list(self.resource.items()),
            "ScopeName": self.scope, "SpanAttributes": list(self.attributes.items()), "Duration": round(self.lasting * 1e9),
            "StatusCode": "Unset",
            "Events.Timestamp": [began] if self.exception else [], "Events.Name": ["exception"] if self.exception else [],
            "Events.Attributes": [[("exception.message", self.exception)]] if self.exception else [],
        }  # fmt: skip


def browser(session: str, name: str = "click", scope: str = INTERACTION, **given: Any) -> Span:
    """A span as the browser SDK sends it, on PAGE."""
    attributes = {"location.href": PAGE, **given.pop("attributes", {})}
    resource = {"rum.sessionId": session, "service.version": "1.2.3", **given.pop("resource", {})}
    return Span(name=name, scope=scope, attributes=attributes, resource=resource, **given)


def send(database: Database, spans: Iterable[Span]) -> None:
    """Insert the spans as a collector does: into ClickStack's table, knowing nothing of EXOS."""
    insert_rows(database, [span.row() for span in spans])


def insert_rows(database: Database, rows: list[dict[str, Any]]) -> None:
    """Insert rows of `otel_traces`."""
    database.insert(f"{database.telemetry}.otel_traces", pa.Table.from_pylist(rows, schema=SPANS))


def record(
    database: Database,
    session: str,
    recording: Recording,
    load: str = "p1",
    pieces: int = 1,
    resource: Mapping[str, str] | None = None,
) -> None:
    """Store the events as a collector does, each in so many chunks, with further resource attributes."""
    rows = []
    for number, event in enumerate(recording.events):
        body = json.dumps({**event, "timestamp": event["timestamp"] - ORIGIN + int(NOON.timestamp() * 1000)})
        size = -(-len(body) // pieces)
        for piece in range(pieces):
            about = {"event": number + 1, "chunk": piece + 1, "total-chunks": pieces, "offset": next(_IDS)}
            rows.append(
                {
                    "Timestamp": NOON + timedelta(milliseconds=event["timestamp"] - ORIGIN),
                    "ServiceName": "order-desk",
                    "Body": body[piece * size : (piece + 1) * size],
                    "ResourceAttributes": [
                        ("rum.sessionId", session),
                        ("rum.scriptInstance", load),
                        *(resource or {}).items(),
                    ],
                    "LogAttributes": [(f"rr-web.{name}", str(value)) for name, value in about.items()],
                }
            )
    insert_records(database, rows)


def insert_records(database: Database, rows: list[dict[str, Any]]) -> None:
    """Insert rows of `hyperdx_sessions`."""
    database.insert(f"{database.telemetry}.hyperdx_sessions", pa.Table.from_pylist(rows, schema=_RECORDS))


def moment(seconds: float) -> str:
    """That many seconds after NOON, as the engine writes it."""
    return (NOON + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def events_of(database: Database, session: str, columns: str = "*") -> list[list[Any]]:
    """The product events of a session in order, each once."""
    return database.query(
        f"SELECT {columns} FROM product_events FINAL WHERE session_id = {{session:String}} ORDER BY time, event, text",
        {"session": session},
    ).rows


def captured(folder: Path) -> list[dict[str, Any]]:
    """The rows of `otel_traces` that the recorded request of the real SDK holds."""
    return trace_rows((folder / "004_v1_traces.body").read_bytes())


def trace_rows(body: bytes) -> list[dict[str, Any]]:
    """The rows of `otel_traces` that a request in OTLP/JSON holds."""
    rows = []
    for resource in json.loads(body)["resourceSpans"]:
        about = _attributes(resource["resource"]["attributes"])
        for scope in resource["scopeSpans"]:
            rows += [_captured(span, scope["scope"]["name"], about) for span in scope["spans"]]
    return rows


def _captured(span: dict[str, Any], scope: str, about: dict[str, str]) -> dict[str, Any]:
    start, stop = int(span["startTimeUnixNano"]), int(span["endTimeUnixNano"])
    events = span.get("events", [])
    return {
        "Timestamp": start, "TraceId": span["traceId"], "SpanId": span["spanId"], "ParentSpanId": span.get("parentSpanId", ""),
        "SpanName": span["name"], "SpanKind": "Internal", "ServiceName": about["service.name"],
        "ResourceAttributes": list(about.items()), "ScopeName": scope,
        "SpanAttributes": list(_attributes(span["attributes"]).items()), "Duration": stop - start, "StatusCode": "Unset",
        "Events.Timestamp": [int(event["timeUnixNano"]) for event in events],
        "Events.Name": [event["name"] for event in events],
        "Events.Attributes": [list(_attributes(event.get("attributes", [])).items()) for event in events],
    }  # fmt: skip


def _attributes(given: list[dict[str, Any]]) -> dict[str, str]:
    return {one["key"]: _text(next(iter(one["value"].values()))) for one in given}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
