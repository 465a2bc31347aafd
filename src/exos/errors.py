"""What can go wrong, as one tree.

ExosError
  BadRequest            400  what was asked makes no sense
    BadParameter        400  a parameter is missing, unknown or of the wrong type
    BadSQL              400  SQL that the engine cannot parse or resolve
    BadTelemetry        400  telemetry that is not OTLP
  Unauthorized          401  no key, or one that is not known
  QueryRefused          403  free SQL that the guard does not let through
  NotFound              404  no such analysis, process, case …
  QueryTimeout          408  the query ran into its time limit
  Conflict              409  what is to be made is there already
  QueryTooLarge         413  the query ran into its memory or result limit
  TooLarge              413  a request that holds more than one may
  UnsupportedMedia      415  a content type or encoding that is not understood
  BadFile               422  a file that cannot be imported
  Busy                  429  more is being sent than can be stored: the same again in a moment
  QueryCancelled        499  the caller cancelled the query
  BadSettings           500  a setting has an unusable value (start-up only)
  BadAnalysis           500  a Playbook file is malformed (start-up only)
  Unavailable           503  the engine cannot be reached or used right now
    DatabaseBusy        503  another process owns the embedded database
    LockedOut           503  the ClickHouse server takes neither user nor password

Every door shows the same three things: a stable `code`, a `message` that says what happened, and a `hint` that says
what to do next.
"""

from __future__ import annotations

from typing import ClassVar


class ExosError(Exception):
    """Root of all errors meant for a person. `status` is the HTTP status, `code` a stable identifier."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "error"

    def __init__(self, message: str, hint: str = "") -> None:
        # What was asked may be no Unicode; what is answered has to be.
        message, hint = (text.encode("utf-8", "backslashreplace").decode() for text in (message, hint))
        super().__init__(message)
        self.message = message
        self.hint = hint

    def envelope(self) -> dict[str, dict[str, str]]:
        """The body of every error answer: `{"error": {"code", "message", "hint"}}`."""
        return {"error": {"code": self.code, "message": self.message, "hint": self.hint}}


class BadRequest(ExosError):
    """What was asked makes no sense."""

    status = 400
    code = "bad_request"


class BadParameter(BadRequest):
    """A parameter is missing, unknown or of the wrong type."""

    code = "bad_parameter"


class BadSQL(BadRequest):
    """SQL that the engine cannot parse or resolve."""

    code = "bad_sql"


class BadTelemetry(BadRequest):
    """Telemetry that is not OTLP."""

    code = "bad_telemetry"


class Unauthorized(ExosError):
    """No key, or one that is not known."""

    status = 401
    code = "unauthorized"


class QueryRefused(ExosError):
    """Free SQL that the guard does not let through."""

    status = 403
    code = "query_refused"


class NotFound(ExosError):
    """No such analysis, process, case or page."""

    status = 404
    code = "not_found"


class QueryTimeout(ExosError):
    """The query ran into its time limit."""

    status = 408
    code = "query_timeout"


class Conflict(ExosError):
    """What is to be made is there already."""

    status = 409
    code = "conflict"


class QueryTooLarge(ExosError):
    """The query ran into its memory or result limit."""

    status = 413
    code = "query_too_large"


class TooLarge(ExosError):
    """A request that holds more than one may."""

    status = 413
    code = "too_large"


class UnsupportedMedia(ExosError):
    """A content type or encoding that is not understood."""

    status = 415
    code = "unsupported_media"


class BadFile(ExosError):
    """A file that cannot be imported."""

    status = 422
    code = "bad_file"


class Busy(ExosError):
    """More is being sent than can be stored right now; the sender comes again in a moment."""

    status = 429
    code = "busy"


class QueryCancelled(ExosError):
    """The caller cancelled the query."""

    status = 499
    code = "query_cancelled"


class BadSettings(ExosError):
    """A setting has an unusable value."""

    code = "bad_settings"


class BadAnalysis(ExosError):
    """A Playbook file is malformed; the message starts with file:line."""

    code = "bad_analysis"


class Unavailable(ExosError):
    """The engine cannot be reached or used right now."""

    status = 503
    code = "unavailable"


class DatabaseBusy(Unavailable):
    """Another process owns the embedded database. `url` is its HTTP address where it serves one."""

    code = "database_busy"

    def __init__(self, message: str, hint: str = "", *, pid: int = 0, url: str = "") -> None:
        super().__init__(message, hint)
        self.pid = pid
        self.url = url


class LockedOut(Unavailable):
    """The ClickHouse server takes neither user nor password."""

    code = "locked_out"
