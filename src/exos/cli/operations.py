"""`exos migrate` and `exos doctor`."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.text import Text

from exos import __version__
from exos.cli.commands import app, settings
from exos.cli.output import screen
from exos.errors import DatabaseBusy, ExosError
from exos.settings import Settings

if TYPE_CHECKING:
    from exos.store.database import Database

Check = tuple[str, Callable[[], str]]


@app.command()
def migrate() -> None:
    """Bring the database to the current schema."""
    from exos.store.database import Database
    from exos.store.migrate import migrate as apply

    chosen = settings()
    with Database.open(chosen) as database:
        applied = apply(database, chosen)
    for name in applied:
        typer.echo(f"applied {name}")
    if not applied:
        typer.echo("The schema is current.")


@app.command()
def doctor() -> None:
    """Check this installation, and say what to mend. Exit code 1 when something is wrong."""
    chosen = settings()
    failed = sum(not _told(name, check) for name, check in _machine_checks(chosen))
    failed += _database_checks(chosen)
    if failed:
        raise typer.Exit(1)


def _told(name: str, check: Callable[[], str]) -> bool:
    """Print what the check says; whether all is well."""
    try:
        said, mark, style = check(), "ok  ", "green"
    except ExosError as error:
        said, mark, style = f"{error.message} {error.hint}", "FAIL", "red"
    screen().print(Text(mark, style=style), Text(f"{name:<10} {said}"))
    return mark != "FAIL"


def _machine_checks(chosen: Settings) -> list[Check]:
    checks: list[Check] = [
        (
            "exos",
            lambda: f"{__version__} on Python {platform.python_version()}, {platform.system()} {platform.machine()}",
        ),
        (
            "settings",
            lambda: (
                f"database {_without_password(chosen.database)}, memory limit {chosen.memory_bytes / 1024**3:.1f} GiB"
            ),
        ),
        ("disk", lambda: _disk(chosen.home)),
        ("portal", _portal),
        ("playbook", lambda: _playbook(chosen)),
        ("metadata", lambda: _metadata(chosen)),
    ]
    return [*checks, ("journal", lambda: _journal(chosen))] if chosen.embedded else checks


def _disk(home: Path) -> str:
    place = next(parent for parent in (home, *home.parents) if parent.exists())
    free = shutil.disk_usage(place).free
    if free < 1024**3:
        raise ExosError(f"Only {free / 1024**2:.0f} MiB are free at {place}.", "Free some space.")
    return f"{free / 1024**3:.0f} GiB free at {place}"


def _portal() -> str:
    import exos

    vendor = Path(exos.__file__).parent / "portal" / "vendor"
    if not (vendor / "tailwind.css").is_file():
        raise ExosError("The portal's vendored libraries are missing.", "Run `make vendor`, or install the wheel.")
    return "pages and vendored libraries are there"


def _playbook(chosen: Settings) -> str:
    from exos.analysis import Playbook

    return f"{len(Playbook.load(chosen.playbook_dir))} analyses"


def _metadata(chosen: Settings) -> str:
    from exos.metadata import IngestKeys, Metadata

    store = Metadata.open(chosen)
    live = [one for one in IngestKeys(store, chosen).list() if not one.revoked_at]
    store.close()
    return f"{store.place}, ingest keys: {', '.join(one.name for one in live) or 'none'}"


def _journal(chosen: Settings) -> str:
    from exos.ingest.journal_check import check_journal

    return check_journal(chosen)


def _database_checks(chosen: Settings) -> int:
    """How many checks of the database failed. When it cannot be opened, that is the only one."""
    from exos.cli.doors import RemoteDoor
    from exos.store.checks import checks
    from exos.store.database import Database

    with ExitStack() as stack:
        opened: list[Database] = []

        def database() -> str:
            try:
                opened.append(stack.enter_context(Database.open(chosen)))
            except DatabaseBusy as busy:
                if not busy.url:
                    raise
                with closing(RemoteDoor(busy.url)) as door:
                    _refuse_interrupted(door.imports(""))
                return f"process {busy.pid} serves it at {busy.url}"
            return _database(chosen, opened[0])

        failed = not _told("database", database)
        return failed + sum(not _told(name, check) for one in opened for name, check in checks(one))


def _database(chosen: Settings, database: Database) -> str:
    from exos.analysis import Playbook
    from exos.ingest.eventlog import listed
    from exos.store.cases import refresh
    from exos.store.migrate import migrate as apply

    apply(database, chosen)
    refresh(database)
    Playbook.load(chosen.playbook_dir).validate(database)
    cases, events = database.query("SELECT count(), sum(events) FROM cases FINAL").rows[0]
    _refuse_interrupted(listed(database))
    return f"{cases:,} cases, {events:,} events; every analysis is accepted by the engine"


def _refuse_interrupted(imports: list[dict[str, Any]]) -> None:
    """Raises ExosError that names the imports that were interrupted, and what to do about each."""
    found = [one for one in imports if one["state"] == "interrupted"]
    if found:
        told = " ".join(f"{one['id']} into {one['process']!r}: {one['hint']}" for one in found)
        raise ExosError(f"{len(found)} imports were interrupted.", told)


def _without_password(dsn: str) -> str:
    before, at, after = dsn.rpartition("@")
    return f"{before.split('://')[0]}://…@{after}" if at else dsn
