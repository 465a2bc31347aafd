"""Puts the HTTP application together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from exos import __version__
from exos.errors import BadRequest, ExosError, NotFound
from exos.server import metrics, otlp_openapi, portal
from exos.server.openapi import describe
from exos.server.otlp_grpc import GrpcReceiver
from exos.server.routes import (
    backfill,
    health,
    imports,
    keys,
    otlp,
    playbook,
    query,
    schema,
    sdk,
    self_telemetry,
    sources,
    visitor,
)
from exos.server.security import Shield
from exos.server.watching import Traced
from exos.server.world import World, living

DESCRIPTION = """
Every analysis of the Playbook, free read-only SQL through the guard, the schema, imports of event logs, ingest keys,
and what data comes in. Errors are always `{"error": {"code", "message", "hint"}}` with the matching status.
"""


def create_app(world: World) -> FastAPI:
    """The application over an opened, migrated database. Raises BadSettings where a setting cannot be used,
    Unavailable where the metadata store cannot.
    """
    # What settings can spoil is found out now, not by the first sender.
    _ = world.enricher, world.keys
    grpc = GrpcReceiver(world) if world.settings.grpc_port else None

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with living(world):
            if grpc:
                grpc.start()
            app.state.ready = True
            yield
            app.state.ready = False
            if grpc:
                await asyncio.to_thread(grpc.stop)

    app = FastAPI(
        title="EXOS Analytics",
        version=__version__,
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.world = world
    app.state.ready = False
    for routes in (playbook, query, schema, imports, sources, keys, visitor, backfill, sdk, self_telemetry, health):
        app.include_router(routes.router)
    otlp_openapi.describe(app)
    portal.mount(app)
    describe(app)
    app.add_exception_handler(ExosError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unknown)
    app.add_middleware(otlp.Doorstep, world=world)
    if world.settings.self_telemetry:
        app.add_middleware(Traced, watch=lambda: world.own_telemetry)
    app.add_middleware(metrics.Counted)
    app.add_middleware(Shield, settings=world.settings)
    return app


async def _known(_: Request, error: Exception) -> Response:
    assert isinstance(error, ExosError)
    headers = {"Retry-After": "1"} if error.status in (429, 503) else None
    return JSONResponse(error.envelope(), error.status, headers=headers)


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    bad = BadRequest(f"{place}: {first['msg']}", "The API's shape is at /api/openapi.json.")
    return JSONResponse(bad.envelope(), bad.status)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404 and "text/html" in request.headers.get("accept", ""):
        return portal.not_found()
    codes = {404: NotFound.code, 405: "method_not_allowed"}
    known = {
        "code": codes.get(error.status_code, "http_error"),
        "message": str(error.detail),
        "hint": "See /api/openapi.json.",
    }
    return JSONResponse({"error": known}, error.status_code, headers=error.headers)


async def _unknown(_: Request, error: Exception) -> Response:
    """Tells nothing about the inside: the details go to the log, under the error's kind."""
    kind = type(error).__name__
    body = {
        "code": "internal",
        "message": f"Something failed inside EXOS ({kind}).",
        "hint": "The server's log has the details.",
    }
    return JSONResponse({"error": body}, 500)
