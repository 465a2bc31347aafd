"""A ClickHouse server, cluster or Cloud, over HTTP."""

from __future__ import annotations

import logging
import threading
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import clickhouse_connect
import pyarrow as pa
from clickhouse_connect.driver.client import Client

from exos.errors import LockedOut, Unavailable
from exos.settings import Settings
from exos.store import arrow
from exos.store.database import Limits, dsn_options, translated
from exos.store.permitted import QUESTION, Permitted
from exos.store.quoting import quote_name

# What the driver would print to standard error is told in EXOS's own errors; a log of one's own still gets it.
logging.getLogger("clickhouse_connect").addHandler(logging.NullHandler())

_SWITCHED_OFF = ("0", "false", "no", "off")
_WAKING_SECONDS = 120.0
_GROUPED = {"async_insert": 1, "wait_for_async_insert": 1}


class RemoteEngine:
    """A server reached with the driver's own connection pool. See `Engine` in database.py.

    Reads are retried by the driver where nothing can have happened twice (a closed connection, 429, 503, 504), writes
    never. Long statements keep their connection alive by progress headers, so no read time-out ends them.
    """

    def __init__(self, writer: Client, reader: Client, settings: Settings, reading: Mapping[str, Any]) -> None:
        self._writer = writer
        self._reader = reader
        self._places = threading.BoundedSemaphore(settings.readers)
        self._on_cluster = f"ON CLUSTER {quote_name(settings.cluster)} " if settings.cluster else ""
        self._permitted = _permitted(reader, reading)
        self._reading = {**self._permitted.fit(reading), **self._permitted.reading}

    @classmethod
    def open(cls, settings: Settings, name: str, reading: Mapping[str, Any]) -> RemoteEngine:
        """Connect. Raises Unavailable when the server does not answer, BadSettings when its reader cannot set limits."""
        writer = _awake(settings)
        reader = writer
        try:
            _make_database(writer, name, settings.cluster)
            writer.database = name
            if settings.database_reader:
                reader = _client(settings, *_user(settings.database_reader))
                reader.database = name
            with translated():
                return cls(writer, reader, settings, reading)
        except BaseException:
            writer.close()
            reader.close()
            raise

    def read(self, sql: str, params: Mapping[str, Any], limits: Limits, query_id: str) -> bytes:
        settings = {**self._reading, **self._permitted.fit(limits.as_settings()), "query_id": query_id}
        with self._places:
            return self._reader.raw_query(sql, parameters=dict(params) or None, settings=settings, fmt="JSONCompact")

    def write(self, sql: str, params: Mapping[str, Any]) -> bytes:
        return self._writer.raw_query(sql, parameters=dict(params) or None)

    def insert(self, table: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch], indexed: bool) -> int:
        counted = _Counted(batches)
        settings = None if indexed else {"materialize_skip_indexes_on_insert": 0}
        self._writer.raw_insert(
            table, schema.names, arrow.stream(schema, counted), fmt="ArrowStream", settings=settings
        )
        return counted.rows

    def append(self, table: str, schema: pa.Schema, batches: Sequence[pa.RecordBatch]) -> int:
        """The server groups the inserts of all its clients, and answers when they are committed."""
        body = b"".join(arrow.stream(schema, batches))
        self._writer.raw_insert(table, schema.names, body, fmt="ArrowStream", settings=_GROUPED)
        return sum(batch.num_rows for batch in batches)

    def cancel(self, query_id: str) -> bool:
        sql = f"KILL QUERY {self._on_cluster}WHERE query_id = {{id:String}} ASYNC"
        return bool(self._reader.raw_query(sql, parameters={"id": query_id}).strip())

    def close(self) -> None:
        self._reader.close()
        self._writer.close()


def _awake(settings: Settings) -> Client:
    """The writer's client. A Cloud service that sleeps takes a minute or two to wake up, and is waited for."""
    parts = urlsplit(settings.database)
    user, password = unquote(parts.username or "default"), unquote(parts.password or "")
    wait = _WAKING_SECONDS if (parts.hostname or "").endswith(".clickhouse.cloud") else 0.0
    deadline = time.monotonic() + wait
    while True:
        try:
            return _client(settings, user, password)
        except LockedOut:
            raise
        except Unavailable:
            if time.monotonic() > deadline:
                raise
        time.sleep(2)


def _client(settings: Settings, user: str, password: str) -> Client:
    parts, options = urlsplit(settings.database), dsn_options(settings.database)
    secure = parts.scheme == "clickhouses" or options.get("secure", "0").lower() not in _SWITCHED_OFF
    verify = options.get("verify", "1").lower() not in _SWITCHED_OFF
    if not verify:
        # Whoever wrote verify=false need not be told with every request.
        warnings.filterwarnings("ignore", "Unverified HTTPS request")
    with translated():
        return clickhouse_connect.get_client(
            host=parts.hostname or "localhost",
            port=parts.port or (8443 if secure else 8123),
            username=user,
            password=password,
            secure=secure,
            verify=verify,
            ca_cert=options.get("ca_cert"),
            connect_timeout=10,
            send_receive_timeout=max(300, int(settings.query_seconds) + 60),
            client_name="exos",
            show_clickhouse_errors="scrub",
            autogenerate_session_id=False,
            dedicated_pool=True,
        )


def _user(given: str) -> tuple[str, str]:
    user, _, password = given.partition(":")
    return user, password


def _make_database(client: Client, name: str, cluster: str) -> None:
    """Not even asked where it is there already: the right to make databases is not needed then."""
    on_cluster = f" ON CLUSTER {quote_name(cluster)}" if cluster else ""
    with translated():
        if not int(str(client.command(f"EXISTS DATABASE {quote_name(name)}"))):
            client.command(f"CREATE DATABASE IF NOT EXISTS {quote_name(name)}{on_cluster}")


def _permitted(reader: Client, reading: Mapping[str, Any]) -> Permitted:
    names = [*reading, *Limits(1, 1, 1).as_settings()]
    user = str(reader.command("SELECT currentUser()"))
    return Permitted(reader.query(QUESTION, parameters={"names": names}).result_rows, user)


class _Counted:
    """Counts the rows that pass."""

    def __init__(self, batches: Iterable[pa.RecordBatch]) -> None:
        self._batches = batches
        self.rows = 0

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        for batch in self._batches:
            self.rows += batch.num_rows
            yield batch
