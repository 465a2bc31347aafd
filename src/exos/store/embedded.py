"""The embedded engine: chDB, one process per folder, several handles to it.

Each reader handle has its limits and `readonly = 1` set once, because under `readonly = 1` no query can set them. A
query is found again for cancelling by the `log_comment` of its handle.
"""

from __future__ import annotations

import itertools
import os
import queue
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import chdb
import clickhouse_connect
import pyarrow as pa
from clickhouse_connect.driver.client import Client

from exos.errors import DatabaseBusy, ExosError, Unavailable
from exos.settings import Settings
from exos.store import arrow
from exos.store.appender import Appender
from exos.store.database import Limits, translated
from exos.store.engine_config import engine_config
from exos.store.loading import Loading
from exos.store.ownership import Ownership
from exos.store.session import Session

_PIECE_BYTES = 32 * 1024**2
"""Bytes of one INSERT when more are inserted: the data passes through memory."""


class EmbeddedEngine:
    """chDB on one folder. See `Engine` in database.py."""

    def __init__(
        self, folder: Path, config: Path, owner: Ownership, settings: Settings, name: str, reading: Mapping[str, Any]
    ):
        self._folder = folder
        self._options = {"config-file": str(config)}
        self._owner = owner
        self._name = name
        self._reading = dict(reading)
        self._size = settings.readers
        self._pools: dict[Limits, queue.LifoQueue[Client]] = {}
        self._handles: list[Client] = []
        self._running: dict[str, str] = {}
        self._numbers = itertools.count(1)
        self._state = threading.Lock()
        self._writer = self._connect()
        self._writer.command(f"CREATE DATABASE IF NOT EXISTS {name}")
        self._writer.command(f"USE {name}")
        self._appenders: queue.LifoQueue[Appender] = queue.LifoQueue()
        self._inserters: list[Appender] = []
        self._inserting = threading.Lock()
        self._killer = self._connect()

    @classmethod
    def open(cls, settings: Settings, name: str, reading: Mapping[str, Any]) -> EmbeddedEngine:
        """Take the folder and start the engine. Raises DatabaseBusy or Unavailable."""
        folder = settings.folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            owner = Ownership.take(folder)
            config = _write_config(folder, settings, name)
        except OSError as error:
            raise Unavailable(
                f"The folder {folder} cannot be used: {error.strerror}",
                "Give another one with --home or EXOS_DATABASE.",
            ) from None
        try:
            return cls(folder, config, owner, settings, name, reading)
        except Exception as error:
            owner.release()
            if isinstance(error, ExosError):
                raise
            raise _open_failure(folder, error) from None

    def read(self, sql: str, params: Mapping[str, Any], limits: Limits, query_id: str) -> bytes:
        pool = self._pool(limits)
        handle = pool.get()
        comment = str(handle.get_client_setting("log_comment"))
        with self._state:
            self._running[query_id] = comment
        try:
            return handle.raw_query(sql, parameters=dict(params) or None, fmt="JSONCompact")
        except Exception:
            handle = self._drained(handle, limits)
            raise
        finally:
            with self._state:
                self._running.pop(query_id, None)
            pool.put(handle)

    def _drained(self, handle: Client, limits: Limits) -> Client:
        """The handle, fit for its next query: chDB 4.4 puts what a failed query had written in front of the next
        answer.
        """
        try:
            handle.raw_query("SELECT 1", fmt="TabSeparated")
            return handle
        except Exception:  # noqa: BLE001 - whatever is wrong with this handle, a new one takes its place
            with suppress(Exception):
                handle.close()
            with self._state:
                self._handles.remove(handle)
                return self._reader(limits)

    def write(self, sql: str, params: Mapping[str, Any]) -> bytes:
        return self._writer.raw_query(sql, parameters=dict(params) or None)

    def insert(self, table: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch], indexed: bool) -> int:
        rows = 0
        with self._inserting:
            for piece in arrow.pieces(batches, _PIECE_BYTES):
                rows += self.append(table, schema, piece, indexed)
        return rows

    def append(self, table: str, schema: pa.Schema, batches: Sequence[pa.RecordBatch], indexed: bool = False) -> int:
        # Making the skip indexes of a small part of otel_traces takes 14 ms of the 50 of its insert; merges make them anyway.
        with self._appender() as appender:
            return appender.append(table, schema, batches, indexed)

    def load(self, loading: Loading, table: str, records: bytes, count: int) -> list[int]:
        with self._appender() as appender:
            return appender.load(loading, table, records, count)

    @contextmanager
    def _appender(self) -> Iterator[Appender]:
        """One that nobody uses now."""
        try:
            appender = self._appenders.get_nowait()
        except queue.Empty:
            appender = Appender(self._raw(), Path(self._options["config-file"]).parent)
            with self._state:
                self._inserters.append(appender)
        try:
            yield appender
        finally:
            self._appenders.put(appender)

    def cancel(self, query_id: str) -> bool:
        with self._state:
            comment = self._running.get(query_id)
            if comment is None:
                return False
            # Held while killing: the handle cannot start another query before it has left _running.
            self._killer.raw_query(f"KILL QUERY WHERE Settings['log_comment'] = '{comment}' ASYNC")
            return True

    def session(self) -> Session:
        """A handle of its own for one request."""
        return Session(self._raw())

    def announce(self, url: str) -> None:
        self._owner.announce(url)

    def close(self) -> None:
        for handle in (*self._handles, self._writer, self._killer):
            handle.close()
        for appender in self._inserters:
            appender.close()
        self._owner.release()

    def _pool(self, limits: Limits) -> queue.LifoQueue[Client]:
        with self._state:
            pool = self._pools.get(limits)
            if pool is None:
                pool = self._pools[limits] = queue.LifoQueue()
                for _ in range(self._size):
                    pool.put(self._reader(limits))
            return pool

    def _reader(self, limits: Limits) -> Client:
        handle = self._connect()
        handle.command(f"USE {self._name}")
        comment = f"exos-reader-{next(self._numbers)}"
        for key, value in {**self._reading, **limits.as_settings(), "log_comment": comment}.items():
            handle.set_client_setting(key, value)
        handle.set_client_setting("readonly", 1)
        self._handles.append(handle)
        return handle

    def _raw(self) -> Any:
        return chdb.connect(f"{self._folder}?config-file={self._options['config-file']}")

    def _connect(self) -> Client:
        return clickhouse_connect.get_client(interface="chdb", path=str(self._folder), chdb_options=self._options)


def _write_config(folder: Path, settings: Settings, name: str) -> Path:
    """The engine reads its configuration from files only."""
    place = folder / "config"
    place.mkdir(exist_ok=True)
    config, users = place / "config.xml", place / "users.xml"
    databases = {name, settings.telemetry_database or name}
    config_xml, users_xml = engine_config(settings.memory_bytes, folder / "tmp", users, sorted(databases))
    config.write_text(config_xml)
    users.write_text(users_xml)
    os.chmod(users, 0o600)
    return config


def _open_failure(folder: Path, error: Exception) -> ExosError:
    text = str(error)
    if "CANNOT_OPEN_FILE" in text or "Error initializing EmbeddedServer" in text:
        return DatabaseBusy(
            f"The embedded database {folder} cannot be opened: another program holds it, or the folder is damaged.",
            "Stop the other program, or talk to it over HTTP.",
        )
    try:
        with translated():
            raise error
    except ExosError as known:
        return known
    except Exception as unknown:  # noqa: BLE001 - whatever the engine says at start is an unusable engine
        return Unavailable(f"The embedded engine does not start: {unknown}", "Run `exos doctor`.")
