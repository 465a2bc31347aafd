"""Free read-only SQL, through the guard."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from exos.freesql import run_free_sql
from exos.server.routes.answers import ERRORS, TableAnswer, table
from exos.server.running import cancellable
from exos.server.world import world

router = APIRouter(prefix="/api/query", tags=["query"])


class QueryBody(BaseModel):
    """One SELECT, and the values of its `{name:Type}` placeholders."""

    sql: str = Field(max_length=262_144)
    params: dict[str, Any] = Field(default_factory=dict)
    model_config = {
        "extra": "forbid",
        "json_schema_extra": {
            "examples": [
                {
                    "sql": "SELECT activity, count() FROM case_events WHERE process = {process:String} GROUP BY 1",
                    "params": {"process": "loan"},
                }
            ]
        },
    }


@router.post("", response_model=TableAnswer, responses=ERRORS, summary="Run a read-only query")
async def query(request: Request, body: QueryBody) -> Response:
    """The result of one SELECT over EXOS's tables. Anything else is refused with the reason. Numbers that JSON has not
    are texts such as inf, -inf and nan.
    """
    here = world(request)
    result = await cancellable(request, lambda query_id: run_free_sql(here.database, body.sql, body.params, query_id))
    return table(result)
