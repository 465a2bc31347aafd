"""The one module that talks to the engine: embedded chDB or a ClickHouse server, behind the same few calls.

Reads go through reader handles (limits set first, then `readonly = 1`), writes through one writer. Nothing else in
EXOS imports the driver.
"""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson
import pyarrow as pa

from exos.errors import BadSettings, QueryCancelled, Unavailable
from exos.settings import Settings
from exos.store.failures import translate
from exos.store.loading import Loading
from exos.store.quoting import quote_name
from exos.store.session import Session
from exos.types import Column, Result, Statistics

READ_SETTINGS: Mapping[str, str | int] = {
    "output_format_json_quote_64bit_integers": 0,
    "date_time_output_format": "iso",
    "session_timezone": "UTC",
    "timeout_overflow_mode": "throw",
    "result_overflow_mode": "throw",
    "max_ast_depth": 500,
    "max_query_size": 262_144,
    "max_bytes_ratio_before_external_group_by": "0.5",
    "max_bytes_ratio_before_external_sort": "0.5",
    "max_temporary_data_on_disk_size_for_query": 10_000_000_000,
    "function_range_max_elements_in_block": 1_000_000,
    "allow_introspection_functions": 0,
    # A row of `cases` holds a whole case: a tenth of the usual rows is work enough for a thread. With the engine's
    # default a
    # log of 5 M events in 262,000 cases was read by one thread of two.
    "merge_tree_min_rows_for_concurrent_read": 16_384,
}
_ROWS_END = b"\n\t]"
_PLACEHOLDER = re.compile(r"\{\s*(\w+)\s*:")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may use: seconds, rows in its result, bytes of memory.

    `final`: rows that replace others, or are there twice until the engine merges them, count once wherever a table is
    read, without the SQL saying FINAL. SQL of our own says it where it is needed. `endless`: numbers that JSON has not
    come as texts such as inf, -inf and nan, and not as null.
    """

    seconds: float
    rows: int
    memory: int
    final: bool = False
    endless: bool = False

    def as_settings(self) -> dict[str, str | int]:
        """The engine's settings for these limits."""
        return {
            "max_execution_time": str(self.seconds),
            "max_result_rows": self.rows,
            "max_memory_usage": self.memory,
            "final": int(self.final),
            "output_format_json_quote_denormals": int(self.endless),
        }


class Engine(Protocol):
    """What an engine must be able to do. Implemented by `embedded.py` and `remote.py`."""

    def read(self, sql: str, params: Mapping[str, Any], limits: Limits, query_id: str) -> bytes:
        """The answer in the engine's JSONCompact format."""

    def write(self, sql: str, params: Mapping[str, Any]) -> bytes:
        """Run a statement on the writer."""

    def insert(self, table: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch], indexed: bool) -> int:
        """Insert all batches, however many, in bounded memory; the rows written. Not `indexed`: merges make the skip
        indexes.
        """

    def append(self, table: str, schema: pa.Schema, batches: Sequence[pa.RecordBatch]) -> int:
        """One INSERT of a few batches; the rows written. Several may run at once."""

    def cancel(self, query_id: str) -> bool:
        """Stop a running read."""

    def close(self) -> None:
        """Let go of the engine."""


Observer = Callable[[], AbstractContextManager[Callable[[Statistics], None]]]
"""Opens a context around a query; what it gives is called with the query's cost."""


class Database:
    """One ClickHouse, opened by `Database.open`. Safe to use from many threads."""

    def __init__(self, engine: Engine, settings: Settings, name: str) -> None:
        self._engine = engine
        self._settings = settings
        self.name = name
        self.exclusive = settings.embedded
        """Whether all writes to this database go through this object."""
        self.telemetry = settings.telemetry_database or name
        self.analysis_limits = Limits(settings.query_seconds, settings.query_rows, self._query_memory(settings))
        self.sql_limits = Limits(settings.sql_seconds, settings.sql_rows, self._query_memory(settings) // 2, final=True)
        self.observer: Observer | None = None
        """Is told of every query, around it."""
        self.settle: Callable[[], None] = _nothing
        """Waits for rows that are on their way, so that a read finds them. Whoever takes rows in sets it."""
        self._writing = threading.RLock()

    @classmethod
    def open(cls, settings: Settings) -> Database:
        """Open the database that `settings.database` names and make sure that its EXOS database exists.

        Raises DatabaseBusy when another process owns the embedded folder, Unavailable when a server cannot be reached.
        """
        name = database_name(settings.database)
        if settings.embedded:
            from exos.store.embedded import EmbeddedEngine

            return cls(EmbeddedEngine.open(settings, name, READ_SETTINGS), settings, name)
        from exos.store.remote import RemoteEngine

        return cls(RemoteEngine.open(settings, name, READ_SETTINGS), settings, name)

    def query(
        self,
        sql: str,
        params: Mapping[str, Any] | None = None,
        *,
        limits: Limits | None = None,
        query_id: str | None = None,
    ) -> Result:
        """Run a read and return its table. `params` bind to `{name:Type}` placeholders.

        Raises BadSQL, BadParameter, QueryTimeout, QueryTooLarge, QueryCancelled, Unavailable.
        """
        used = self._used_params(sql, params)
        watched = self.observer
        with watched() if watched else nullcontext(_unheard) as note:
            with translated():
                answer = self._engine.read(sql, used, limits or self.analysis_limits, query_id or str(uuid.uuid4()))
            result = _parse(answer)
            note(result.statistics)
        return result

    def command(self, sql: str, params: Mapping[str, Any] | None = None) -> None:
        """Run a statement that changes something, on the writer."""
        with self._writing, translated():
            self._engine.write(sql, self._used_params(sql, params))

    def insert(
        self, table: str, data: pa.Table | pa.RecordBatch | Iterable[pa.RecordBatch], *, indexed: bool = True
    ) -> int:
        """Insert Arrow data; the rows are committed when this returns. Returns their number.

        Not `indexed`: the skip indexes are left to later merges. Until then queries find the same rows, reading more;
        on telemetry, which
        has many of them, that makes the insert three times as fast.
        """
        batches = iter(
            data.to_batches() if isinstance(data, pa.Table) else [data] if isinstance(data, pa.RecordBatch) else data
        )
        first = next(batches, None)
        if first is None:
            return 0
        with self._writing, translated():
            return self._engine.insert(self._qualified(table), first.schema, _chain(first, batches), indexed)

    def append(self, table: str, batches: Sequence[pa.RecordBatch]) -> int:
        """Insert a few batches of one schema in one statement; the rows are committed when this returns.

        Does not wait for other writers. Up to 100,000 rows of one day become one part: all of them are stored, or
        none. Raises
        Unavailable when the storage fails, another ExosError when it refuses the rows.
        """
        with translated():
            return self._engine.append(self._qualified(table), batches[0].schema, batches)

    @property
    def loads(self) -> bool:
        """Whether `load` can be used: the embedded engine reads records itself."""
        return hasattr(self._engine, "load")

    def load(self, loading: Loading, table: str, records: bytes, count: int) -> list[int]:
        """Store the rows that `count` records make, in one statement, as `append` does. Where some are beyond the engine
        nothing is stored, and their numbers are returned. Raises as `append`, and BadSQL for bytes that are no records.
        """
        load: Callable[[Loading, str, bytes, int], list[int]] = self._engine.load  # type: ignore[attr-defined]
        with translated():
            return load(loading, self._qualified(table), records, count)

    def cancel(self, query_id: str) -> bool:
        """Stop the running read of that id. False when there is none."""
        return self._engine.cancel(query_id)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer over several statements."""
        with self._writing:
            yield

    def announce(self, url: str) -> None:
        """Tell other processes that this one serves the embedded database over HTTP."""
        announce = getattr(self._engine, "announce", None)
        if announce is not None:
            announce(url)

    def session(self) -> Session:
        """A handle of its own to the embedded engine, for the ClickHouse-HTTP endpoint.

        It may do all that the grants allow: who uses it looks at the SQL first. Raises BadSettings where the data is on
        a server.
        """
        session: Callable[[], Session] | None = getattr(self._engine, "session", None)
        if session is None:
            raise BadSettings(
                "Only the embedded engine can be offered over HTTP.", "Connect to the ClickHouse server itself."
            )
        self.settle()
        return session()

    @property
    def user(self) -> str:
        """Whom a server knows EXOS as."""
        return unquote(urlsplit(self._settings.database).username or "default")

    def may(self, rights: str, database: str) -> bool:
        """Whether the writer has these rights on all tables of a database."""
        with self._writing, translated():
            return self._engine.write(f"CHECK GRANT {rights} ON {quote_name(database)}.*", {}).strip() == b"1"

    def version(self) -> tuple[int, int]:
        """Major and minor version of the engine."""
        major, minor = str(self.query("SELECT version() AS v").rows[0][0]).split(".")[:2]
        return int(major), int(minor)

    def close(self) -> None:
        """Close every handle."""
        self._engine.close()

    def __enter__(self) -> Database:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _qualified(self, table: str) -> str:
        return table if "." in table else f"{self.name}.{table}"

    @staticmethod
    def _used_params(sql: str, params: Mapping[str, Any] | None) -> dict[str, Any]:
        """The driver would format `%` in SQL without placeholders, so it gets only what the SQL names."""
        names = set(_PLACEHOLDER.findall(sql))
        return {name: value for name, value in (params or {}).items() if name in names}

    @staticmethod
    def _query_memory(settings: Settings) -> int:
        return int(settings.memory_bytes * settings.query_memory)


def database_name(dsn: str) -> str:
    """The EXOS database that a DSN names; `exos` where it names none."""
    if dsn.startswith("chdb://"):
        return "exos"
    return urlsplit(dsn).path.strip("/") or "exos"


def dsn_options(dsn: str) -> dict[str, str]:
    """The query part of a DSN."""
    return dict(parse_qsl(urlsplit(dsn).query))


@contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's errors into ours."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the driver raises many kinds; translate() re-raises what is not its own
        raise translate(error) from None


def _nothing() -> None:
    return


def _unheard(_: Statistics) -> None:
    return


def _chain(first: pa.RecordBatch, rest: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield first
    yield from rest


def _parse(answer: bytes) -> Result:
    """Take JSONCompact apart without parsing the rows: no string in it can hold a raw line break, so its markers are
    unique.
    """
    if not answer:
        raise QueryCancelled("The query was cancelled.", "Run it again.")
    start = answer.find(b'\n\t"data":\n\t[')
    stop = answer.rfind(_ROWS_END + b',\n\n\t"rows":')
    if start < 0 or stop < 0:
        raise Unavailable("The engine's answer cannot be read.", "Check the engine's version with `exos doctor`.")
    body = start + len(b'\n\t"data":\n\t')
    frame = orjson.loads(answer[:start] + b'\n\t"data": [' + answer[stop:])
    columns = tuple(Column(row["name"], row["type"]) for row in frame["meta"])
    cost = frame["statistics"]
    statistics = Statistics(cost["elapsed"], cost["rows_read"], cost["bytes_read"])
    # One slice: an answer of 24 MB takes 5 ms for every copy.
    return Result(columns, answer[body : stop + len(_ROWS_END)], statistics)
