"""OTLP over HTTP: `POST /v1/traces`, `/v1/logs` and `/v1/metrics`.

These are plain ASGI applications and not FastAPI routes: they answer in protobuf, and thousands of times a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from exos.errors import BadTelemetry, ExosError, TooLarge, Unauthorized, UnsupportedMedia
from exos.ingest.enrich import Visitor, personal
from exos.ingest.memory import digest_of
from exos.ingest.otlp import SIGNALS, Accepted, Signal, accept
from exos.ingest.pressure import Reservation
from exos.ingest.unpacking import unpack
from exos.server.otlp_answers import JSON, PROTOBUF, Origins, bearer, failure, success

if TYPE_CHECKING:
    from exos.server.world import World

Answer = TypeVar("Answer")
INLINE_BYTES = 128 * 1024
"""A body up to this size is decoded at once; a larger one in a thread, so that others need not wait."""
_PACKED_INLINE_BYTES = 16 * 1024
_THREADS = 2
_SESSION = b"rum.sessionId"
_NOBODY = Visitor({}, privacy=False)


class MethodNotAllowed(ExosError):
    """Telemetry is posted."""

    status = 405
    code = "method_not_allowed"


class Gone(Exception):
    """The client has hung up."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a body is written."""

    json: bool
    gzip: bool


class Receiver:
    """The ASGI application of one signal."""

    def __init__(self, world: World, signal: Signal) -> None:
        self._world = world
        self._signal = signal
        self._limit = world.settings.ingest_request_bytes
        self._origins = Origins(world.settings.ingest_origins)
        self._threads: CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        try:
            response = await self._answer(scope, headers, receive)
        except Gone:
            return
        self._origins.allow(response, headers)
        await response(scope, receive, send)

    async def _answer(self, scope: Scope, headers: Headers, receive: Receive) -> Response:
        if scope["method"] == "OPTIONS":
            return self._origins.preflight(headers)
        json = headers.get("content-type", "").partition(";")[0].strip().lower() != PROTOBUF
        try:
            if scope["method"] != "POST":
                raise MethodNotAllowed("Telemetry is sent with POST.", "Use POST.")
            self._check_key(headers)
            accepted = await self._store(_form(headers), headers, scope, receive)
        except ExosError as error:
            self._world.ingest.counters.rejected(self._signal.name, error.code, error.message)
            return failure(error, json)
        if accepted is None or not accepted.rejected:
            return success(self._signal, json)
        self._world.ingest.counters.rejected(self._signal.name, BadTelemetry.code, accepted.reason)
        return success(self._signal, json, accepted.rejected, accepted.reason)

    def _check_key(self, headers: Headers) -> None:
        if self._world.keys.name_of(bearer(headers.get("authorization", ""))) is None:
            raise Unauthorized(
                "The ingest key is missing or not known.",
                "Send one as the Authorization header; `exos key list` and the settings page show them.",
            )

    async def _store(self, form: Form, headers: Headers, scope: Scope, receive: Receive) -> Accepted | None:
        """Read, check and keep one request, None when it was kept before. Returns when it is acknowledged."""
        length = headers.get("content-length", "")
        size = int(length) if length.isascii() and length.isdigit() else 0
        if size > self._limit:
            raise _too_large(self._limit)
        reservation = self._world.ingest.admit(self._signal.name, size)
        try:
            body = await self._read(receive, reservation)
            if form.gzip:
                body = await self._work(len(body) > _PACKED_INLINE_BYTES, lambda: unpack(body, self._limit))
                reservation.grow(len(body))
            return await self._stored(form, body, headers, scope, reservation)
        finally:
            reservation.release()

    async def _read(self, receive: Receive, reservation: Reservation) -> bytes:
        pieces, size = [], 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Gone
            piece = message.get("body", b"")
            size += len(piece)
            if size > self._limit:
                raise _too_large(self._limit)
            reservation.grow(size)
            pieces.append(piece)
            if not message.get("more_body"):
                return b"".join(pieces)

    async def _stored(
        self, form: Form, body: bytes, headers: Headers, scope: Scope, reservation: Reservation
    ) -> Accepted | None:
        writer, signal = self._world.ingest, self._signal
        digest = digest_of(f"{signal.name} {form.json}", body)
        known = writer.find(digest)
        if known is not None:
            await asyncio.wrap_future(known)
            return None
        visitor = self._visitor(body, headers, scope)
        withheld = personal if visitor.privacy else None
        natively = writer.reads(signal)
        request = await self._work(
            len(body) > INLINE_BYTES,
            lambda: accept(
                signal, body, json=form.json, enrichment=visitor.attributes, natively=natively, withheld=withheld
            ),
        )
        if request.rows:
            await asyncio.wrap_future(writer.submit(request, digest, reservation))
        return request

    def _visitor(self, body: bytes, headers: Headers, scope: Scope) -> Visitor:
        """What is known of a browser that sends for itself; a collector that passes its data on has no Origin."""
        if "origin" not in headers or _SESSION not in body:
            return _NOBODY
        peer = scope.get("client")
        return self._world.enricher.visitor(headers, peer[0] if peer else "")

    async def _work(self, large: bool, work: Callable[[], Answer]) -> Answer:
        if not large:
            return work()
        if self._threads is None:
            self._threads = CapacityLimiter(_THREADS)
        return await to_thread.run_sync(work, limiter=self._threads)


class Doorstep:
    """ASGI middleware that hands telemetry to its receiver, past the application's routing. A receiver answers every
    method, so that a wrong one is told so in OTLP's way.
    """

    def __init__(self, app: ASGIApp, world: World) -> None:
        self._app = app
        self._receivers = {f"/v1/{name}": Receiver(world, signal) for name, signal in SIGNALS.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        receiver = self._receivers.get(scope["path"]) if scope["type"] == "http" else None
        await (receiver or self._app)(scope, receive, send)


def _form(headers: Headers) -> Form:
    """Raises UnsupportedMedia."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (PROTOBUF, JSON):
        raise UnsupportedMedia(f"The content type {kind!r} is not OTLP.", f"Send {PROTOBUF} or {JSON}.")
    packed = headers.get("content-encoding", "").strip().lower() or "identity"
    if packed not in ("gzip", "identity"):
        raise UnsupportedMedia(f"The content encoding {packed!r} is not understood.", "Send gzip, or none.")
    return Form(kind == JSON, packed == "gzip")


def _too_large(limit: int) -> TooLarge:
    return TooLarge(
        f"The request has more than {limit:,} bytes.", "Send smaller batches, or raise EXOS_INGEST_REQUEST_BYTES."
    )
