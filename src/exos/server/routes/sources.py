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
