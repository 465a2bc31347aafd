"""The OTLP routes for OpenAPI: they are no FastAPI routes, which would describe themselves."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from exos.ingest.otlp import SIGNALS
from exos.server.otlp_answers import JSON, PROTOBUF

_ANSWERS = {
    "200": "Stored and committed; `partialSuccess` counts what could not be",
    "400": "The body is not OTLP",
    "401": "The ingest key is missing or not known",
    "405": "Telemetry is sent with POST",
    "413": "Too large, packed or unpacked, or too many rows",
    "415": "Neither protobuf nor JSON, or packed otherwise than with gzip",
    "429": "Too much waits to be stored; see Retry-After",
    "503": "The storage fails, or the server is stopping; see Retry-After",
}


def describe(app: FastAPI) -> None:
    """Add the OTLP routes to what the application says about itself."""
    own = app.openapi

    def whole() -> dict[str, Any]:
        schema = own()
        schema["paths"].update({f"/v1/{name}": {"post": _operation(name)} for name in SIGNALS})
        return schema

    app.openapi = whole  # type: ignore[method-assign]


def _operation(name: str) -> dict[str, Any]:
    service = {"traces": "trace", "logs": "logs", "metrics": "metrics"}[name]
    message = f"opentelemetry.proto.collector.{service}.v1: the service's request message"
    content = {PROTOBUF: {"schema": {"type": "string", "format": "binary"}}, JSON: {"schema": {"type": "object"}}}
    return {
        "tags": ["telemetry"],
        "summary": f"Take in {name} (OTLP/HTTP)",
        "description": f"{message}; plain or gzip. `Authorization` is an ingest key, raw or after `Bearer`.",
        "operationId": f"export_{name}",
        "requestBody": {"required": True, "content": content},
        "responses": {status: {"description": text, "content": content} for status, text in _ANSWERS.items()},
    }
