"""What is done for one request, in a worker thread: a session is set up, the statement looked at and run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from exos.server.clickhouse import harm, native, statements
from exos.server.clickhouse.failures import Failed
from exos.server.clickhouse.inserting import target
from exos.server.clickhouse.request import STATEMENT_BYTES, Asked
from exos.server.clickhouse.running import Running, kill_by_comment
from exos.store.database import READ_SETTINGS, Database, Limits
from exos.store.quoting import quote_text
from exos.store.session import Answer, Session

STREAMED = frozenset(
    (
        *("Native", "RowBinary", "CSV", "JSONEachRow", "JSONLines", "NDJSON"),
        *("TabSeparated", "TSV", "TabSeparatedRaw", "TSVRaw"),
    )
)
"""Formats whose pieces can be sent one after the other: they have neither head nor foot."""
# Data is not SQL unless it was looked at; `format('Values', …)` takes it for SQL as well.
_VALUES_AS_SQL = ("input_format_values_interpret_expressions", "input_format_values_deduce_templates_of_expressions")
_AS_A_SERVER = {"implicit_select": "0", **dict.fromkeys(_VALUES_AS_SQL, "0")}
# Answers in formats that are not sent in pieces are whole in memory first.
_WHOLE_BYTES = 512 << 20
_SPILLED_BYTES = READ_SETTINGS["max_temporary_data_on_disk_size_for_query"]
_SELECTS = ("SELECT", "WITH", "FROM")


@dataclass(frozen=True)
class Account:
    """Somebody who may ask. `limited`: reads only, within `Limits`."""

    name: str
    password: str
    limited: bool = False


class Work:
    """One statement of one account."""

    def __init__(self, database: Database, running: Running, account: Account, asked: Asked, query_id: str) -> None:
        self._database = database
        self._running = running
        self._account = account
        self._asked = asked
        self.query_id = query_id
        self.insert = statements.insert_with_data(asked.sql)
        self.format = self.insert.format if self.insert else statements.answer_format(asked.sql) or asked.format
        self.answers = self.insert is None and statements.answers(asked.sql)
        word = statements.first_word(asked.sql)
        self.streams = self.answers and word in _SELECTS and self.format in STREAMED and not asked.wait
        self._framed = self.format == "Native" and asked.protocol >= native.FRAMED_SINCE
        self._kills = word == "KILL"
        self._target = ("", "")
        self._used = asked.database if asked.database not in ("", "default") else database.name

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session with everything set, listed as running. Raises Failed and what the engine raises."""
        self._running.begin(self.query_id, self._account.name, spare=self._kills)
        try:
            with self._database.session() as session:
                self._prepare(session)
                yield session
        finally:
            self._running.end(self.query_id)

    def run(self, session: Session) -> Answer:
        """The whole answer."""
        answer = session.answer(self._sql(), self.format, self._asked.params)
        return replace(answer, body=native.framed(answer.body)) if self._framed else answer

    def stream(self, session: Session) -> Iterator[bytes]:
        """The answer in pieces."""
        pieces = session.stream(self._sql(), self.format, self._asked.params)
        return map(native.framed, pieces) if self._framed else pieces

    def begin_insert(self, session: Session) -> bytes:
        """Start the insert; the data that came along with the statement."""
        assert self.insert is not None
        if self._readonly(self._asked) not in (None, "0"):
            raise Failed(164, "READONLY", "Cannot execute query in readonly mode")
        if self.insert.settings:
            session.set_clause(self.insert.settings)
        session.begin_insert(*self._target, self.insert.format)
        return self._asked.sql[self.insert.data :]

    def cancel(self) -> None:
        """Stop the statement while it runs."""
        with suppress(Exception), self._database.session() as session:
            comment = quote_text(self.query_id)
            session.answer(f"KILL QUERY WHERE Settings['log_comment'] = {comment} ASYNC", "TSV", {})

    def _sql(self) -> str:
        sql = self._asked.sql
        if self._kills:
            sql = kill_by_comment(sql, self._running.of(self._account.name) if self._account.limited else None)
        return sql.decode(errors="replace")

    def _prepare(self, session: Session) -> None:
        asked, limited = self._asked, self._account.limited
        if self.insert is None and len(asked.sql) >= STATEMENT_BYTES:
            raise Failed(62, "SYNTAX_ERROR", f"Max query size exceeded: a statement may have {STATEMENT_BYTES} bytes")
        harm.check(session, self.insert.whole if self.insert else asked.sql.decode(errors="replace"), limited)
        # Before the client's settings, which could get in the way of looking.
        if self.insert:
            self._target = target(session, self.insert, self._used)
        calculates = self.insert is not None and self.insert.format == "Values" and self._may_calculate(session)
        session.use(self._used)
        session.set({**self._settings(asked.settings), "log_comment": self.query_id, **_AS_A_SERVER})
        if calculates:
            session.set(dict.fromkeys(_VALUES_AS_SQL, "1"))
        if (readonly := self._readonly(asked)) is not None:
            session.set({"readonly": readonly})

    def _may_calculate(self, session: Session) -> bool:
        assert self.insert is not None
        data = self._asked.sql[self.insert.data :]
        return len(data) < STATEMENT_BYTES // 4 and harm.check_values(session, data)

    def _settings(self, given: Mapping[str, str]) -> dict[str, str]:
        for name in given:
            harm.check_setting(name)
        settings = {name: value for name, value in given.items() if name not in ("readonly", "log_comment")}
        if self._account.limited:
            settings.update(_limited(settings, self._database.analysis_limits))
        else:
            settings.setdefault("max_memory_usage", str(self._database.analysis_limits.memory))
        if self.answers and not self.streams:
            settings.update({"max_result_bytes": str(_WHOLE_BYTES), "result_overflow_mode": "throw"})
        return {**settings, "max_temporary_data_on_disk_size_for_query": str(_SPILLED_BYTES)}

    def _readonly(self, asked: Asked) -> str | None:
        given = asked.settings.get("readonly")
        if self._account.limited:
            if given not in (None, "2"):
                raise Failed(164, "READONLY", "Cannot modify 'readonly' setting in readonly mode")
            return "2"
        return given if given is not None else "2" if asked.method == "GET" else None


def _limited(settings: Mapping[str, str], limits: Limits) -> dict[str, str]:
    """A reader's limits: those given where they are lower. Whether to read as if FINAL was said is the asker's choice."""
    found: dict[str, str] = {}
    most_of = limits.as_settings()
    for name in harm.LIMITS:
        most = most_of[name]
        try:
            given = float(settings.get(name, 0))
        except ValueError:
            given = 0.0
        found[name] = settings[name] if 0 < given <= float(most) else str(most)
    return {**found, "timeout_overflow_mode": "throw", "result_overflow_mode": "throw"}
