"""What data comes in, how the engine is doing, and what was imported."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from exos import __version__
from exos.examples import EXAMPLES, KEY, ORIGIN
from exos.server.routes.answers import ERRORS
from exos.server.running import in_thread
from exos.server.world import world
from exos.store.arrivals import BUCKET_SECONDS
from exos.store.condition import read_condition

router = APIRouter(prefix="/api/sources", tags=["sources"])


SOURCES_EXAMPLE: dict[str, Any] = {
    "at": "2026-03-02T09:41:08Z", "bucket_seconds": 30,
    "sources": [
        {
            "id": "browser_traces", "label": "Browser traces", "table": "otel_traces", "rows": 1204000, "bytes": 96000000,
            "status": "live", "last_at": 1772444467.2, "lag_seconds": 0.8, "per_second": 41.5, "course": [1190, 1245],
            "senders": [{"name": "order-desk", "last_at": 1772444467.2, "per_second": 41.5}],
        }
    ],
    "receiver": [
        {
            "signal": "traces", "table": "otel_traces", "accepted": 88000, "rejected": 0, "last_error": "",
            "last_at": "2026-03-02T09:41:07Z", "pending_bytes": 0,
        }
    ],
}  # fmt: skip
ENGINE_EXAMPLE: dict[str, Any] = {
    "exos_version": "0.1.0", "version": "26.9.2.1", "embedded": True, "database": "exos", "telemetry_database": "exos",
    "telemetry_days": 30, "metadata": "/home/ann/.local/share/exos/metadata.db", "uptime_seconds": 86400,
    "memory_used": 410000000, "memory_limit": 8300000000, "disk_used": 930000000, "disk_unpacked": 7400000000,
    "disk_free": 51000000000, "disk_total": 100000000000, "rows": 9100000, "parts": 61, "tables": 19,
    "migrations": [{"file": "001_migrations.sql", "version": "0.1.0", "applied_at": "2026-03-01T08:00:00Z"}],
}  # fmt: skip
EXAMPLES_EXAMPLE: dict[str, Any] = {
    "origin": ORIGIN, "key": KEY,
    "examples": [
        {
            "id": "collector", "group": "OpenTelemetry Collector", "label": "Send on to EXOS", "file": "collector-to-exos.yaml",
            "note": "Traces, logs and metrics.", "text": "exporters:\n  otlphttp: …\n",
        }
    ],
}  # fmt: skip


class SenderAnswer(BaseModel):
    """A service (or, for case events, a process) that rows came from."""

    name: str = Field(examples=["order-desk"])
    last_at: float = Field(description="Newest row, in seconds since 1970")
    per_second: float


class SourceAnswer(BaseModel):
    """One kind of data. The ClickStack tables know when something happened, EXOS's own when it arrived."""

    id: str = Field(examples=["browser_traces"])
    label: str = Field(examples=["Browser traces"])
    table: str = Field(examples=["otel_traces"])
    rows: int = Field(description="Rows of the whole table")
    bytes: int = Field(description="Bytes on disk of the whole table")
    status: Literal["live", "idle", "never"] = Field(description="live: a row of the last two minutes")
    last_at: float | None = Field(description="Newest row, in seconds since 1970")
    lag_seconds: float | None = Field(description="Seconds from the newest row until now")
    per_second: float = Field(description="Rows a second, over the last 30 to 60 seconds")
    course: list[int] = Field(description="Rows in each of the last half-minutes, newest last")
    senders: list[SenderAnswer] = Field(description="Most recent first")


class ReceiverAnswer(BaseModel):
    """What the OTLP receiver of this server took in since it started."""

    signal: str = Field(examples=["traces"])
    table: str = Field(examples=["otel_traces"])
    accepted: int = Field(description="Rows stored")
    rejected: int = Field(description="Requests that were answered with an error, or of which part was not taken")
    last_error: str
    last_at: datetime | None
    pending_bytes: int


class SourcesAnswer(BaseModel):
    """Everything that data comes in through."""

    at: datetime
    bucket_seconds: int
    sources: list[SourceAnswer]
    receiver: list[ReceiverAnswer]
    model_config = {"json_schema_extra": {"examples": [SOURCES_EXAMPLE]}}


class MigrationAnswer(BaseModel):
    """A schema file that was applied."""

    file: str
    version: str = Field(description="EXOS version that applied it")
    applied_at: datetime


class EngineAnswer(BaseModel):
    """The engine. Sizes are in bytes."""

    exos_version: str
    version: str = Field(description="ClickHouse version")
    embedded: bool
    database: str
    telemetry_database: str
    telemetry_days: int
    metadata: str = Field(description="Where keys and users' own things are kept")
    uptime_seconds: int
    memory_used: int
    memory_limit: int | None = Field(description="Null for a ClickHouse server, which has limits of its own")
    disk_used: int
    disk_unpacked: int
    disk_free: int
    disk_total: int
    rows: int
    parts: int
    tables: int
    migrations: list[MigrationAnswer]
    model_config = {"json_schema_extra": {"examples": [ENGINE_EXAMPLE]}}


class ExampleAnswer(BaseModel):
    """A file that sends telemetry here. `group` and `label` say for whom, `note` what it brings."""

    id: str = Field(examples=["collector"])
    group: str
    label: str
    file: str = Field(examples=["collector-to-exos.yaml"])
    note: str
    text: str


class ExamplesAnswer(BaseModel):
    """Ways to send. Put this server's address and a key in place of `origin` and `key`."""

    origin: str
    key: str
    examples: list[ExampleAnswer]
    model_config = {"json_schema_extra": {"examples": [EXAMPLES_EXAMPLE]}}


@router.get("", response_model=SourcesAnswer, responses=ERRORS, summary="What data comes in, and how it goes")
async def sources(request: Request) -> dict[str, Any]:
    """Cheap enough to ask every few seconds: the answer is at most three seconds old and reads only the newest rows."""
    here = world(request)
    return {
        "at": datetime.now().astimezone(),
        "bucket_seconds": BUCKET_SECONDS,
        "sources": await in_thread(here.arrivals.read),
        "receiver": here.ingest.health(),
    }


@router.get("/engine", response_model=EngineAnswer, responses=ERRORS, summary="How the engine is doing")
async def engine(request: Request) -> dict[str, Any]:
    """Version, memory, disk, parts and the schema files that were applied."""
    here = world(request)
    facts = await in_thread(lambda: read_condition(here.database, here.settings))
    return {**facts, "exos_version": __version__, "metadata": here.metadata.place}


@router.get("/examples", response_model=ExamplesAnswer, responses=ERRORS, summary="Ways to send telemetry here")
async def ways_to_send() -> dict[str, Any]:
    """The browser snippet, settings of SDKs, and configurations of the OpenTelemetry Collector."""
    shown = [{**asdict(one), "text": one.text} for one in EXAMPLES]
    return {"origin": ORIGIN, "key": KEY, "examples": shown}
