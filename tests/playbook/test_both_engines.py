"""The same rows, byte for byte, from the embedded engine and from a server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from clickhouse_server import READER, serve
from eventlogs import ORDERS, load
from exos.analysis import Playbook
from exos.settings import Settings
from exos.store.database import Database
from exos.store.migrate import migrate

PLAYBOOK = Playbook.load()
PROCESS = "both-engines"
GIVEN = {
    "process/timeline": {"case": "o1"},
    "process/transitions": {"source": "search", "target": "examine"},
    "process/trend": {"interval": "day"},
}
pytestmark = pytest.mark.embedded("it asks a server and the embedded engine")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    home = tmp_path_factory.mktemp("server")
    with serve(home) as dsn:
        settings = Settings.load({}, home=str(home), database=dsn, database_reader=READER, memory_limit=1024)
        with Database.open(settings) as opened:
            migrate(opened, settings)
            load(opened, PROCESS, ORDERS)
            yield opened


@pytest.fixture(scope="module")
def embedded(database: Database) -> Database:
    load(database, PROCESS, ORDERS)
    return database


@pytest.mark.parametrize("slug", [one.slug for one in PLAYBOOK if one.slug != "process/processes"])
def test_same_rows(embedded: Database, server: Database, slug: str) -> None:
    params = {"process": PROCESS, **GIVEN.get(slug, {})}
    here, there = PLAYBOOK.run(embedded, slug, params), PLAYBOOK.run(server, slug, params)
    assert here.columns == there.columns
    assert here.rows_json == there.rows_json
    assert len(here.rows) > 0
