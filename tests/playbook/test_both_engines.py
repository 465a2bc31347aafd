"""The same rows, byte for byte, from the embedded engine and from a server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import aicalls
import marketing
import measured
import productevents
from clickhouse_server import READER, serve
from eventlogs import ORDERS, load
from exos.analysis import PROCESS_AREAS, Playbook
from exos.settings import Settings
from exos.store.database import Database
from exos.store.migrate import migrate

PLAYBOOK = Playbook.load()
PROCESS = "both-engines"
YEAR = 2000
"""Earlier than other tests' customers, who would count in any later year."""
GIVEN: dict[str, dict[str, Any]] = {
    "ai/steps": {"trace": f"{PROCESS}-t2"},
    "metrics/trend": {"metric": "latency"},
    "process/find": {"text": "o"},
    "sessions/events": {"session": "s1"},
    "sessions/trend": {"interval": "day"},
    "process/timeline": {"case": "o1"},
    "process/transitions": {"source": "search", "target": "examine"},
    "process/trend": {"interval": "day"},
}
pytestmark = pytest.mark.embedded("it asks a server and the embedded engine")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    home = tmp_path_factory.mktemp("server")
    with serve(home) as dsn:
        settings = Settings.load(
            {}, home=str(home), database=dsn, database_reader=READER, memory_limit=1024, telemetry_days=3650
        )
        with Database.open(settings) as opened:
            migrate(opened, settings)
            fill(opened)
            yield opened


@pytest.fixture(scope="module")
def embedded(database: Database) -> Database:
    fill(database)
    return database


def fill(database: Database) -> None:
    load(database, PROCESS, ORDERS)
    productevents.load(database, PROCESS, productevents.VISITS)
    aicalls.load(database, PROCESS, aicalls.CALLS)
    measured.load(database, PROCESS, measured.SITES)
    marketing.load(database, YEAR, marketing.SMALL)


def params(slug: str) -> dict[str, Any]:
    """Of each area only what this test put in."""
    area = slug.split("/")[0]
    if area == "attribution":
        return {**marketing.between(YEAR, 31, 120), **GIVEN.get(slug, {})}
    mine = (
        {"process": PROCESS}
        if area in PROCESS_AREAS
        else {"filters": [{"property": "service", "op": "=", "value": PROCESS}]}
    )
    return {**mine, **GIVEN.get(slug, {})}


@pytest.mark.parametrize("slug", [one.slug for one in PLAYBOOK if one.slug != "process/processes"])
def test_same_rows(embedded: Database, server: Database, slug: str) -> None:
    here, there = (PLAYBOOK.run(one, slug, params(slug)) for one in (embedded, server))
    assert here.columns == there.columns
    assert here.rows_json == there.rows_json
    assert len(here.rows) > 0
