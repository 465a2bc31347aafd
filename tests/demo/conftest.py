"""One small demo world per test process, in the database that all tests share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from exos import demo
from exos.store.database import Database
from exos.types import Result

END = date(2026, 11, 24)
_TELEMETRY = re.compile(r"\b(FROM|JOIN) (otel_\w+|hyperdx_sessions)\b")
_MINE = r"\1 (SELECT * FROM \2 WHERE ResourceAttributes['exos.demo'] != '')"


class OfTheDemo(Database):
    """The database, as if nothing but the demo's were in the tables of telemetry: other tests write there, too."""

    def __init__(self, whole: Database) -> None:
        self.__dict__ = whole.__dict__

    def query(self, sql: str, params: Mapping[str, Any] | None = None, **more: Any) -> Result:
        return super().query(_TELEMETRY.sub(_MINE, sql), params, **more)


@pytest.fixture(scope="session")
def end() -> date:
    """The first day that is not in the data."""
    return END


@pytest.fixture(scope="session")
def world(database: Database) -> Database:
    """The database with the default world in it."""
    summary = demo.generate(database, end=END)
    assert summary.cases == 50_000
    return OfTheDemo(database)
