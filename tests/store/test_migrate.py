from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from string import Template

import pytest

from exos.errors import BadSettings
from exos.settings import Settings
from exos.store import migrate
from exos.store.database import Database

SCHEMA = Path(migrate.__file__).parent / "schema"


def test_runs_again_without_doing_anything(database: Database, settings: Settings) -> None:
    assert migrate.migrate(database, settings) == []


def test_a_changed_file_is_refused(database: Database, settings: Settings) -> None:
    other = Settings.load({}, home=str(settings.home), telemetry_days=31)
    with pytest.raises(BadSettings, match=r"010_clickstack.sql differs"):
        migrate.migrate(database, other)


def test_a_collectors_tables_with_json_are_refused(database: Database, settings: Settings) -> None:
    database.command("CREATE TABLE otel_elsewhere (SpanAttributes JSON) ENGINE = MergeTree ORDER BY tuple()")
    try:
        with pytest.raises(BadSettings, match="otel_elsewhere keeps SpanAttributes as JSON"):
            migrate.migrate(database, settings)
    finally:
        database.command("DROP TABLE otel_elsewhere SYNC")


def test_statements_are_split_at_line_ends_only() -> None:
    script = "-- a; comment\nCREATE TABLE a (x String DEFAULT ';')\n;\n\nSELECT 1;\n"
    assert migrate.statements(script) == ["CREATE TABLE a (x String DEFAULT ';')", "SELECT 1"]


@pytest.mark.parametrize("path", sorted(SCHEMA.glob("*.sql")), ids=lambda path: path.name)
def test_every_statement_can_be_repeated(path: Path) -> None:
    for statement in migrate.statements(path.read_text()):
        assert "IF NOT EXISTS" in statement, statement[:60]
        assert "${on_cluster}" in statement, statement[:60]


KILLED = """
import os, signal, sys
from exos.settings import Settings
from exos.store.database import Database
from exos.store.migrate import migrate
settings = Settings.load({}, home=sys.argv[1], memory_limit=512)
database = Database.open(settings)
left = int(sys.argv[2])
command = database.command
def counting(*arguments):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    command(*arguments)
database.command = counting
print(len(migrate(database, settings)))
print(sorted(row[0] for row in database.query("SELECT name FROM system.tables WHERE database = 'exos'").rows))
"""


def _migrate(home: Path, statements: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(home), str(statements)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.timeout(120)
def test_killed_at_any_statement_and_run_again(tmp_path: Path) -> None:
    """Killed at whatever statement, the next run ends in the schema of one that ran through."""
    whole = _migrate(tmp_path / "whole", 1000).stdout.splitlines()[1]
    for statements in (0, 1, 3, 8, 13, 17):
        home = tmp_path / str(statements)
        assert _migrate(home, statements).returncode == -9
        assert _migrate(home, 1000).stdout.splitlines()[1] == whole


CLICKSTACK = {
    "otel_logs": ("Timestamp", 16 + 8 + 3),
    "otel_traces": ("Timestamp", 22 + 2 + 2),
    "hyperdx_sessions": ("Timestamp", 16),
    "otel_metrics_gauge": ("ResourceAttributes", 21),
    "otel_metrics_sum": ("ResourceAttributes", 23),
    "otel_metrics_histogram": ("ResourceAttributes", 27),
    "otel_metrics_exponential_histogram": ("ResourceAttributes", 31),
    "otel_metrics_summary": ("ResourceAttributes", 19),
}


def test_clickstack_tables_have_its_columns(database: Database) -> None:
    rows = database.query(
        "SELECT table, argMin(name, position), count() FROM system.columns"
        " WHERE database = 'exos' AND table IN {names:Array(String)} GROUP BY table",
        {"names": list(CLICKSTACK)},
    ).rows
    assert {row[0]: (row[1], row[2]) for row in rows} == CLICKSTACK


def test_the_compatible_variant_is_accepted(database: Database) -> None:
    """The engine here is new; it still has to understand what an older server gets."""
    script = (SCHEMA / "010_clickstack.compat.sql").read_text().replace(".otel_", ".compat_otel_")
    words = {"telemetry": "exos", "on_cluster": "", "replicated": "", "ttl": "toIntervalDay(30)"}
    for statement in migrate.statements(Template(script).substitute(words)):
        database.command(statement)
    for table in ("compat_otel_logs", "compat_otel_traces"):
        database.command(f"DROP TABLE {table}")
