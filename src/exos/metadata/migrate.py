"""Brings the metadata store to the current schema: forward only, in one transaction, safe to kill and to run again.

Each file in `versions/` is one step, in the form Alembic reads. Several processes may start at once: one migrates, the
others wait for it and find nothing to do.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text

from exos.errors import BadSettings

_FOLDER = Path(__file__).parent
_ADVISORY_LOCK = 0x65786F73
"""A number of our own ("exos") among PostgreSQL's advisory locks."""


def migrate(engine: Engine, lock_file: Path | None) -> None:
    """Apply every step that has not been applied. `lock_file` is given for SQLite; PostgreSQL has locks of its own.

    Raises BadSettings when a newer EXOS has made this store.
    """
    with _alone(lock_file):
        if lock_file is not None:
            _use_wal(engine)
        with engine.begin() as connection:
            if lock_file is None:
                connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ADVISORY_LOCK})
            _upgrade(connection)


def steps() -> ScriptDirectory:
    """All steps, as Alembic sees them."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def _upgrade(connection: Connection) -> None:
    script = steps()

    def pending(revision: Any, _: Any) -> Sequence[Any]:
        return script._upgrade_revs("head", revision)

    environment = EnvironmentContext(Config(), script, fn=pending)
    environment.configure(connection=connection, transactional_ddl=True)
    try:
        environment.run_migrations()
    except CommandError as error:
        raise BadSettings(
            f"The metadata store is of another version of EXOS: {error}",
            "Run the newest EXOS that has used this store.",
        ) from None


def _use_wal(engine: Engine) -> None:
    """Readers then never wait for a writer. Stays with the file; asked for under the lock, as SQLite would not wait."""
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA journal_mode = WAL")


@contextmanager
def _alone(lock_file: Path | None) -> Iterator[None]:
    if lock_file is None:
        yield
        return
    with open(lock_file, "a", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
