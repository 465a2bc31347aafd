"""Liveness, readiness and metrics."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from exos.errors import ExosError
from exos.server.metrics import exposition
from exos.server.running import in_thread
from exos.server.world import World, world

router = APIRouter(tags=["health"])


def _text(example: str, description: str) -> dict[str, Any]:
    return {"description": description, "content": {"text/plain": {"schema": {"type": "string"}, "example": example}}}


_COUNTED = 'exos_http_requests_total{method="GET",status="200"} 7.0\n'


@router.get(
    "/healthz", summary="Is the process alive?", response_class=PlainTextResponse, responses={200: _text("OK", "It is")}
)
async def healthz() -> str:
    """OK as long as the process answers."""
    return "OK"


@router.get(
    "/readyz",
    summary="Can it answer questions and take telemetry in?",
    response_class=PlainTextResponse,
    responses={200: _text("OK", "It can"), 503: _text("unavailable", "Not now, and why; see Retry-After")},
)
async def readyz(request: Request) -> Response:
    """OK when the engine answers and telemetry can be kept, else 503."""
    try:
        await in_thread(lambda: _ready(world(request)))
    except ExosError as error:
        return _not_ready(f"{error.code}: {error.message}")
    return PlainTextResponse("OK") if request.app.state.ready else _not_ready("starting or stopping")


def _ready(here: World) -> None:
    """Raises ExosError: what keeps the engine from answering, or the receiver from taking anything in."""
    here.database.query("SELECT 1")
    trouble = here.ingest.trouble()
    if trouble is not None:
        raise trouble


def _not_ready(why: str) -> Response:
    return PlainTextResponse(why, 503, headers={"Retry-After": "1"})


@router.get(
    "/metrics",
    summary="Prometheus metrics",
    response_class=PlainTextResponse,
    responses={200: _text(_COUNTED, "The metrics as they are now")},
)
async def metrics(request: Request) -> Response:
    """Counters and histograms in Prometheus's text format."""
    return Response(exposition(world(request).ingest.registry), media_type="text/plain; version=0.0.4; charset=utf-8")
