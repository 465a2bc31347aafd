"""Importing an event log over HTTP."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from exos.errors import BadFile, ExosError
from exos.server.routes.answers import ERRORS, ErrorAnswer, ForgottenAnswer, ImportsAnswer
from exos.server.running import in_thread
from exos.server.world import world

router = APIRouter(prefix="/api/imports", tags=["imports"])
_SECONDS_BETWEEN, _SECONDS_BEFORE = 0.2, 0.02
_SWELLING = 8
"""A packed upload may unpack to so many times the largest upload."""


_LINES = (
    '{"events": 100000, "bytes": 8388608, "total": 20971520}\n'
    '{"summary": {"id": "9f2c61d07b3ae845", "process": "loan", "file": "loan.csv", "events": 262200, "cases": 13087,'
    ' "activities": 24, "rejected": 0, "notes": [], "unchanged": false}}\n'
)
_ANSWERS: dict[int | str, dict[str, Any]] = {
    **ERRORS,
    200: {
        "description": "One JSON object per line: progress, and at the end the summary or an error",
        "content": {"application/x-ndjson": {"schema": {"type": "string"}, "example": _LINES}},
    },
    422: {"model": ErrorAnswer, "description": "The file cannot be imported"},
}
_BODY = {
    "requestBody": {
        "required": True,
        "description": "The file itself: XES, CSV, Parquet, JSONL or OCEL 2.0, plain or packed with gzip",
        "content": {
            "application/octet-stream": {
                "schema": {"type": "string", "format": "binary"},
                "example": "case_id,activity,timestamp\n1,Order received,2026-03-02T09:00:00Z\n",
            }
        },
    }
}


@router.post(
    "", responses=_ANSWERS, openapi_extra=_BODY, response_class=StreamingResponse, summary="Import an event log"
)
async def import_file(
    request: Request,
    process: str = Query(description="Name of the process the log belongs to", examples=["loan"]),
    name: str = Query("", description="Name of the file, for messages"),
    format: str = Query("", description="xes, csv, parquet, jsonl or ocel; found out when left out"),
    case: str = Query("", description="Column of the case"),
    activity: str = Query("", description="Column of the activity"),
    timestamp: str = Query("", description="Column of the completion time"),
    start: str = Query("", description="Column of the start time"),
    resource: str = Query("", description="Column of the resource"),
    lifecycle: str = Query("", description="Column of the lifecycle transition"),
    cost: str = Query("", description="Column of the cost"),
    fold_lifecycle: bool = Query(False, description="Join start and complete into one activity"),
    timezone: str = Query("UTC", description="IANA zone of times that bear none"),
    day_first: bool | None = Query(None, description="How to read 03/04/2026"),
    object_type: str = Query("", description="OCEL: the object type that is the case"),
    delimiter: str = Query("", description="CSV: the delimiter"),
    encoding: str = Query("", description="CSV and JSONL: the text encoding"),
) -> StreamingResponse:
    """The request body is the file. What is wrong before the first row is taken in is answered with its status. From then on the
    answer is one JSON object per line: `{"events", "bytes", "total"}` while it runs, and at the end `{"summary": …}` or
    `{"error": …}`.
    """
    from exos.ingest.eventlog import Options

    options = Options(
        process=process, format=format, case=case, activity=activity, timestamp=timestamp, start=start, resource=resource,
        lifecycle=lifecycle, cost=cost, fold_lifecycle=fold_lifecycle, timezone=timezone, day_first=day_first,
        object_type=object_type, delimiter=delimiter, encoding=encoding,
    )  # fmt: skip
    going = _Going(request, await _receive(request), name or "upload", options)
    await going.begun()
    return StreamingResponse(going.lines(), media_type="application/x-ndjson")


@router.get("", response_model=ImportsAnswer, responses=ERRORS, summary="List the imports of event logs")
async def list_imports(
    request: Request, process: str = Query("", description="Only those into this process")
) -> dict[str, Any]:
    """The imports whose events are there, the latest first, and those that were interrupted."""
    from exos.ingest.eventlog import listed

    return {"imports": await in_thread(lambda: listed(world(request).database, process))}


@router.delete("", response_model=ForgottenAnswer, responses=ERRORS, summary="Remove a whole process")
async def forget_all(
    request: Request, process: str = Query(description="The process to remove", examples=["loan"])
) -> dict[str, Any]:
    """Every event and case of the process is removed, whether imported or not."""
    from exos.ingest.eventlog import forget_process

    return (await in_thread(lambda: forget_process(world(request).database, process))).as_dict()


@router.delete("/{identity}", response_model=ForgottenAnswer, responses=ERRORS, summary="Remove what an import brought")
async def forget(request: Request, identity: str) -> dict[str, Any]:
    """The events of the import are removed and its cases rebuilt; importing the file again brings them back."""
    from exos.ingest.eventlog import forget_import

    return (await in_thread(lambda: forget_import(world(request).database, identity))).as_dict()


async def _receive(request: Request) -> Path:
    """The body, in a file of its own that `_import` removes. The caller's file name is never used for it."""
    here = world(request).settings
    folder = here.home / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    handle, place = tempfile.mkstemp(dir=folder)
    written = 0
    try:
        with os.fdopen(handle, "wb") as file:
            async for piece in request.stream():
                written += len(piece)
                if written > here.upload_bytes:
                    raise BadFile(
                        f"The file is larger than {here.upload_bytes:,} bytes.",
                        "Use `exos import`, or raise EXOS_UPLOAD_BYTES.",
                    )
                file.write(piece)
    except BaseException:
        os.unlink(place)
        raise
    return Path(place)


class _Going:
    """An import that goes on in a thread, and what it said last."""

    def __init__(self, request: Request, path: Path, name: str, options: Any) -> None:
        from exos.ingest.eventlog import Unpacking, import_log

        here = world(request)
        unpacking = Unpacking(bytes=_SWELLING * here.settings.upload_bytes)
        self._said: dict[str, Any] = {}
        self._path = path
        self._task = asyncio.ensure_future(
            in_thread(lambda: import_log(here.database, path, options, self._note, name=name, unpacking=unpacking))
        )

    async def begun(self) -> None:
        """Wait for the first rows, or the end. Raises what made it fail before a row was taken in."""
        while not self._said and not await self._ended(_SECONDS_BEFORE):
            pass
        if not self._said and isinstance(self._task.exception(), Exception):
            self._path.unlink(missing_ok=True)
            self._task.result()

    async def lines(self) -> AsyncIterator[bytes]:
        """Progress, and at the end the summary or the error."""
        try:
            while not await self._ended(_SECONDS_BETWEEN):
                yield _line(self._said)
            yield _line({"summary": self._task.result().as_dict()})
        except ExosError as error:
            yield _line(error.envelope())
        finally:
            self._path.unlink(missing_ok=True)

    async def _ended(self, seconds: float) -> bool:
        return bool((await asyncio.wait({self._task}, timeout=seconds))[0])

    def _note(self, events: int, read: int, total: int) -> None:
        if events:
            self._said = {"events": events, "bytes": read, "total": total}


def _line(value: Any) -> bytes:
    return orjson.dumps(value) + b"\n"
