"""Deriving the past through a running server."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from exos.errors import ExosError
from exos.server.routes.answers import ERRORS
from exos.server.running import in_thread
from exos.server.world import world
from exos.times import parse_time

router = APIRouter(prefix="/api/backfill", tags=["telemetry"])
_SECONDS_BETWEEN = 0.2


_LINES = (
    '{"rows": 120000, "total": 480000}\n{"summary": {"read": 480000, "rows": {"product_events": 51000}, "slices": 4}}\n'
)
_ANSWERS: dict[int | str, dict[str, Any]] = {
    **ERRORS,
    200: {
        "description": "One JSON object per line: progress, and at the end the summary or an error",
        "content": {"application/x-ndjson": {"schema": {"type": "string"}, "example": _LINES}},
    },
}


class BackfillRequest(BaseModel):
    """Of which time, and into which tables. All of it may be left out."""

    since: str = Field("", description="Only what was collected from then on (RFC 3339 or a date)")
    until: str = Field("", description="Only what was collected before then")
    targets: list[str] = Field(default=[], description="product_events, case_events, recordings; empty: all")
    model_config = {
        "extra": "forbid",
        "json_schema_extra": {"examples": [{"since": "2026-11-01T00:00:00Z", "targets": ["product_events"]}]},
    }


@router.post(
    "", responses=_ANSWERS, response_class=StreamingResponse, summary="Derive events from telemetry of the past"
)
async def backfill(request: Request, body: BackfillRequest) -> StreamingResponse:
    """The answer is one JSON object per line: `{"rows", "total"}` while it runs, and at the end `{"summary": …}` or
    `{"error": …}`. It stops when the caller goes away; the next one goes on from there.
    """
    since = parse_time(body.since, "UTC", "since") if body.since else None
    until = parse_time(body.until, "UTC", "until") if body.until else None
    given = {name: moment for name, moment in (("since", since), ("until", until)) if moment}
    await in_thread(lambda: _check(body.targets, given))
    return StreamingResponse(_run(request, since, until, body.targets), media_type="application/x-ndjson")


def _check(targets: list[str], given: dict[str, datetime]) -> None:
    """What makes no sense is answered with its status, before the stream begins."""
    from exos.ingest.backfill import check

    check(targets, **given)


async def _run(
    request: Request, since: datetime | None, until: datetime | None, targets: list[str]
) -> AsyncIterator[bytes]:
    from exos.ingest.backfill import backfill as derive

    said: dict[str, Any] = {}
    gone = threading.Event()
    here = world(request)

    def note(rows: int, total: int) -> None:
        said.update(rows=rows, total=total)

    task = asyncio.ensure_future(
        in_thread(
            lambda: derive(
                here.database, since=since, until=until, targets=targets, progress=note, stop=gone.is_set
            ).as_dict()
        )
    )
    try:
        while not (await asyncio.wait({task}, timeout=_SECONDS_BETWEEN))[0]:
            if said:
                yield orjson.dumps(said) + b"\n"
        yield orjson.dumps({"summary": task.result()}) + b"\n"
    except ExosError as error:
        yield orjson.dumps(error.envelope()) + b"\n"
    finally:
        gone.set()
