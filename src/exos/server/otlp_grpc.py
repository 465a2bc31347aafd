"""OTLP over gRPC, for senders that speak nothing else. grpcio is an optional extra.

The services are registered by name with raw bytes, so that a request takes the way of its HTTP twin: the same key, limits,
memory of what was stored, decoder and writer.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from exos.errors import BadSettings, ExosError, TooLarge, Unauthorized, Unavailable
from exos.ingest.memory import digest_of
from exos.ingest.otlp import SIGNALS, Accepted, Signal, accept
from exos.server.otlp_answers import bearer

if TYPE_CHECKING:
    from exos.server.world import World

THREADS = 64
"""Requests that may wait for their acknowledgement at a time; each takes a thread."""
WAIT_SECONDS = 60
_SERVICES = {"traces": "trace.v1.TraceService", "logs": "logs.v1.LogsService", "metrics": "metrics.v1.MetricsService"}
_CODES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    413: "RESOURCE_EXHAUSTED",
    429: "UNAVAILABLE",
    503: "UNAVAILABLE",
}
"""RESOURCE_EXHAUSTED is final to senders unless it says when to come again; what may be repeated is UNAVAILABLE."""


class GrpcReceiver:
    """The gRPC server on EXOS_GRPC_PORT."""

    def __init__(self, world: World) -> None:
        """Raises BadSettings when grpcio is not installed."""
        try:
            import grpc
        except ImportError:
            raise BadSettings(
                "EXOS_GRPC_PORT is set, and grpcio is not installed.",
                "pip install 'exos-analytics[grpc]', or set it to 0.",
            ) from None
        self._grpc: Any = grpc
        self._world = world
        self._limit = world.settings.ingest_request_bytes
        self._server: Any = None
        self.port = 0

    def start(self) -> None:
        """Listen. Raises Unavailable when the port is taken."""
        grpc = self._grpc
        options = [("grpc.max_receive_message_length", self._limit), ("grpc.so_reuseport", 0)]
        server = grpc.server(ThreadPoolExecutor(THREADS, "ingest-grpc"), options=options)
        server.add_generic_rpc_handlers([self._handler(signal) for signal in SIGNALS.values()])
        settings = self._world.settings
        try:
            self.port = server.add_insecure_port(f"{settings.host}:{settings.grpc_port}")
        except RuntimeError:
            raise Unavailable(
                f"Port {settings.grpc_port} on {settings.host} cannot be used for gRPC.",
                "Choose another EXOS_GRPC_PORT.",
            ) from None
        server.start()
        self._server = server

    def stop(self, seconds: float = 2.0) -> None:
        """Take nothing new, and let what is under way end."""
        if self._server is not None:
            self._server.stop(seconds).wait()

    def _handler(self, signal: Signal) -> Any:
        grpc = self._grpc
        method = grpc.unary_unary_rpc_method_handler(self._export(signal))
        name = f"opentelemetry.proto.collector.{_SERVICES[signal.name]}"
        return grpc.method_handlers_generic_handler(name, {"Export": method})

    def _export(self, signal: Signal) -> Callable[[bytes, Any], bytes]:
        def export(body: bytes, context: Any) -> bytes:
            try:
                self._check_key(context)
                accepted = self._stored(signal, body)
            except ExosError as error:
                self._world.ingest.counters.rejected(signal.name, error.code, error.message)
                code = getattr(self._grpc.StatusCode, _CODES.get(error.status, "INTERNAL"))
                context.abort(code, f"{error.message} {error.hint}".strip())
            response: Any = signal.response()
            if accepted is not None and accepted.rejected:
                setattr(response.partial_success, signal.rejected, accepted.rejected)
                response.partial_success.error_message = accepted.reason
            encoded: bytes = response.SerializeToString()
            return encoded

        return export

    def _check_key(self, context: Any) -> None:
        given = next((value for key, value in context.invocation_metadata() if key == "authorization"), "")
        if self._world.keys.name_of(bearer(given)) is None:
            raise Unauthorized("The ingest key is missing or not known.", "Send one as `authorization`.")

    def _stored(self, signal: Signal, body: bytes) -> Accepted | None:
        if len(body) > self._limit:
            raise TooLarge(f"The request has more than {self._limit:,} bytes.", "Send smaller batches.")
        writer = self._world.ingest
        reservation = writer.admit(signal.name, len(body))
        try:
            digest = digest_of(f"{signal.name} False", body)
            known, request = writer.find(digest), None
            if known is None:
                request = accept(signal, body, json=False, natively=writer.reads(signal))
                known = writer.submit(request, digest, reservation) if request.rows else None
            if known is not None:
                known.result(WAIT_SECONDS)
            return request
        except TimeoutError:
            raise Unavailable("The storage takes too long.", "Send it again.") from None
        finally:
            reservation.release()
