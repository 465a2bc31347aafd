"""Liveness, readiness and metrics."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from exos.errors import ExosError
from exos.server.metrics import exposition
from exos.server.running import in_thread
from exos.server.world import world

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
    summary="Can it answer questions?",
    response_class=PlainTextResponse,
    responses={200: _text("OK", "It can"), 503: _text("unavailable", "Not now; see Retry-After")},
)
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


@router.get(
    "/metrics",
    summary="Prometheus metrics",
    response_class=PlainTextResponse,
    responses={200: _text(_COUNTED, "The metrics as they are now")},
)
async def metrics(request: Request) -> Response:
    """Counters and histograms in Prometheus's text format."""
    return Response(exposition(world(request).ingest.registry), media_type="text/plain; version=0.0.4; charset=utf-8")
