"""`exos demo` as a program: where its data goes, what it prints, and that it leaves a person's own data alone."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from exos import demo
from exos.analysis import Playbook

pytestmark = pytest.mark.timeout(240)
LOG = "case_id,activity,timestamp\n1,a,2026-03-01T10:00:00Z\n1,b,2026-03-01T11:00:00Z\n"


def exos(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program as a person whose home folder is `home`."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("EXOS_")}
    environ = {**kept, "HOME": str(home), "EXOS_MEMORY_LIMIT": "1024", "COLUMNS": "200"}
    command = [sys.executable, "-m", "exos", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=200, env=environ, check=False)


def count(home: Path, place: Path, table: str) -> int:
    """The rows of a table in an EXOS home."""
    told = exos(home, "--home", str(place), "sql", f"SELECT count() FROM {table}", "--format", "json")
    assert told.returncode == 0, told.stderr
    return int(json.loads(told.stdout)["rows"][0][0])


def test_the_demo_has_a_place_of_its_own(tmp_path: Path) -> None:
    made = exos(tmp_path, "demo", "--world", "telco", "--no-serve")
    assert made.returncode == 0, made.stderr
    place = tmp_path / ".local" / "share" / "exos" / "demo-telco"
    assert [entry.name for entry in place.parent.iterdir()] == ["demo-telco"]
    assert f"exos --home {place} run" in made.stdout
    rows = {line.split()[0]: line.split()[1] for line in made.stdout.splitlines() if line.startswith(("cust", "touch"))}
    assert rows["customers"] == f"{count(tmp_path, place, 'customers'):,}" == "16,000"
    again = exos(tmp_path, "demo", "--world", "telco", "--no-serve")
    assert "is there; --fresh" in again.stdout
    for others in (["--scale", "medium"], ["--seed", "7"]):
        other = exos(tmp_path, "demo", "--world", "telco", "--no-serve", *others)
        assert other.returncode == 1
        assert "small scale of seed 20260 is there; nothing was made" in other.stderr
        assert "--fresh" in other.stderr
    for truth in demo.truths("telco")[:2]:
        asked = truth.evidence.command(truth.params(datetime.now(UTC).date()), f"exos --home {place}")
        answer = exos(tmp_path, *shlex.split(asked)[1:], "--format", "json")
        assert answer.returncode == 0, answer.stderr
        said = json.loads(answer.stdout)
        row = dict(zip((column["name"] for column in said["columns"]), said["rows"][0], strict=True))
        assert {each.column for each in truth.evidence.expect} <= set(row)


def test_another_seed_makes_another_world(tmp_path: Path) -> None:
    values = []
    for seed in ("7", "8"):
        place = ["--home", str(tmp_path / seed)]
        made = exos(tmp_path, *place, "demo", "--world", "telco", "--seed", seed, "--no-serve")
        assert made.returncode == 0, made.stderr
        asked = "SELECT (SELECT max(seed) FROM demo_worlds), round(sum(monthly_value), 2) FROM customers"
        rows = json.loads(exos(tmp_path, *place, "sql", asked, "--format", "json").stdout)["rows"]
        assert int(rows[0][0]) == int(seed)
        values.append(rows[0][1])
        again = exos(tmp_path, *place, "demo", "--world", "telco", "--no-serve")
        assert "The demo data is there" in again.stdout
    assert values[0] != values[1]


def _has_part(table: Path) -> bool:
    return table.is_dir() and any(name.startswith("all_") for name in os.listdir(table))


def test_a_world_killed_while_it_is_made_is_made_again(tmp_path: Path) -> None:
    place = tmp_path / "killed"
    arguments = ["--home", str(place), "demo", "--world", "telco", "--no-serve"]
    environ = {**os.environ, "HOME": str(tmp_path), "EXOS_MEMORY_LIMIT": "1024"}
    child = subprocess.Popen([sys.executable, "-m", "exos", *arguments], stderr=subprocess.DEVNULL, env=environ)
    try:
        give_up = time.monotonic() + 100
        # Rows of subscribers are in the store, and the world is not complete before those of the network are.
        while not _has_part(place / "db" / "data" / "exos" / "customers") and time.monotonic() < give_up:
            assert child.poll() is None
            time.sleep(0.02)
    finally:
        child.kill()
        child.wait()
    again = exos(tmp_path, *arguments)
    assert "is there" not in again.stdout
    assert "Made in" in again.stdout
    assert count(tmp_path, place, "customers") == count(tmp_path, place, "customers FINAL") == 16_000


def test_a_named_place_is_used_and_ones_own_data_stays(tmp_path: Path) -> None:
    place = tmp_path / "mine"
    (tmp_path / "log.csv").write_text(LOG)
    assert exos(tmp_path, "--home", str(place), "import", str(tmp_path / "log.csv"), "--process", "p").returncode == 0
    made = exos(tmp_path, "--home", str(place), "demo", "--world", "telco", "--no-serve")
    assert made.returncode == 0, made.stderr
    assert "not the demo's" in made.stdout
    assert "exos --home" not in made.stdout.replace("exos demo", "")
    assert count(tmp_path, place, "customers") == 16_000
    assert exos(tmp_path, "--home", str(place), "demo", "--remove").stdout == "The demo data is gone.\n"
    assert count(tmp_path, place, "customers") == 0
    assert count(tmp_path, place, "case_events") == 2
    assert count(tmp_path, place, "cases FINAL") == 1
    assert "no complete demo world" in exos(tmp_path, "--home", str(place), "demo", "--remove").stdout


@pytest.mark.parametrize("world", ["mortgage", "telco"])
def test_truths_are_printed_without_making_anything(tmp_path: Path, world: str) -> None:
    told = exos(tmp_path, "demo", "--truths", "--world", world)
    assert told.returncode == 0, told.stderr
    for truth in demo.truths(world):
        assert f"{truth.id}: {truth.title}" in told.stdout
    assert told.stdout.count("  planted  ") == len(demo.truths(world))
    assert told.stdout.count("  beware   ") == sum(bool(truth.herring) for truth in demo.truths(world))
    assert "found when" in told.stdout
    known = {one.slug for one in Playbook.load()}
    missing = [[find.analysis for find in truth.findings if find.analysis not in known] for truth in demo.truths(world)]
    assert told.stdout.count("(not in the Playbook yet)") == sum(map(len, missing))
    assert told.stdout.count("  or ask   exos ") == sum(map(bool, missing))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "says"), [(["--world", "atlantis"], "'atlantis'"), (["--scale", "tiny"], "'tiny'")]
)
def test_what_does_not_exist_is_refused(tmp_path: Path, arguments: list[str], says: str) -> None:
    done = exos(tmp_path, "demo", "--no-serve", *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Choose one of" in done.stderr
    assert list(tmp_path.iterdir()) == []
