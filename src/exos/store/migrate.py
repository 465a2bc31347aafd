"""Brings a database to the current schema: forward only, every statement idempotent, safe to kill and run again.

`schema/NNN_name.sql` are applied in order, each once. `NNN_name.compat.sql` takes the place of `NNN_name.sql` on
servers without full-text indexes. A file is recorded after its last statement; killed in between, it runs again from
its start.
"""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files
from string import Template

from exos import __version__
from exos.errors import BadSettings
from exos.settings import Settings
from exos.store.database import Database

FULL_TEXT_SINCE = (26, 2)
_COMMENT = re.compile(r"^\s*--.*$", re.MULTILINE)


def migrate(database: Database, settings: Settings) -> list[str]:
    """Apply what has not been applied yet; the names of the files applied now.

    Raises BadSettings when a file that was applied before has changed since: schema files are never edited, only added;
    and when a collector's tables are there that keep attributes as JSON.
    """
    words = _words(database, settings)
    present = _present(database, words)
    _check_telemetry(database)
    full_text = database.version() >= FULL_TEXT_SINCE
    scripts = {name: Template(text).substitute(words) for name, text in _scripts(full_text)}
    applied: dict[str, str] = {}
    now: list[str] = []
    for name, script in scripts.items():
        checksum = hashlib.sha256(script.encode()).hexdigest()[:16]
        if applied.get(name) == checksum:
            continue
        if name in applied:
            raise BadSettings(
                f"This database was made by another version of EXOS, or with other settings: its {name} differs.",
                "EXOS_TELEMETRY_DATABASE, EXOS_TELEMETRY_DAYS, EXOS_CLUSTER and the database in EXOS_DATABASE are fixed when the"
                " database is made: set them as they were, or begin another with --home DIR or EXOS_DATABASE.",
            )
        for statement in statements(script):
            if not statement.startswith(present):
                database.command(statement)
        if not applied:
            applied = _applied(database)
        if name not in applied:
            _record(database, name, checksum)
            now.append(name)
    return now


def statements(script: str) -> list[str]:
    """The statements of a script, without comments. They are separated by `;` at the end of a line."""
    parts = re.split(r";\s*$", _COMMENT.sub("", script), flags=re.MULTILINE)
    return [part.strip() for part in parts if part.strip()]


def _present(database: Database, words: dict[str, str]) -> tuple[str, ...]:
    """How statements begin that would make what another program's database has already: they need rights that EXOS may
    not have there.
    """
    if database.telemetry == database.name:
        return ()
    there = {"telemetry": database.telemetry}
    if not database.query("SELECT name FROM system.databases WHERE name = {telemetry:String}", there).rows:
        database.command(f"CREATE DATABASE IF NOT EXISTS {words['telemetry']} {words['on_cluster']}")
    tables = database.query("SELECT name FROM system.tables WHERE database = {telemetry:String}", there).rows
    return tuple(f"CREATE TABLE IF NOT EXISTS {words['telemetry']}.{row[0]}{end}" for row in tables for end in " \n(")


def _check_telemetry(database: Database) -> None:
    """Collectors have two layouts. Views over the wrong one would fail in the middle of their inserts."""
    rows = database.query(
        "SELECT table, name, type FROM system.columns WHERE database = {database:String} AND (table LIKE 'otel_%' OR table ="
        " 'hyperdx_sessions') AND name LIKE '%Attributes' AND type LIKE 'JSON%' ORDER BY table, name LIMIT 1",
        {"database": database.telemetry},
    ).rows
    if rows:
        table, name, type_ = rows[0]
        raise BadSettings(
            f"{database.telemetry}.{table} keeps {name} as {type_}; EXOS reads the layout with maps, ClickStack's default.",
            "Let the collector write that layout, and name its database in EXOS_TELEMETRY_DATABASE.",
        )


def _scripts(full_text: bool) -> list[tuple[str, str]]:
    folder = files("exos.store") / "schema"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    chosen = []
    for name in names:
        if name.endswith(".compat.sql"):
            continue
        compat = name.replace(".sql", ".compat.sql")
        chosen.append(name if full_text or compat not in names else compat)
    return [(name, (folder / name).read_text(encoding="utf-8")) for name in chosen]


def _words(database: Database, settings: Settings) -> dict[str, str]:
    cluster = settings.cluster
    return {
        "exos": f"`{database.name}`",
        "telemetry": f"`{database.telemetry}`",
        "on_cluster": f"ON CLUSTER `{cluster}`" if cluster else "",
        "replicated": "Replicated" if cluster else "",
        "ttl": f"toIntervalDay({settings.telemetry_days})",
    }


def _applied(database: Database) -> dict[str, str]:
    rows = database.query("SELECT file, checksum FROM schema_migrations FINAL").rows
    return dict(rows)


def _record(database: Database, name: str, checksum: str) -> None:
    database.command(
        "INSERT INTO schema_migrations (file, checksum, version) SELECT {file:String}, {checksum:String}, {version:String}",
        {"file": name, "checksum": checksum, "version": __version__},
    )
