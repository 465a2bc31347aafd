"""Runs the refused corpus on an engine of its own, with a table outside the allowed databases: once the whole way, once
without the guard, to know what grants and `readonly = 1` stop alone. Prints a report as JSON.

One engine per process, and this one may be broken by what it runs: start it as `python guard_layers.py FOLDER`.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import chdb
import pyarrow as pa

from corpus.guard_corpus import PARAMS, VAULT, Canaries, Case, load_events, read_corpus
from exos.errors import BadRequest, ExosError, QueryRefused
from exos.freesql import run_free_sql
from exos.settings import Settings
from exos.store.database import Database, Limits
from exos.store.migrate import migrate

_LIMITS = Limits(seconds=1, rows=1000, memory=512 * 1024**2)


def lay_vault(home: Path, token: str) -> None:
    """Make the table outside the allowed databases, with all the rights that the product's engine does not have."""
    (home / "db").mkdir(parents=True)
    connection = chdb.connect(str(home / "db"))
    connection.query("CREATE DATABASE vault")
    connection.query(f"CREATE TABLE {VAULT} (secret String) ENGINE = MergeTree ORDER BY secret")
    connection.query(f"INSERT INTO {VAULT} VALUES ('{token}')")
    assert token in str(connection.query(f"SELECT * FROM {VAULT}"))
    connection.close()


def run_guarded(cases: list[Case], database: Database, canaries: Canaries) -> dict[str, Any]:
    """How many were refused, and what passed or leaked."""
    report: dict[str, Any] = {"refused": 0, "wrong": []}
    for case in cases:
        try:
            run_free_sql(database, canaries.fill(case.sql), PARAMS)
        except (QueryRefused, BadRequest) as error:
            report["refused"] += 1
            if canaries.token in f"{error.message} {error.hint}":
                report["wrong"].append(f"{case}: {error.message}")
        except ExosError as error:
            report["wrong"].append(f"{case}: {error!r}")
        else:
            report["wrong"].append(f"{case}: passed")
    report["touched"] = canaries.touched()
    return report


def run_bare(cases: list[Case], database: Database, canaries: Canaries) -> dict[str, Any]:
    """How many the engine answers without the guard, and in how many answers the canary's content is."""
    canary_frame = pa.table({"secret": [canaries.token]})
    report: dict[str, Any] = {"stopped": 0, "answered": [], "leaked": []}
    for case in cases:
        sql = re.sub(r"[;\s]+$", "", canaries.fill(case.sql))
        try:
            used = database._used_params(sql, PARAMS)
            text = database._engine.read(sql, used, _LIMITS, "bare").decode(errors="replace")
        except Exception as error:  # noqa: BLE001 - whatever stops it counts
            report["stopped"] += 1
            text = str(error)
        else:
            report["answered"].append(str(case))
        if canaries.token in text:
            report["leaked"].append(str(case))
    assert canary_frame.num_rows == 1
    report["touched"] = canaries.touched()
    return report


def main(folder: Path) -> None:
    """Run both and print the report."""
    (folder / "canary").mkdir(parents=True)
    canaries = Canaries(folder / "canary")
    cases = read_corpus("refused")
    home = folder / "home"
    lay_vault(home, canaries.token)
    settings = Settings.load({}, home=str(home), memory_limit=1024, readers=1)
    with Database.open(settings) as database:
        migrate(database, settings)
        load_events(database)
        guarded = run_guarded(cases, database, canaries)
        bare = run_bare(cases, database, canaries)
    sys.stdout.write(json.dumps({"cases": len(cases), "guarded": guarded, "bare": bare}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
