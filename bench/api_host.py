"""`python -m bench.api_host HOME PORT`: the real application, and beside it in the same process the bare engine.

Reads one JSON object per line: `{"slug", "params"}`; runs that analysis's SQL through chDB alone, with the same settings and
output format, and answers with the seconds it took. So both sides ask one engine with one cache.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import chdb
import orjson
import uvicorn

from exos.analysis import Playbook
from exos.server.app import create_app
from exos.server.world import World
from exos.settings import Settings
from exos.store.database import READ_SETTINGS, Database
from exos.store.migrate import migrate


def main(home: str, port: str) -> None:
    """Serve until standard input ends."""
    settings = Settings.load({}, home=home, port=int(port))
    with Database.open(settings) as database:
        migrate(database, settings)
        analyses = Playbook.load()
        app = create_app(World(settings, database, analyses))
        config = uvicorn.Config(app, port=int(port), log_level="warning", access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            _answer(_bare(settings, database.name), analyses, database)
        finally:
            server.should_exit = True
            thread.join()


def _bare(settings: Settings, name: str) -> Any:
    """A connection to the engine with nothing of EXOS around it."""
    folder = Path(urlsplit(settings.database).path)
    connection = chdb.connect(f"{folder}?config-file={folder / 'config' / 'config.xml'}")
    connection.query(f"USE {name}")
    for key, value in READ_SETTINGS.items():
        connection.query(f"SET {key} = {value}" if isinstance(value, int) else f"SET {key} = '{value}'")
    return connection


def _answer(connection: Any, analyses: Playbook, database: Database) -> None:
    for line in sys.stdin:
        asked = orjson.loads(line)
        statement = analyses.statement(database, asked["slug"], asked["params"])
        values = {name: value for name, value in statement.values.items() if f"{{{name}:" in statement.sql}
        began = time.perf_counter()
        body = connection.query(statement.sql, "JSONCompact", params=values).bytes()
        took = time.perf_counter() - began
        print(orjson.dumps({"seconds": took, "bytes": len(body)}).decode(), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
