"""Counts what the server does, for Prometheus."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REGISTRY = CollectorRegistry()
_REQUESTS = Counter("exos_http_requests_total", "HTTP requests answered", ["method", "status"], registry=REGISTRY)
_SECONDS = Histogram("exos_http_request_seconds", "Seconds until the answer was complete", registry=REGISTRY)
_OPEN = Gauge("exos_http_requests_open", "HTTP requests under way", registry=REGISTRY)
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def exposition(*further: CollectorRegistry) -> bytes:
    """All metrics in Prometheus's text format."""
    return b"".join(generate_latest(registry) for registry in (REGISTRY, *further))


class Counted:
    """ASGI middleware that counts requests."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500
        started = time.perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        method = scope["method"] if scope["method"] in _METHODS else "other"
        with _OPEN.track_inprogress():
            try:
                await self._app(scope, receive, noting)
            finally:
                _REQUESTS.labels(method, str(status)).inc()
                _SECONDS.observe(time.perf_counter() - started)
