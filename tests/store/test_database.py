"""The embedded engine behind its interface: values, limits, cancelling, errors, ownership."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from datetime import UTC, date, datetime
from datetime import time as clock
from pathlib import Path

import pyarrow as pa
import pytest

from exos.errors import (
    BadParameter,
    BadSQL,
    DatabaseBusy,
    ExosError,
    QueryCancelled,
    QueryRefused,
    QueryTimeout,
    QueryTooLarge,
    Unavailable,
)
from exos.settings import Settings
from exos.store.clickstack import LOGS
from exos.store.database import Database, Limits
from exos.store.failures import clean


def test_values_come_back_as_json(database: Database) -> None:
    result = database.query(
        "SELECT toUInt64(9007199254740993) AS big, now64(6, 'UTC') AS moment, nan AS nothing, [1, 2] AS list,"
        " map('a', 'b') AS words, 'tab\\there\nline \"quoted\"' AS text, NULL AS absent"
    )
    big, moment, nothing, numbers, words, text, absent = result.rows[0]
    assert big == 9007199254740993
    assert moment.endswith("Z")
    assert (nothing, numbers, words, absent) == (None, [1, 2], {"a": "b"}, None)
    assert text == 'tab\there\nline "quoted"'
    assert result.statistics.elapsed > 0


@pytest.mark.parametrize(
    "text",
    ["it's", 'a"b', "back\\slash", "line\nbreak\ttab", "{x:String}", "%s %(a)s", "—é🙂", "'; DROP TABLE cases --"],
)
def test_parameters_are_values(database: Database, text: str) -> None:
    assert database.query(
        "SELECT {text:String} AS a, {many:Array(String)} AS b", {"text": text, "many": [text]}
    ).rows == [[text, [text]]]


def test_a_row_that_looks_like_the_end_of_the_answer(database: Database) -> None:
    tricky = '\n\t],\n\n\t"rows": 1'
    assert database.query("SELECT {tricky:String} AS a", {"tricky": tricky}).rows == [[tricky]]


def test_no_rows(database: Database) -> None:
    result = database.query("SELECT 1 AS a WHERE 0")
    assert (result.names, result.rows) == (["a"], [])


@pytest.mark.parametrize("how", ["insert", "append"])
def test_rows_that_the_storage_refuses_are_an_error(database: Database, how: str) -> None:
    """chDB's own streaming inserter says that all is well."""
    database.command(
        "CREATE TABLE IF NOT EXISTS picky (a Int64, CONSTRAINT small CHECK a < 1000) ENGINE = MergeTree PARTITION BY a ORDER BY a"
    )
    for bad in ([1, 5000], list(range(150))):
        batch = pa.record_batch([pa.array(bad, pa.int64())], names=["a"])
        with pytest.raises(ExosError):
            database.insert("picky", batch) if how == "insert" else database.append("picky", [batch])
        assert database.query("SELECT count() FROM picky WHERE a > 1 OR a = 0").rows == [[0]]
    good = pa.record_batch([pa.array([1], pa.int64())], names=["a"])
    assert database.append("picky", [good, good]) == 2
    assert database.query("SELECT count() >= 2 FROM picky").rows == [[1]]


def test_inserts_arrow(database: Database) -> None:
    database.command(
        "CREATE TABLE IF NOT EXISTS arrow_rows (a Int64, b Map(LowCardinality(String), String)) ENGINE = MergeTree ORDER BY a"
    )
    schema = pa.schema([("a", pa.int64()), ("b", pa.map_(pa.string(), pa.string()))])
    batches = (pa.record_batch([[n], [[("k", str(n))]]], schema=schema) for n in range(3))
    assert database.insert("arrow_rows", batches) == 3
    assert database.insert("arrow_rows", iter([])) == 0
    assert database.query("SELECT * FROM arrow_rows ORDER BY a").rows == [[n, {"k": str(n)}] for n in range(3)]


def test_a_failed_insert_leaves_the_writer_usable(database: Database) -> None:
    with pytest.raises(ExosError):
        database.insert("no_such_table", pa.table({"a": [1]}))
    database.command("CREATE TABLE IF NOT EXISTS after_failure (a Int64) ENGINE = MergeTree ORDER BY a")
    assert database.insert("after_failure", pa.table({"a": [1]})) == 1


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("SELEC 1", BadSQL),
        ("SELECT nothing_of_that_name", BadSQL),
        ("SELECT * FROM no_such_table", BadSQL),
        ("SELECT {n:UInt8}", BadParameter),
        ("INSERT INTO cases (process) VALUES ('x')", QueryRefused),
        ("SET max_threads = 1", BadSQL),
        ("SELECT * FROM file('/etc/passwd', 'LineAsString')", QueryRefused),
        ("SELECT * FROM url('http://127.0.0.1:9/', 'LineAsString')", QueryRefused),
    ],
)
def test_errors_say_what_they_are(database: Database, sql: str, error: type[ExosError]) -> None:
    with pytest.raises(error) as raised:
        database.query(sql, {"n": "many"})
    assert "DB::Exception" not in raised.value.message
    assert "version" not in raised.value.message
    assert raised.value.hint


def test_limits(database: Database) -> None:
    endless = "SELECT count() FROM numbers(100000000000) WHERE sin(number) > 2"
    with pytest.raises(QueryTimeout):
        database.query(endless, limits=Limits(seconds=0.3, rows=1000, memory=50_000_000))
    tight = Limits(seconds=20, rows=1000, memory=50_000_000)
    with pytest.raises(QueryTooLarge):
        database.query("SELECT number FROM numbers(5000)", limits=tight)
    with pytest.raises(QueryTooLarge):
        database.query("SELECT length(groupArray(toString(number))) FROM numbers(10000000)", limits=tight)
    assert database.query("SELECT 1 AS one", limits=tight).rows == [[1]]


def test_nothing_of_a_failed_query_reaches_the_next_answer(database: Database) -> None:
    """chDB puts the partial output of a failed query in front of the next answer of the same handle."""
    for _ in range(4):
        with pytest.raises(ExosError):
            database.query("SELECT throwIf(number = 100000) AS secret FROM numbers(200000)")
        assert database.query("SELECT 1 AS one").rows == [[1]]


def test_cancel(database: Database) -> None:
    caught: list[BaseException] = []

    def work() -> None:
        try:
            database.query("SELECT count() FROM numbers(100000000000) WHERE sin(number) > 2", query_id="mine")
        except ExosError as error:
            caught.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    deadline = time.monotonic() + 10
    while thread.is_alive() and time.monotonic() < deadline:
        database.cancel("mine")
        thread.join(0.05)
    assert [type(error) for error in caught] == [QueryCancelled]
    assert database.cancel("mine") is False


def test_more_queries_than_readers_wait_their_turn(database: Database) -> None:
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(database.query("SELECT sleep(0.01) AS s, 1 AS one").rows[0][1]))
        for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert answers == [1] * 12


def _python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60, check=False
    )


OPEN = """
import sys
from exos.errors import DatabaseBusy
from exos.settings import Settings
from exos.store.database import Database
try:
    Database.open(Settings.load({}, home=sys.argv[1], memory_limit=512)).close()
    print("opened")
except DatabaseBusy as busy:
    print(busy.pid, busy.url, busy.message, busy.hint)
"""


@pytest.mark.embedded("a server's folder is not ours")
@pytest.mark.timeout(60)
def test_a_second_process_is_told_who_owns_the_folder(database: Database, home: Path) -> None:
    import os

    database.announce("http://127.0.0.1:8600")
    said = _python(OPEN, str(home)).stdout
    assert said.startswith(f"{os.getpid()} http://127.0.0.1:8600 ")
    assert "Ask it at http://127.0.0.1:8600" in said
    database.announce("")


@pytest.mark.timeout(60)
def test_the_folder_is_free_after_its_owner_died(tmp_path: Path) -> None:
    code = OPEN.replace('.close()\n    print("opened")', "; import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert _python(code, str(tmp_path)).returncode == -9
    assert _python(OPEN, str(tmp_path)).stdout == "opened\n"


@pytest.mark.timeout(60)
def test_memory_cap_spills_then_fails_and_the_process_lives(tmp_path: Path) -> None:
    code = """
import sys
from exos.errors import QueryTooLarge
from exos.settings import Settings
from exos.store.database import Database
database = Database.open(Settings.load({}, home=sys.argv[1], memory_limit=700))
print(database.query("SELECT count() AS n FROM (SELECT number AS k, count() FROM numbers(20000000) GROUP BY k)").rows)
try:
    database.query("SELECT length(groupArray(number)) FROM numbers(1000000000)")
except QueryTooLarge as error:
    print("refused")
print(database.query("SELECT 1 AS one").rows)
"""
    done = _python(code, str(tmp_path))
    assert done.stdout.splitlines() == ["[[20000000]]", "refused", "[[1]]"], done.stderr


def test_a_server_that_does_not_answer() -> None:
    with pytest.raises(Unavailable, match="cannot be reached"):
        Database.open(Settings.load({}, database="clickhouse://127.0.0.1:9/exos"))


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="cannot be used"):
        Database.open(Settings.load({}, home=str(tmp_path / "file")))


def test_messages_are_cleaned() -> None:
    text = (
        "RuntimeError: Code: 60. DB::Exception: Unknown table 'x' in scope. Maybe you meant y: In scope SELECT 1 FROM x."
        " (UNKNOWN_TABLE) (version 26.9.2.1 (official build))"
    )
    assert clean(text) == "Unknown table 'x' in scope. Maybe you meant y."


def test_busy_is_an_unavailable() -> None:
    assert issubclass(DatabaseBusy, Unavailable)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT arrayExists(x -> match(x, '('), activities) FROM cases",
        "SELECT toUInt8(concat(process, 'x')) FROM cases",
        "SELECT intDiv(events, 0) FROM cases",
        "SELECT secret_name FROM (SELECT events AS hidden FROM cases)",
        "SELECT activities + 1 FROM (SELECT activities, events AS hidden FROM cases)",
        "SELECT process FROM (SELECT process, events AS hidden FROM cases) GROUP BY hidden",
    ],
)
def test_messages_do_not_show_the_sql_that_ran(database: Database, process: str, sql: str) -> None:
    from eventlogs import ORDERS, load

    load(database, process, ORDERS)
    with pytest.raises(ExosError) as raised:
        database.query(sql)
    for inner in ("__table", "SELECT", "hidden FROM", "while executing", "In scope"):
        assert inner not in raised.value.message


@pytest.mark.parametrize("indexed", [True, False])
def test_rows_without_skip_indexes_are_found_all_the_same(database: Database, process: str, indexed: bool) -> None:
    service = f"{process}-{indexed}"
    # A day of its own: the indexes are those of its partition.
    day = date(2026, 6, 1 + indexed)
    at = datetime.combine(day, clock(12), UTC)
    rows = {"Timestamp": [at] * 1000, "ServiceName": [service] * 1000, "Body": [f"line {n}" for n in range(1000)]}
    schema = pa.schema([LOGS.field(name) for name in rows])
    assert database.insert("otel_logs", pa.table(rows, schema=schema), indexed=indexed) == 1000
    size = database.query(
        "SELECT sum(secondary_indices_compressed_bytes) AS bytes FROM system.parts"
        " WHERE active AND database = {database:String} AND table = 'otel_logs' AND partition = {day:String}",
        {"database": database.name, "day": day.isoformat()},
    ).rows[0][0]
    # Without them there are files all the same, of some bytes.
    assert (size > 2_000) == indexed
    found = database.query(
        "SELECT Body FROM otel_logs WHERE hasToken(lower(Body), '777') AND ServiceName = {service:String}",
        {"service": service},
    )
    assert found.rows == [["line 777"]]
