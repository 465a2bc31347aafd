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

_RESOURCE = {"attributes": [{"key": "service.name", "value": {"stringValue": "order-api"}}]}
_IDS = {"traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174"}
_MOMENT = "1795464618655000000"
_SPAN = {**_IDS, "name": "approve", "kind": 2, "startTimeUnixNano": _MOMENT, "endTimeUnixNano": "1795464619000000000"}
_RECORD = {"timeUnixNano": _MOMENT, "severityText": "error", "body": {"stringValue": "no appraiser is free"}}
_GAUGE = {"name": "orders.open", "gauge": {"dataPoints": [{"timeUnixNano": _MOMENT, "asInt": "42"}]}}
_EXAMPLES = {
    "traces": {"resourceSpans": [{"resource": _RESOURCE, "scopeSpans": [{"spans": [_SPAN]}]}]},
    "logs": {"resourceLogs": [{"resource": _RESOURCE, "scopeLogs": [{"logRecords": [_RECORD]}]}]},
    "metrics": {"resourceMetrics": [{"resource": _RESOURCE, "scopeMetrics": [{"metrics": [_GAUGE]}]}]},
}


def describe(app: FastAPI) -> None:
    """Add the OTLP routes to what the application says about itself."""
    own = app.openapi

    def whole() -> dict[str, Any]:
        schema = own()
        schema["paths"].update({f"/v1/{name}": {"post": _operation(name)} for name in SIGNALS})
        schema["components"]["schemas"].update({_schema(name): _message(name) for name in SIGNALS})
        return schema

    app.openapi = whole  # type: ignore[method-assign]


def _operation(name: str) -> dict[str, Any]:
    request = {"schema": {"$ref": f"#/components/schemas/{_schema(name)}"}}
    return {
        "tags": ["telemetry"],
        "summary": f"Take in {name} (OTLP/HTTP)",
        "description": "Plain or gzip. `Authorization` is an ingest key, raw or after `Bearer`.",
        "operationId": f"export_{name}",
        "requestBody": {"required": True, "content": {PROTOBUF: request, JSON: request}},
        "responses": {code: {"description": text, "content": _content(code, text)} for code, text in _ANSWERS.items()},
    }


def _content(code: str, text: str) -> dict[str, Any]:
    example: dict[str, Any] = {"partialSuccess": {}} if code == "200" else {"message": f"{text}."}
    return {
        JSON: {"schema": {"type": "object"}, "example": example},
        PROTOBUF: {"schema": {"type": "string", "format": "binary"}},
    }


def _schema(name: str) -> str:
    return f"Otlp{name.title()}"


def _message(name: str) -> dict[str, Any]:
    kind = SIGNALS[name].request.DESCRIPTOR
    return {
        "type": "object",
        "description": f"{kind.full_name}, in protobuf or as OTLP/JSON",
        "examples": [_EXAMPLES[name]],
    }
