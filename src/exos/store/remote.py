"""A ClickHouse server, cluster or Cloud, over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import clickhouse_connect
import pyarrow as pa
from clickhouse_connect.driver.client import Client

from exos.settings import Settings
from exos.store import arrow
from exos.store.database import Limits, dsn_options, translated

_GROUPED = {"async_insert": 1, "wait_for_async_insert": 1}


class RemoteEngine:
    """A server reached with the driver's own connection pool. See `Engine` in database.py."""

    def __init__(self, client: Client, name: str, reading: Mapping[str, Any], readers: int) -> None:
        self._client = client
        self._name = name
        self._reading = dict(reading)
        self._places = threading.BoundedSemaphore(readers)

    @classmethod
    def open(cls, settings: Settings, name: str, reading: Mapping[str, Any]) -> RemoteEngine:
        """Connect. Raises Unavailable when the server does not answer."""
        parts = urlsplit(settings.database)
        options = dsn_options(settings.database)
        secure = parts.scheme == "clickhouses" or options.get("secure", "").lower() in ("1", "true", "yes")
        with translated():
            client = clickhouse_connect.get_client(
                host=parts.hostname or "localhost",
                port=parts.port or (8443 if secure else 8123),
                username=unquote(parts.username or "default"),
                password=unquote(parts.password or ""),
                secure=secure,
                verify=options.get("verify", "true").lower() not in ("0", "false", "no"),
                autogenerate_session_id=False,
            )
            on_cluster = f" ON CLUSTER `{settings.cluster}`" if settings.cluster else ""
            client.command(f"CREATE DATABASE IF NOT EXISTS `{name}`{on_cluster}")
            client.database = name
        return cls(client, name, reading, settings.readers)

    def read(self, sql: str, params: Mapping[str, Any], limits: Limits, query_id: str) -> bytes:
        settings = {**self._reading, **limits.as_settings(), "readonly": 1}
        transport = {"query_id": query_id}
        with self._places:
            return self._client.raw_query(
                sql, parameters=dict(params) or None, settings=settings, fmt="JSONCompact", transport_settings=transport
            )

    def write(self, sql: str, params: Mapping[str, Any]) -> bytes:
        return self._client.raw_query(sql, parameters=dict(params) or None)

    def insert(self, table: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
        counted = _Counted(batches)
        self._client.raw_insert(table, schema.names, arrow.stream(schema, counted), fmt="ArrowStream")
        return counted.rows

    def append(self, table: str, schema: pa.Schema, batches: Sequence[pa.RecordBatch]) -> int:
        """The server groups the inserts of all its clients, and answers when they are committed."""
        body = b"".join(arrow.stream(schema, batches))
        self._client.raw_insert(table, schema.names, body, fmt="ArrowStream", settings=_GROUPED)
        return sum(batch.num_rows for batch in batches)

    def cancel(self, query_id: str) -> bool:
        answer = self._client.raw_query("KILL QUERY WHERE query_id = {id:String} ASYNC", parameters={"id": query_id})
        return bool(answer.strip())

    def close(self) -> None:
        self._client.close()


class _Counted:
    """Counts the rows that pass."""

    def __init__(self, batches: Iterable[pa.RecordBatch]) -> None:
        self._batches = batches
        self.rows = 0

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        for batch in self._batches:
            self.rows += batch.num_rows
            yield batch
