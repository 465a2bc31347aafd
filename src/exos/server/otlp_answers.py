"""What the OTLP routes answer: success and errors in the encoding of the request, and the headers for browsers."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.datastructures import Headers
from starlette.responses import Response

from exos.errors import ExosError
from exos.ingest.otlp import Signal

PROTOBUF, JSON = "application/x-protobuf", "application/json"
RETRY_SECONDS = "1"
_PREFLIGHT_SECONDS = "7200"
_STATUS_CODES = {400: 3, 401: 16, 403: 7, 404: 5, 405: 12, 413: 8, 415: 3, 429: 8, 503: 14}
"""The code of google.rpc.Status for each HTTP status."""


def success(signal: Signal, json: bool, rejected: int = 0, reason: str = "") -> Response:
    """All was stored, or all but `rejected` items."""
    if json:
        names = {"rejected_spans": "rejectedSpans", "rejected_log_records": "rejectedLogRecords"}
        field = names.get(signal.rejected, "rejectedDataPoints")
        body = {"partialSuccess": {field: str(rejected), "errorMessage": reason}} if rejected else {}
        return Response(orjson.dumps(body), media_type=JSON)
    message: Any = signal.response()
    if rejected:
        setattr(message.partial_success, signal.rejected, rejected)
        message.partial_success.error_message = reason
    return Response(message.SerializeToString(), media_type=PROTOBUF)


def failure(error: ExosError, json: bool) -> Response:
    """A `google.rpc.Status`; in JSON with EXOS's own error beside it."""
    code, text = _STATUS_CODES.get(error.status, 2), f"{error.message} {error.hint}".strip()
    headers = {}
    if error.status in (429, 503):
        headers["Retry-After"] = RETRY_SECONDS
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if error.status == 405:
        headers["Allow"] = "POST, OPTIONS"
    if json:
        body = orjson.dumps({"code": code, "message": text, **error.envelope()})
        return Response(body, error.status, headers, JSON)
    return Response(_status(code, text), error.status, headers, PROTOBUF)


def bearer(given: str) -> str:
    """The key in an Authorization header: raw, or after `Bearer`."""
    given = given.strip()
    scheme, _, token = given.partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token else given


def _status(code: int, text: str) -> bytes:
    """google.rpc.Status in protobuf: two fields, for which its package is not needed."""
    encoded = text.encode()
    size, length = len(encoded), bytearray()
    while size > 0x7F:
        length.append(size & 0x7F | 0x80)
        size >>= 7
    length.append(size)
    return b"\x08" + bytes([code]) + b"\x12" + bytes(length) + encoded


class Origins:
    """Which web pages may send, by EXOS_INGEST_ORIGINS."""

    def __init__(self, setting: str) -> None:
        self._names = {name.strip().rstrip("/").lower() for name in setting.split(",") if name.strip()}

    def allow(self, response: Response, headers: Headers) -> None:
        """Let the page that asked read the answer, if it may send."""
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        origin = headers.get("origin")
        if origin is None:
            return
        response.headers["Vary"] = "Origin"
        if "*" in self._names or origin.lower() in self._names:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = "Retry-After"

    def preflight(self, headers: Headers) -> Response:
        """The answer to a browser that asks whether it may send. Whatever headers it names are welcome: the key decides."""
        wanted = headers.get("access-control-request-headers", "authorization, content-type, content-encoding")
        response = Response(status_code=204)
        self.allow(response, headers)
        if "Access-Control-Allow-Origin" in response.headers:
            response.headers["Access-Control-Allow-Methods"] = "POST"
            response.headers["Access-Control-Allow-Headers"] = wanted
            response.headers["Access-Control-Max-Age"] = _PREFLIGHT_SECONDS
            if headers.get("access-control-request-private-network") == "true":
                response.headers["Access-Control-Allow-Private-Network"] = "true"
        return response
