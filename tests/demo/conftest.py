"""One small demo world per test process, in the database that all tests share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from exos import demo
from exos.store.database import Database

END = date(2026, 11, 24)


@pytest.fixture(scope="session")
def end() -> date:
    """The first day that is not in the data."""
    return END


@pytest.fixture(scope="session")
def world(database: Database) -> Iterator[Database]:
    """The database with the default world in it."""
    summary = demo.generate(database, end=END)
    assert summary.cases == 50_000
    yield database
    demo.clear(database)
