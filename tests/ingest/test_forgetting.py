"""Listing imports and undoing them; what a killed import leaves is made good by whoever opens the database next."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from exos.errors import BadFile, BadRequest, NotFound
from exos.ingest.eventlog import Options, forget_import, forget_process, forgetting, import_log, ledger, listed, repeats
from exos.store.database import Database
from ingest.reading import Event, write_csv

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
ORDERS = [
    Event(f"c{case}", activity, START + timedelta(hours=case, minutes=place), "ann", "complete", {"n": str(place)})
    for case in range(20)
    for place, activity in enumerate(["receive", "check", "ship"])
]


def sizes(database: Database, process: str) -> list[int]:
    """Events in case_events, cases, events in cases."""
    sql = (
        "SELECT (SELECT count() FROM case_events FINAL WHERE process = {process:String}), count(), sum(length(activities))"
        " FROM cases FINAL WHERE process = {process:String}"
    )
    return [int(value or 0) for value in database.query(sql, {"process": process}).rows[0]]


def test_an_import_is_forgotten_and_can_be_done_again(tmp_path: Path, database: Database, process: str) -> None:
    kept = import_log(database, write_csv(tmp_path / "a.csv", ORDERS), Options(process=process))
    later = [
        *(replace(one, case=f"new-{one.case}") for one in ORDERS),
        replace(ORDERS[0], time=START + timedelta(days=9)),
    ]
    path = write_csv(tmp_path / "b.csv", later)
    gone = import_log(database, path, Options(process=process))
    assert sizes(database, process) == [121, 40, 121]
    done = forget_import(database, gone.id)
    assert (done.events, done.cases, done.incomplete) == (61, 20, [])
    assert sizes(database, process) == [60, 20, 60]
    assert [one["id"] for one in listed(database, process)] == [kept.id]
    with pytest.raises(NotFound, match="no import"):
        forget_import(database, gone.id)
    assert not import_log(database, path, Options(process=process)).unchanged
    assert sizes(database, process) == [121, 40, 121]


def test_events_that_two_imports_brought_are_told(tmp_path: Path, database: Database, process: str) -> None:
    first = write_csv(tmp_path / "a.csv", ORDERS[:30])
    earlier = import_log(database, first, Options(process=process))
    grown = import_log(database, write_csv(tmp_path / "b.csv", ORDERS), Options(process=process))
    database.command("OPTIMIZE TABLE case_events FINAL")
    done = forget_import(database, grown.id)
    assert done.incomplete == [{"id": earlier.id, "file": "a.csv", "missing": 30}]
    assert [(one["id"], one["state"]) for one in listed(database, process)] == [(earlier.id, "interrupted")]
    assert import_log(database, first, Options(process=process)).events == 30
    assert sizes(database, process) == [30, 10, 30]


def test_a_process_is_forgotten(tmp_path: Path, database: Database, process: str) -> None:
    path = write_csv(tmp_path / "a.csv", ORDERS)
    summary = import_log(database, path, Options(process=process))
    import_log(database, path, Options(process=f"{process}-other"))
    done = forget_process(database, process)
    assert (done.events, done.cases, done.imports) == (60, 20, [summary.id])
    assert (sizes(database, process), sizes(database, f"{process}-other")) == ([0, 0, 0], [60, 20, 60])
    assert listed(database, process) == []
    with pytest.raises(NotFound, match="no process"):
        forget_process(database, process)


@pytest.mark.parametrize("step", ["_drop_cases", "_incomplete"])
def test_forgetting_that_was_interrupted_goes_on(
    step: str, tmp_path: Path, database: Database, process: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_log(database, write_csv(tmp_path / "a.csv", ORDERS[:30]), Options(process=process))
    gone = import_log(
        database, write_csv(tmp_path / "b.csv", [replace(one, case="x") for one in ORDERS]), Options(process=process)
    )
    with monkeypatch.context() as broken:

        def interrupted(*_: Any) -> None:
            raise KeyboardInterrupt

        broken.setattr(forgetting, step, interrupted)
        with pytest.raises(KeyboardInterrupt):
            forget_import(database, gone.id)
    assert {one["id"]: one["state"] for one in listed(database, process)}[gone.id] == "interrupted"
    forget_import(database, gone.id)
    assert sizes(database, process) == [30, 10, 30]


@pytest.mark.parametrize("packed_first", [True, False])
def test_packed_and_plain_are_one_log(packed_first: bool, tmp_path: Path, database: Database, process: str) -> None:
    plain = write_csv(tmp_path / "log.csv", ORDERS)
    packed = tmp_path / "log.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    one, other = (packed, plain) if packed_first else (plain, packed)
    first = import_log(database, one, Options(process=process))
    again = import_log(database, other, Options(process=process))
    assert (first.unchanged, again.unchanged, again.id, again.events) == (False, True, first.id, 60)
    assert sizes(database, process) == [60, 20, 60]
    assert [known["id"] for known in listed(database, process)] == [first.id]


def test_a_failed_import_is_not_called_interrupted(tmp_path: Path, database: Database, process: str) -> None:
    path = tmp_path / "log.csv"
    path.write_text("case,activity,timestamp\n1,a,never\n")
    with pytest.raises(BadFile):
        import_log(database, path, Options(process=process))
    assert listed(database, process) == []


KILLED = """
import os, signal, sys
from exos.ingest.eventlog import Options, import_log
from exos.settings import Settings
from exos.store.database import Database
from exos.store.migrate import migrate

settings = Settings.load({}, home=sys.argv[1], memory_limit=1024, readers=1)
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
database = Database.open(settings)
migrate(database, settings)
command = database.command
def dying(sql, *more):
    if sys.argv[3] == "refresh" and "INSERT INTO cases " in sql:
        die()
    command(sql, *more)
    if sys.argv[3] == "publish" and "ATTACH PARTITION" in sql:
        die()
database.command = dying
import_log(database, sys.argv[2], Options(process="orders"))
"""


@pytest.mark.timeout(120)
@pytest.mark.parametrize("step", ["publish", "refresh"])
def test_what_a_killed_import_left_is_made_good_at_the_next_opening(step: str, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "log.csv", ORDERS)
    child = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), str(path), step], capture_output=True, timeout=60, check=False
    )
    assert child.returncode == -signal.SIGKILL, child.stderr
    sql = "SELECT count(), sum(events) FROM cases"
    assert '"rows":[\n\t\t[20, 60]' in exos(tmp_path, "sql", sql, "--format", "json")
    (line,) = (row for row in exos(tmp_path, "imports").splitlines() if "interrupted" in row and "log.csv" in row)
    assert line.split()[4:7] == ["–", "–", "–"]
    assert "exos forget" in exos(tmp_path, "doctor", code=1)


def exos(home: Path, *arguments: str, code: int = 0) -> str:
    environ = {**os.environ, "EXOS_HOME": str(home), "EXOS_MEMORY_LIMIT": "1024"}
    done = subprocess.run(
        [sys.executable, "-m", "exos", *arguments], capture_output=True, text=True, timeout=60, env=environ, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def test_marks_keep_the_rest(tmp_path: Path, database: Database, process: str) -> None:
    done = import_log(database, write_csv(tmp_path / "a.csv", ORDERS), Options(process=process))
    ledger.mark(database, process, [done.id], ledger.STARTED)
    (one,) = listed(database, process)
    assert (one["events"], one["cases"], one["file"]) == (60, 20, "a.csv")


def test_a_newer_export_is_pointed_out(tmp_path: Path, database: Database, process: str) -> None:
    """One new row on top moves every other one, so that none collapses with its copy."""
    earlier = import_log(database, write_csv(tmp_path / "a.csv", ORDERS), Options(process=process))
    newest = replace(ORDERS[0], case="c99", time=START + timedelta(days=9))
    summary = import_log(database, write_csv(tmp_path / "b.csv", [newest, *ORDERS]), Options(process=process))
    (told,) = [text for text in summary.notes if "count twice" in text]
    assert told.startswith(f"60 of 61 events repeat the case, activity and time of import {earlier.id} (a.csv)")
    assert f"exos forget {earlier.id}" in told
    assert f"exos forget {summary.id}" in told
    forget_import(database, earlier.id)
    assert sizes(database, process) == [61, 21, 61]


def test_a_log_that_grew_and_a_log_of_its_own_are_not_pointed_out(
    tmp_path: Path, database: Database, process: str
) -> None:
    import_log(database, write_csv(tmp_path / "a.csv", ORDERS[:30]), Options(process=process))
    grown = import_log(database, write_csv(tmp_path / "b.csv", ORDERS), Options(process=process))
    others = [replace(one, case=f"other-{one.case}") for one in ORDERS]
    apart = import_log(database, write_csv(tmp_path / "c.csv", others), Options(process=process))
    assert not [text for text in [*grown.notes, *apart.notes] if "twice" in text]


def test_large_logs_are_compared_in_part(
    tmp_path: Path, database: Database, process: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeats, "LOOKED_AT", 10)
    import_log(database, write_csv(tmp_path / "a.csv", ORDERS), Options(process=process))
    summary = import_log(database, write_csv(tmp_path / "b.csv", ORDERS[::-1]), Options(process=process))
    assert any("events compared repeat" in text for text in summary.notes)


def test_an_import_that_goes_on_is_not_forgotten(tmp_path: Path, database: Database, process: str) -> None:
    seen: list[str] = []

    def meanwhile(*_: int) -> None:
        (one,) = listed(database, process)
        seen.append(one["state"])
        assert (one["events"], one["cases"], one["rejected"], one["seconds"]) == (None, None, None, None)
        with pytest.raises(BadRequest, match="goes on"):
            forget_import(database, one["id"])

    summary = import_log(database, write_csv(tmp_path / "a.csv", ORDERS), Options(process=process), meanwhile)
    assert set(seen) == {"running"}
    assert listed(database, process)[0]["state"] == "complete"
    assert forget_import(database, summary.id).events == 60
