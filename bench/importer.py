"""`python -m bench.importer SIDE FILE HOME`: one import in a process of its own; prints its seconds, events and cases as JSON.

Modules are loaded before by importing a few events of the same format, on both sides; an EXOS home is made before, too.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import orjson

WARM = "warm-up"


def main(side: str, file: str, home: str) -> None:
    """Import once and say how long it took."""
    path = Path(file)
    warm = path.with_name(f"warm-{path.name}")
    print(orjson.dumps(_exos(path, warm, Path(home)) if side == "exos" else _pm4py(side, path, warm)).decode())


def _exos(path: Path, warm: Path, home: Path) -> dict[str, float]:
    from exos.ingest.eventlog import Options, import_log
    from exos.settings import Settings
    from exos.store.database import Database
    from exos.store.migrate import migrate

    settings = Settings.load({}, home=str(home))
    with Database.open(settings) as database:
        migrate(database, settings)
        import_log(database, warm, Options(process=WARM))
        began = time.perf_counter()
        import_log(database, path, Options(process="log"))
        took = time.perf_counter() - began
        row = database.query("SELECT count(), sum(events) FROM cases FINAL WHERE process = 'log'").rows[0]
    return {"seconds": took, "cases": row[0], "events": row[1]}


def _pm4py(side: str, path: Path, warm: Path) -> dict[str, float]:
    from bench import peers

    read = peers.READERS[side]
    read(warm)
    began = time.perf_counter()
    frame = read(path)
    took = time.perf_counter() - began
    return {"seconds": took, "cases": frame[peers.CASE].nunique(), "events": len(frame)}


if __name__ == "__main__":
    main(*sys.argv[1:])
