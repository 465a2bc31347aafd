"""An import that is killed with -9 leaves nothing behind that counts, and doing it again gives the right counts."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.reading import Event, write_csv

CHILD = """
import sys
from exos.ingest.eventlog import Options, import_log
from exos.settings import Settings
from exos.store.database import Database
from exos.store.migrate import migrate

home, path, go = sys.argv[1:]
settings = Settings.load({}, home=home, memory_limit=1024, readers=1)
with Database.open(settings) as database:
    migrate(database, settings)
    counts = (
        "SELECT (SELECT count() FROM case_events FINAL), (SELECT sum(length(activities)) FROM cases FINAL),"
        " (SELECT count() FROM cases FINAL)"
    )
    if go == "count":
        print(*database.query(counts).rows[0])
    else:
        print("ready", flush=True)
        summary = import_log(database, path, Options(process="orders"))
        print("done", summary.events, summary.unchanged, *database.query(counts).rows[0])
"""
EVENTS = 60_000


def run(home: Path, path: Path, go: str = "import") -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(home), str(path), go], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.timeout(400)
def test_killed_imports_count_for_nothing(tmp_path: Path) -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    events = [
        Event(f"c{n % 5000}", "abcd"[n // 5000 % 4], start + timedelta(seconds=n), "ann", "complete", {"n": str(n)})
        for n in range(EVENTS)
    ]
    path, home = write_csv(tmp_path / "log.csv.gz", events), tmp_path / "home"
    random.seed(7)
    for trial in range(4):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(home), str(path), "import"], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(0.05 + 0.16 * trial + random.random() / 20)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
    before = run(home, path, "count")
    assert before[0] in ("0", str(EVENTS))
    assert run(home, path)[-3:] == [str(EVENTS), str(EVENTS), "5000"]
    assert run(home, path)[-4:] == ["True", str(EVENTS), str(EVENTS), "5000"]
