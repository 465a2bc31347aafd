"""What the routes answer, for OpenAPI."""

from __future__ import annotations

from typing import Any

from fastapi.responses import Response
from pydantic import BaseModel, Field

from exos.types import Result

TABLE_EXAMPLE: dict[str, Any] = {
    "columns": [{"name": "source", "type": "String"}, {"name": "frequency", "type": "UInt64"}],
    "rows": [["Order received", 4790], ["Assign examiner", 4744]],
    "statistics": {"elapsed": 0.012, "rows_read": 261740, "bytes_read": 44307660},
}

ERROR_EXAMPLE: dict[str, Any] = {
    "error": {
        "code": "bad_parameter",
        "message": "The parameter 'process' is missing.",
        "hint": "Process: The process whose cases are looked at.",
    }
}
IMPORTS_EXAMPLE: dict[str, Any] = {
    "imports": [
        {
            "id": "9f2c61d07b3ae845", "process": "loan", "file": "loan.xes.gz", "format": "xes", "bytes": 3340000,
            "state": "complete", "events": 262200, "cases": 13087,
            "activities": 24, "rejected": 0, "rejections": [], "seconds": 1.1, "started_at": "2026-03-02T09:00:00.000000Z",
            "updated_at": "2026-03-02T09:00:03.000000Z", "hint": "",
        }
    ]
}  # fmt: skip
FORGOTTEN_EXAMPLE: dict[str, Any] = {
    "process": "loan", "imports": ["9f2c61d07b3ae845"], "events": 262200, "cases": 13087, "incomplete": []
}  # fmt: skip


class ColumnAnswer(BaseModel):
    """A result column and its ClickHouse type."""

    name: str
    type: str


class StatisticsAnswer(BaseModel):
    """What the query cost: seconds, rows and bytes read."""

    elapsed: float
    rows_read: int
    bytes_read: int


class TableAnswer(BaseModel):
    """A table. Rows are arrays in the order of the columns; times are RFC 3339 in UTC."""

    columns: list[ColumnAnswer]
    rows: list[list[Any]]
    statistics: StatisticsAnswer
    truncated: bool = Field(False, description="True when free SQL was cut at EXOS_SQL_ROWS; absent otherwise")
    model_config = {"json_schema_extra": {"examples": [TABLE_EXAMPLE]}}


class ImportAnswer(BaseModel):
    """An import of an event log: `complete`, `running` or `interrupted`. Counts and seconds are null where it has not come
    to its end.
    """

    id: str
    process: str
    file: str
    format: str
    bytes: int
    state: str
    events: int | None
    cases: int | None
    activities: int | None
    rejected: int | None = Field(description="Rows that were not taken in")
    rejections: list[str] = Field(description="Why they were not, with examples")
    seconds: float | None
    started_at: str
    updated_at: str
    hint: str = Field(description="What to do about an import that was interrupted")


class ImportsAnswer(BaseModel):
    """Imports, the latest first."""

    imports: list[ImportAnswer]
    model_config = {"json_schema_extra": {"examples": [IMPORTS_EXAMPLE]}}


class IncompleteAnswer(BaseModel):
    """An import that lost events with another one, because both had brought them."""

    id: str
    file: str
    missing: int


class ForgottenAnswer(BaseModel):
    """What was removed."""

    process: str
    imports: list[str]
    events: int
    cases: int
    incomplete: list[IncompleteAnswer] = Field(description="Imports to be done again, for events that both had brought")
    model_config = {"json_schema_extra": {"examples": [FORGOTTEN_EXAMPLE]}}


class ErrorBody(BaseModel):
    """What happened and what to do next."""

    code: str = Field(examples=["bad_parameter"])
    message: str = Field(examples=["The parameter 'process' is missing."])
    hint: str = Field(examples=["Process: The process whose cases are looked at."])


class ErrorAnswer(BaseModel):
    """Every error has this shape."""

    error: ErrorBody
    model_config = {"json_schema_extra": {"examples": [ERROR_EXAMPLE]}}


ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorAnswer, "description": "A parameter or the SQL makes no sense"},
    403: {"model": ErrorAnswer, "description": "Refused"},
    404: {"model": ErrorAnswer, "description": "There is no such thing"},
    408: {"model": ErrorAnswer, "description": "The query took too long"},
    413: {"model": ErrorAnswer, "description": "The query needs more memory or rows than it may use"},
    503: {"model": ErrorAnswer, "description": "The engine cannot be used right now; see Retry-After"},
}


def table(result: Result) -> Response:
    """The result as the JSON that the engine wrote."""
    return Response(result.to_json(), media_type="application/json")
