"""What tables and columns there are, for the schema browser."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from exos.server.routes.answers import ERRORS
from exos.server.running import in_thread
from exos.server.world import world
from exos.store.catalogue import read_schema

router = APIRouter(prefix="/api/schema", tags=["schema"])


EXAMPLE: dict[str, Any] = {
    "tables": [
        {
            "database": "exos", "name": "case_events", "comment": "", "rows": 262200, "bytes": 4120000,
            "columns": [
                {"name": "activity", "type": "LowCardinality(String)", "comment": "What was done", "samples": ["Assign examiner"]}
            ],
        }
    ]
}  # fmt: skip


class SchemaColumn(BaseModel):
    """A column with its comment and a few of its values."""

    name: str
    type: str
    comment: str
    samples: list[Any]


class SchemaTable(BaseModel):
    """A table with its columns."""

    database: str
    name: str
    comment: str
    rows: int | None
    bytes: int | None
    columns: list[SchemaColumn]


class SchemaAnswer(BaseModel):
    """All tables that free SQL can read."""

    tables: list[SchemaTable]
    model_config = {"json_schema_extra": {"examples": [EXAMPLE]}}


@router.get("", response_model=SchemaAnswer, responses=ERRORS, summary="Tables, columns, comments and sample values")
async def schema(request: Request) -> dict[str, Any]:
    """Everything that `POST /api/query` can read."""
    return {"tables": await in_thread(lambda: read_schema(world(request).database))}
