"""Opens the metadata store and hands out sessions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from exos.errors import BadSettings, Unavailable
from exos.metadata.migrate import migrate
from exos.settings import Settings

_WAIT_MS = 10_000
_WRITES = "exos_writes"


class Metadata:
    """The metadata store, migrated. Safe to use from many threads, beside other processes that use the same one."""

    def __init__(self, engine: Engine) -> None:
        self._readers = engine
        self._writers = engine.execution_options(**{_WRITES: True})

    @classmethod
    def open(cls, settings: Settings) -> Metadata:
        """Open what `settings.metadata` names, make it if absent, and bring it to the current schema.

        Raises BadSettings when the URL makes no sense or its driver is missing, Unavailable when it cannot be reached.
        """
        url = _url(settings)
        try:
            engine = _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url)
        except ModuleNotFoundError as missing:
            raise BadSettings(
                f"EXOS_METADATA needs the Python package {missing.name}, which is not installed.",
                f"Install it beside EXOS: pip install {missing.name}",
            ) from None
        opened = cls(engine)
        try:
            with _translated(url):
                migrate(engine, _lock_file(url))
        except BaseException:
            opened.close()
            raise
        return opened

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading."""
        with _translated(self._readers.url), Session(self._readers) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are committed when the block ends well, and otherwise undone.

        On SQLite it holds the write lock from its beginning, so that it never has to give up half-way.
        """
        with _translated(self._writers.url), Session(self._writers, expire_on_commit=False) as session, session.begin():
            yield session

    @property
    def place(self) -> str:
        """Where it is kept, without the password, for people."""
        return self._readers.url.render_as_string(hide_password=True)

    def close(self) -> None:
        """Close every connection."""
        self._readers.dispose()


def _url(settings: Settings) -> URL:
    if not settings.metadata:
        return URL.create("sqlite", database=str(settings.home / "metadata.db"))
    try:
        url = make_url(settings.metadata)
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+pg8000")
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError):
        raise _unusable("is not a database URL") from None
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise _unusable(f"names {url.get_backend_name()}")
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise _unusable("names no file")
    return url


def _unusable(why: str) -> BadSettings:
    return BadSettings(
        f"EXOS_METADATA {why}.",
        "Give sqlite:////absolute/path/metadata.db or postgresql://user:password@host/database; empty means HOME/metadata.db.",
    )


def _lock_file(url: URL) -> Path | None:
    return Path(f"{url.database}.lock") if url.get_backend_name() == "sqlite" else None


def _sqlite(url: URL) -> Engine:
    """No pool: opening the file takes less than a tenth of a millisecond, and nothing is left open between uses."""
    path = Path(url.database or "")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise Unavailable(
            f"The file {path} cannot be used: {error.strerror}.", "Give another one with --home or EXOS_METADATA."
        ) from None
    engine = create_engine(url, poolclass=NullPool)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _postgresql(url: URL) -> Engine:
    waiting = {"timeout": _WAIT_MS // 1000} if url.get_driver_name() == "pg8000" else {}
    return create_engine(url, pool_pre_ping=True, connect_args=waiting)


def _prepare(connection: DBAPIConnection, _: object) -> None:
    """The driver would begin transactions late, after it has read: `_begin` does it."""
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {_WAIT_MS}")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _translated(url: URL) -> Iterator[None]:
    """Turn a database that does not answer into an error that says which one, and what to do."""
    try:
        yield
    except (DBAPIError, sqlite3.Error, OSError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise Unavailable(
            f"The metadata store at {url.render_as_string(hide_password=True)} cannot be used: {cause}",
            "Check EXOS_METADATA, the rights on the file or the server, and the disk.",
        ) from error
