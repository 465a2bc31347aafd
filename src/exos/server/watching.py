"""EXOS watches itself: spans of its API and of the queries behind it, stored like everybody else's telemetry.

They go straight to the writer, as the service `exos-server`, and never over HTTP. What takes telemetry in makes none, or every
span would beget another; when the writer is busy, spans are dropped and nobody waits for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from opentelemetry import trace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from exos import __version__
from exos.errors import ExosError
from exos.ingest.memory import digest_of
from exos.ingest.otlp import TRACES, accept
from exos.ingest.writer import Writer
from exos.store.database import Database
from exos.types import Statistics

SERVICE = "exos-server"
WATCHED = "/api/"
_QUEUE, _BATCH, _PAUSE_MILLISECONDS = 2048, 2048, 5000
_ANALYSIS: ContextVar[str] = ContextVar("analysis", default="")
_PLAYBOOK = "/api/playbook/"


class OwnTelemetry:
    """The tracer of one server, and what it watches. `close` stores the last spans; the writer is closed after it."""

    def __init__(self, writer: Writer, database: Database) -> None:
        resource = Resource({"service.name": SERVICE, "service.version": __version__})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(
            BatchSpanProcessor(
                _ToWriter(writer),
                max_queue_size=_QUEUE,
                max_export_batch_size=_BATCH,
                schedule_delay_millis=_PAUSE_MILLISECONDS,
            )
        )
        self.tracer = self._provider.get_tracer("exos", __version__)
        self._database = database
        database.observer = self._query

    def close(self) -> None:
        """Store what was seen last and watch no more."""
        self._database.observer = None
        self._provider.shutdown()

    @contextmanager
    def _query(self) -> Iterator[Callable[[Statistics], None]]:
        """A span around a query that a watched request asks. Background work has no request, and makes no spans."""
        if not trace.get_current_span().is_recording():
            yield _nobody
            return
        analysis = _ANALYSIS.get()
        with self.tracer.start_as_current_span(f"query {analysis}".strip(), kind=SpanKind.CLIENT) as span:
            span.set_attribute("db.system.name", "clickhouse")
            if analysis:
                span.set_attribute("exos.analysis", analysis)

            def note(cost: Statistics) -> None:
                span.set_attribute("exos.query.rows_read", cost.rows_read)
                span.set_attribute("exos.query.bytes_read", cost.bytes_read)

            yield note


class Traced:
    """ASGI middleware: a server span for every request to the API, a child of the caller's where it names one."""

    def __init__(self, app: ASGIApp, watch: Callable[[], OwnTelemetry]) -> None:
        self._app = app
        self._watch = watch
        self._propagator = TraceContextTextMapPropagator()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(WATCHED):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        context = self._propagator.extract(
            {key: headers[key] for key in ("traceparent", "tracestate") if key in headers}
        )
        status = 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        token = _ANALYSIS.set(_slug(scope["path"]))
        method = scope["method"]
        with self._watch().tracer.start_as_current_span(method, context, SpanKind.SERVER) as span:
            try:
                await self._app(scope, receive, noting)
            finally:
                _ANALYSIS.reset(token)
                _describe(span, scope, method, status)


class _ToWriter(SpanExporter):
    """Hands spans to the writer and does not wait for them."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        body = _request(spans).SerializeToString()
        try:
            reservation = self._writer.admit(TRACES.name, len(body))
            request = accept(TRACES, body, json=False, natively=self._writer.reads(TRACES))
            self._writer.submit(request, digest_of(SERVICE, body), reservation)
        except ExosError:
            return SpanExportResult.FAILURE
        return SpanExportResult.SUCCESS


def _describe(span: trace.Span, scope: Scope, method: str, status: int) -> None:
    route = getattr(scope.get("route"), "path", "")
    if route:
        span.update_name(f"{method} {route}")
        span.set_attribute("http.route", route)
    slug = _slug(scope["path"])
    if slug:
        span.set_attribute("exos.analysis", slug)
    span.set_attributes({"http.request.method": method, "url.path": scope["path"], "http.response.status_code": status})
    if status >= 500:
        span.set_status(StatusCode.ERROR)
        span.set_attribute("error.type", str(status))


def _slug(path: str) -> str:
    """The analysis that a path of the Playbook's API names."""
    if not path.startswith(_PLAYBOOK):
        return ""
    return path.removeprefix(_PLAYBOOK).removesuffix("/run").removesuffix("/sql")


def _nobody(_: Statistics) -> None:
    return


def _request(spans: Sequence[ReadableSpan]) -> ExportTraceServiceRequest:
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    resource.resource.attributes.extend(_attributes(spans[0].resource.attributes))
    scope: Any = resource.scope_spans.add()
    scope.scope.name, scope.scope.version = "exos", __version__
    for one in spans:
        made = scope.spans.add(
            trace_id=one.context.trace_id.to_bytes(16, "big"),
            span_id=one.context.span_id.to_bytes(8, "big"),
            name=one.name,
            kind=one.kind.value + 1,
            start_time_unix_nano=one.start_time or 0,
            end_time_unix_nano=one.end_time or 0,
            attributes=_attributes(one.attributes or {}),
        )
        if one.parent is not None:
            made.parent_span_id = one.parent.span_id.to_bytes(8, "big")
        made.status.code, made.status.message = one.status.status_code.value, one.status.description or ""
        for event in one.events:
            made.events.add(
                time_unix_nano=event.timestamp, name=event.name, attributes=_attributes(event.attributes or {})
            )
    return request


def _attributes(given: Any) -> list[KeyValue]:
    return [KeyValue(key=key, value=_value(value)) for key, value in given.items()]


def _value(value: Any) -> AnyValue:
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    return AnyValue(double_value=value) if isinstance(value, float) else AnyValue(string_value=str(value))
