"""Liveness, readiness and metrics."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from exos.errors import ExosError
from exos.server.app_state import world
from exos.server.metrics import exposition
from exos.server.running import in_thread

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Is the process alive?", response_class=PlainTextResponse)
async def healthz() -> str:
    """OK as long as the process answers."""
    return "OK"


@router.get("/readyz", summary="Can it answer questions?", response_class=PlainTextResponse)
async def readyz(request: Request) -> Response:
    """OK when the engine answers, else 503."""
    try:
        await in_thread(lambda: world(request).database.query("SELECT 1"))
    except ExosError as error:
        return PlainTextResponse(error.code, 503, headers={"Retry-After": "1"})
    return (
        PlainTextResponse("OK")
        if request.app.state.ready
        else PlainTextResponse("starting or stopping", 503, headers={"Retry-After": "1"})
    )


@router.get("/metrics", summary="Prometheus metrics", response_class=PlainTextResponse)
async def metrics(request: Request) -> Response:
    """Counters and histograms in Prometheus's text format."""
    return Response(exposition(world(request).ingest.registry), media_type="text/plain; version=0.0.4; charset=utf-8")
