"""The catalogue of analyses, and running them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from exos.server.routes.answers import ERRORS, ColumnAnswer, TableAnswer, table
from exos.server.running import cancellable, in_thread
from exos.server.world import world

router = APIRouter(prefix="/api/playbook", tags=["playbook"])


SUMMARY_EXAMPLE: dict[str, Any] = {
    "slug": "process/dfg", "area": "process", "title": "Directly-follows graph", "question": "Which activity follows which?",
    "description": "One row per pair of activities.", "shows": "flow", "trusted": True,
    "parameters": [
        {
            "name": "process", "type": "String", "label": "Process", "help": "The process whose cases are looked at.",
            "default": None, "required": True, "choices": [],
        }
    ],
}  # fmt: skip
DETAIL_EXAMPLE: dict[str, Any] = {
    **SUMMARY_EXAMPLE,
    "columns": [{"name": "source", "type": "String"}, {"name": "frequency", "type": "UInt64"}],
    "sql": "SELECT … FROM selected_cases … LIMIT {limit:UInt64}",
}
STATEMENT_EXAMPLE: dict[str, Any] = {
    "sql": "WITH selected_cases AS (SELECT * FROM cases FINAL WHERE process = {process:String}) SELECT …",
    "params": {"process": "loan", "limit": 100},
}


class ParameterAnswer(BaseModel):
    """A parameter: its ClickHouse type, and its default unless it is required."""

    name: str
    type: str
    label: str
    help: str
    default: Any
    required: bool
    choices: list[Any]


class AnalysisAnswer(BaseModel):
    """An analysis as the catalogue lists it."""

    slug: str = Field(examples=["process/dfg"])
    area: str = Field(examples=["process"])
    title: str = Field(examples=["Directly-follows graph"])
    question: str
    description: str
    shows: str = Field(examples=["flow"])
    trusted: bool = Field(description="False for analyses of your own, whose SQL goes through the guard")
    parameters: list[ParameterAnswer]


class CatalogueAnswer(BaseModel):
    """All analyses."""

    analyses: list[AnalysisAnswer]
    model_config = {"json_schema_extra": {"examples": [{"analyses": [SUMMARY_EXAMPLE]}]}}


class DetailAnswer(AnalysisAnswer):
    """An analysis with its output columns and its SQL."""

    columns: list[ColumnAnswer]
    sql: str
    model_config = {"json_schema_extra": {"examples": [DETAIL_EXAMPLE]}}


class RunBody(BaseModel):
    """Values of parameters by name."""

    params: dict[str, Any] = Field(default_factory=dict)
    model_config = {
        "extra": "forbid",
        "json_schema_extra": {
            "examples": [{"params": {"process": "loan", "since": "2026-03-01T00:00:00Z", "limit": 100}}]
        },
    }


class StatementAnswer(BaseModel):
    """The SQL that a run would send, and the values bound in it."""

    sql: str
    params: dict[str, Any]
    model_config = {"json_schema_extra": {"examples": [STATEMENT_EXAMPLE]}}


@router.get("", response_model=CatalogueAnswer, responses=ERRORS, summary="List all analyses")
async def catalogue(request: Request) -> dict[str, Any]:
    """Every analysis with its question and parameters."""
    return {"analyses": [one.summary() for one in world(request).analyses]}


@router.get("/{area}/{name}", response_model=DetailAnswer, responses=ERRORS, summary="Describe an analysis")
async def detail(request: Request, area: str, name: str) -> dict[str, Any]:
    """One analysis with its output columns and SQL."""
    here = world(request)
    analysis = here.analyses.get(f"{area}/{name}")
    columns = await in_thread(lambda: here.analyses.describe(here.database, analysis.slug))
    return {
        **analysis.summary(),
        "columns": [{"name": one.name, "type": one.type} for one in columns],
        "sql": analysis.sql,
    }


@router.post("/{area}/{name}/run", response_model=TableAnswer, responses=ERRORS, summary="Run an analysis")
async def run(request: Request, area: str, name: str, body: RunBody) -> Response:
    """The table that `exos run AREA/NAME --format json` prints. Closing the connection cancels the query."""
    here = world(request)
    slug = f"{area}/{name}"
    result = await cancellable(request, lambda query_id: here.analyses.run(here.database, slug, body.params, query_id))
    return table(result)


@router.post("/{area}/{name}/sql", response_model=StatementAnswer, responses=ERRORS, summary="Show the SQL of a run")
async def statement(request: Request, area: str, name: str, body: RunBody) -> dict[str, Any]:
    """The complete SQL that a run with these parameters would send."""
    here = world(request)
    made = await in_thread(lambda: here.analyses.statement(here.database, f"{area}/{name}", body.params))
    return {"sql": made.sql, "params": dict(made.values)}
