"""The endpoint, asked over real HTTP: by hand, and by the driver that EXOS itself uses for servers."""

from __future__ import annotations

import base64
import gzip
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import clickhouse_connect
import httpx2
import lz4.frame
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from clickhouse_server import PASSWORD, READER_PASSWORD, serve
from corpus.guard_corpus import PARAMS, Canaries, read_corpus

WRITER, READER = ("exos", PASSWORD), ("exos_reader", READER_PASSWORD)
ENDLESS = "SELECT count() FROM numbers(1000000000000) WHERE sin(number) > 2"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(tmp_path_factory.mktemp("endpoint")) as dsn:
        yield f"http://127.0.0.1:{urlsplit(dsn).port}"


class Asker:
    """Sends statements as one user."""

    def __init__(self, url: str, user: tuple[str, str]) -> None:
        token = base64.b64encode(f"{user[0]}:{user[1]}".encode()).decode()
        self._client = httpx2.Client(
            base_url=url, headers={"Authorization": f"Basic {token}"}, timeout=20, trust_env=False
        )

    def __call__(self, body: Any = b"", headers: dict[str, str] | None = None, **query: Any) -> httpx2.Response:
        content = body.encode() if isinstance(body, str) else body
        return self._client.post("/", params=query, content=content, headers=headers or {})

    def get(self, **query: Any) -> httpx2.Response:
        return self._client.get("/", params=query)

    def close(self) -> None:
        self._client.close()


@pytest.fixture(scope="module")
def ask(url: str) -> Iterator[Asker]:
    asker = Asker(url, WRITER)
    yield asker
    asker.close()


@pytest.fixture(scope="module")
def read(url: str) -> Iterator[Asker]:
    asker = Asker(url, READER)
    yield asker
    asker.close()


@pytest.fixture
def table(ask: Asker, request: pytest.FixtureRequest) -> str:
    name = f"t{abs(hash(request.node.name))}"
    assert ask(f"CREATE TABLE {name} (a Int64, b String) ENGINE = MergeTree ORDER BY a").text == ""
    return name


def rows(ask: Asker, table: str) -> str:
    return ask(f"SELECT a, b FROM {table} ORDER BY a, b FORMAT CSV").text


def refused(answer: httpx2.Response, status: int, code: int, name: str) -> None:
    """It is told as a server tells it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["x-clickhouse-exception-code"] == str(code)
    assert answer.text.startswith(f"Code: {code}. DB::Exception: ")
    assert f"({name}) (version 2" in answer.text


def test_health_needs_no_password(url: str) -> None:
    with httpx2.Client(base_url=url, trust_env=False) as client:
        assert client.get("/ping").text == "Ok.\n"
        assert client.get("/replicas_status").text == "Ok.\n"
        assert client.get("/nothing").status_code == 404
        assert client.put("/").status_code == 501


def test_nobody_gets_in_without_a_password(url: str) -> None:
    with httpx2.Client(base_url=url, trust_env=False) as client:
        unknown = client.post("/", content="SELECT 1")
        refused(unknown, 401, 194, "REQUIRED_PASSWORD")
        assert unknown.headers["www-authenticate"].startswith("Basic")
        for auth in (("exos", ""), ("exos", "wrong"), ("default", ""), ("exos_reader", PASSWORD)):
            refused(client.post("/", content="SELECT 1", auth=auth), 403, 516, "AUTHENTICATION_FAILED")
        refused(client.get("/", headers={"Authorization": "Bearer x"}), 403, 516, "AUTHENTICATION_FAILED")


def test_three_ways_to_say_who_asks(url: str) -> None:
    with httpx2.Client(base_url=url, trust_env=False) as client:
        assert client.post("/", content="SELECT 1", auth=WRITER).text == "1\n"
        assert client.get("/", params={"query": "SELECT 1", "user": "exos", "password": PASSWORD}).text == "1\n"
        names = {"X-ClickHouse-User": "exos", "X-ClickHouse-Key": PASSWORD}
        assert client.post("/", content="SELECT 1", headers=names).text == "1\n"


def test_answers_have_a_server_s_headers(ask: Asker) -> None:
    answer = ask("SELECT 1 AS a, 'x' AS b FORMAT JSONCompact", query_id="mine", session_timezone="Asia/Tokyo")
    assert answer.json()["data"] == [[1, "x"]]
    assert answer.headers["x-clickhouse-query-id"] == "mine"
    assert answer.headers["x-clickhouse-timezone"] == "Asia/Tokyo"
    assert answer.headers["x-clickhouse-format"] == "JSONCompact"
    assert answer.headers["content-type"] == "application/json; charset=UTF-8"
    assert json.loads(answer.headers["x-clickhouse-summary"])["result_rows"] == "1"


def test_formats_parameters_and_settings(ask: Asker) -> None:
    assert ask("SELECT 1, 2").text == "1\t2\n"
    assert ask("SELECT 1, 2", default_format="CSV").text == "1,2\n"
    assert ask("SELECT 1, 2 FORMAT TSV", default_format="CSV").text == "1\t2\n"
    assert ask(query="SELECT 1,", body="2").text == "1\t2\n"
    assert ask("SELECT {a:String}, {n:UInt8}", param_a="it's\\t\\\\", param_n="7").text == "it\\'s\\t\\\\\t7\n"
    assert ask("SELECT getSetting('max_threads')", max_threads=1).text == "1\n"
    assert ask("SELECT getSetting('max_block_size')").text == "65409\n"
    refused(ask("SELECT 1", no_such_setting=1), 404, 115, "UNKNOWN_SETTING")
    refused(ask("SELECT 1 FORMAT Nothing"), 404, 73, "UNKNOWN_FORMAT")


def test_failures(ask: Asker) -> None:
    refused(ask("SELECT FROM WHERE"), 400, 62, "SYNTAX_ERROR")
    refused(ask("SELEC"), 400, 62, "SYNTAX_ERROR")
    refused(ask("SELECT 1; SELECT 2"), 400, 62, "SYNTAX_ERROR")
    refused(ask("SELECT * FROM no_such_table"), 404, 60, "UNKNOWN_TABLE")
    refused(ask("SELECT 1", database="nowhere"), 403, 497, "ACCESS_DENIED")
    refused(ask(ENDLESS, max_execution_time="0.2"), 408, 159, "TIMEOUT_EXCEEDED")
    refused(
        ask("SELECT groupArray(number) FROM numbers(100000000)", max_memory_usage=10**8),
        500,
        241,
        "MEMORY_LIMIT_EXCEEDED",
    )
    refused(ask("SELECT 1", compress=1), 501, 48, "NOT_IMPLEMENTED")
    refused(ask("SELECT 1" + " " * (1 << 20)), 400, 62, "SYNTAX_ERROR")
    assert ask("SELECT 1").text == "1\n"


def test_a_whole_answer_cannot_fill_the_memory(ask: Asker) -> None:
    answer = ask("SELECT repeat('x', 1000000) FROM numbers(2000) FORMAT JSON", max_block_size=10)
    assert answer.headers["x-clickhouse-exception-code"] in ("241", "396")
    assert ask("SELECT 1").text == "1\n"


def test_a_failure_behind_data_is_told_under_its_tag(ask: Asker) -> None:
    answer = ask("SELECT throwIf(number = 2000000) FROM numbers(3000000) FORMAT TSV")
    tag = answer.headers["x-clickhouse-exception-tag"]
    assert answer.status_code == 200
    assert answer.text.startswith("0\n0\n")
    assert f"__exception__\r\n{tag}\r\nCode: 395. DB::Exception" in answer.text
    whole = ask("SELECT throwIf(number = 2000000) FROM numbers(3000000) FORMAT TSV", wait_end_of_query=1)
    refused(whole, 500, 395, "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "zstd", "lz4"])
def test_packed_both_ways(ask: Asker, table: str, encoding: str) -> None:
    packed = {"gzip": gzip.compress, "lz4": lz4.frame.compress}.get(encoding)
    if packed:
        ask(packed(f"INSERT INTO {table} FORMAT CSV\n1,x\n".encode()), {"Content-Encoding": encoding})
        assert rows(ask, table) == '1,"x"\n'
    headers = {"Accept-Encoding": encoding}
    for query in ("SELECT number FROM numbers(1000) FORMAT TSV", "SELECT number FROM numbers(1000) FORMAT JSON"):
        plain = ask(query, {"Accept-Encoding": encoding})
        answer = ask(query, headers, enable_http_compression=1)
        assert "content-encoding" not in plain.headers
        assert answer.headers["content-encoding"] == encoding
        if encoding in ("gzip", "deflate"):
            assert len(answer.content) > 0.9 * len(plain.content)
    refused(ask(b"\x1f\x8b not gzip", {"Content-Encoding": "gzip"}), 500, 271, "CANNOT_DECOMPRESS")


def test_inserts(ask: Asker, table: str) -> None:
    written = ask(f"INSERT INTO {table} VALUES (1, 'a'), (2, upper('b')) ")
    assert json.loads(written.headers["x-clickhouse-summary"])["written_rows"] == "2"
    ask(b"3\tc\n", query=f"INSERT INTO {table} (a, b) FORMAT TSV")
    ask(f'INSERT INTO {table} SETTINGS input_format_skip_unknown_fields = 1 FORMAT JSONEachRow {{"a": 4, "z": 1}}')
    ask(f"INSERT INTO {table} SELECT a + 10, b FROM {table} WHERE a = 1")
    assert rows(ask, table) == '1,"a"\n2,"B"\n3,"c"\n4,""\n11,"a"\n'
    refused(ask(b"x\ty\n", query=f"INSERT INTO {table} FORMAT TSV"), 400, 27, "CANNOT_PARSE_INPUT_ASSERTION_FAILED")
    refused(ask(b"1\ty\n", query="INSERT INTO no_such_table FORMAT TSV"), 404, 60, "UNKNOWN_TABLE")


def test_rows_that_the_storage_refuses_are_told(ask: Asker) -> None:
    ask("CREATE TABLE picky (a Int64, CONSTRAINT small CHECK a < 1000) ENGINE = MergeTree PARTITION BY a ORDER BY a")
    many = pa.record_batch([pa.array(range(150), pa.int64())], names=["a"])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, many.schema) as writer:
        writer.write_batch(many)
    native = ask("SELECT toInt64(number) AS a FROM numbers(150) FORMAT Native").content
    text = "".join(f"{n}\n" for n in range(150)).encode()
    for format, data in (("ArrowStream", sink.getvalue().to_pybytes()), ("Native", native), ("TSV", text)):
        refused(ask(data, query=f"INSERT INTO picky FORMAT {format}"), 500, 252, "TOO_MANY_PARTS")
    refused(ask("INSERT INTO picky VALUES (1), (5000)"), 500, 469, "VIOLATED_CONSTRAINT")
    refused(ask("INSERT INTO FUNCTION zeros(3) VALUES (1)"), 501, 48, "NOT_IMPLEMENTED")
    refused(ask("INSERT INTO {t:Identifier} VALUES (1)", param_t="picky"), 501, 48, "NOT_IMPLEMENTED")
    refused(
        ask(b"x\ty", query="INSERT INTO picky FORMAT TSV", offset=1), 400, 27, "CANNOT_PARSE_INPUT_ASSERTION_FAILED"
    )
    refused(ask("INSERT INTO picky VALUES (1)", readonly=2), 500, 164, "READONLY")
    assert ask("SELECT count() FROM picky").text == "0\n"
    written = ask(
        "INSERT INTO TABLE exos.`picky` (a) SETTINGS async_insert = 1 -- x\n VALUES (1), (2)", limit=1, offset=1
    )
    assert json.loads(written.headers["x-clickhouse-summary"])["written_rows"] == "2"
    assert ask("SELECT count() FROM picky").text == "2\n"


def test_a_large_insert_streams(ask: Asker, table: str) -> None:
    block = b"".join(b"%d\t%s\n" % (n, b"x" * 100) for n in range(10_000))
    answer = ask((block for _ in range(30)), query=f"INSERT INTO {table} FORMAT TSV")
    assert json.loads(answer.headers["x-clickhouse-summary"])["written_rows"] == "300000"
    assert ask(f"SELECT count() FROM {table}").text == "300000\n"


def test_an_insert_that_breaks_off_is_not_committed(ask: Asker, table: str, url: str) -> None:
    def broken() -> Iterator[bytes]:
        yield b"1\tx\n" * 1000
        raise ConnectionError

    with pytest.raises(ConnectionError):
        ask(broken(), query=f"INSERT INTO {table} FORMAT TSV")
    assert ask(f"SELECT count() FROM {table}").text == "0\n"


def test_reading_by_get(ask: Asker, table: str) -> None:
    assert ask.get(query="SELECT 1").text == "1\n"
    assert ask.get().text == "Ok.\n"
    refused(ask.get(query=f"DROP TABLE {table}"), 500, 164, "READONLY")
    refused(ask(f"DROP TABLE {table}", readonly=1, max_threads=1), 500, 164, "READONLY")


def test_forms(ask: Asker) -> None:
    long = "é'\n--\t" * 20_000
    parts = {
        "query": (None, "SELECT length({long:String}), cityHash64({long:String}) = {hash:UInt64}"),
        "param_hash": (None, "1"),
    }
    escaped = long.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
    answer = ask._client.post("/", files={**parts, "param_long": (None, escaped)})
    assert answer.text == f"{len(long.encode())}\t0\n"
    refused(
        ask._client.post("/", files={"query": (None, "SELECT 1"), "data": ("x.csv", "1")}), 501, 48, "NOT_IMPLEMENTED"
    )


def shown(ask: Asker, query_id: str, times: str) -> None:
    """Wait until the engine runs that query, or no longer does."""
    running = "SELECT count() FROM system.processes WHERE Settings['log_comment'] = {id:String}"
    deadline = time.monotonic() + 15
    while (found := ask(running, param_id=query_id).text.strip()) != times and time.monotonic() < deadline:
        time.sleep(0.05)
    assert found == times


class Running:
    """A statement that runs in a thread until it is stopped."""

    def __init__(self, ask: Asker, query_id: str) -> None:
        self._answers: list[httpx2.Response] = []
        self._thread = threading.Thread(target=lambda: self._answers.append(ask(ENDLESS, query_id=query_id)))
        self._thread.start()

    def stopped_by(self, ask: Asker, condition: str, tries: int = 100) -> httpx2.Response | None:
        for _ in range(tries):
            ask(f"KILL QUERY WHERE {condition} ASYNC")
            self._thread.join(0.05)
            if self._answers:
                return self._answers[0]
        return None


def test_kill_query(ask: Asker, read: Asker) -> None:
    mine = Running(ask, "slow-1")
    shown(ask, "slow-1", "1")
    refused(ask("SELECT 1", query_id="slow-1"), 500, 216, "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING")
    assert mine.stopped_by(read, "query_id = 'slow-1' OR 1", tries=6) is None, (
        "a reader stopped a query of another user"
    )
    answer = mine.stopped_by(ask, "query_id = 'slow-1'")
    assert answer is not None
    refused(answer, 500, 394, "QUERY_WAS_CANCELLED")
    own = Running(read, "slow-2").stopped_by(read, "query_id = 'slow-2'")
    assert own is not None
    refused(own, 500, 394, "QUERY_WAS_CANCELLED")


def test_a_query_ends_when_nobody_waits_for_it(ask: Asker) -> None:
    with pytest.raises(httpx2.TimeoutException):
        ask._client.post(
            "/",
            params={"query_id": "left", "cancel_http_readonly_queries_on_client_close": 1},
            content=ENDLESS,
            timeout=0.5,
        )
    shown(ask, "left", "0")


def test_an_export_that_nobody_reads_ends(ask: Asker) -> None:
    endless = "SELECT number FROM system.numbers FORMAT TSV"
    with ask._client.stream("POST", "/", params={"query_id": "export"}, content=endless) as answer:
        assert next(answer.iter_bytes()).startswith(b"0\n1\n")
    shown(ask, "export", "0")


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
WORDS = st.sampled_from(
    ["SELECT", "INSERT INTO t", "VALUES", "(", ")", "'", "`", "FORMAT", "Native", "JSON", ";", "--", "/*", "1", ",", "{a:Int8}",
     "SETTINGS", "max_threads", "=", "FROM", "numbers(3)", "\0", "é", "\ud800", "KILL QUERY WHERE", "query_id", "SET", "USE"]
)  # fmt: skip


@pytest.mark.timeout(90)
@hypothesis_settings(max_examples=100, deadline=None)
@given(
    sql=st.one_of(
        st.binary(max_size=60), st.lists(WORDS, max_size=12).map(lambda all: " ".join(all).encode(errors="replace"))
    ),
    query=st.dictionaries(TEXTS, TEXTS, max_size=3),
    encoding=st.sampled_from(["", "", "gzip", "zstd", "lz4", "br"]),
)
def test_whatever_is_sent_is_answered(url: str, sql: bytes, query: dict[str, str], encoding: str) -> None:
    """No request makes it fail inside, and it lives."""
    headers = {"Content-Encoding": encoding, "X-ClickHouse-User": "exos", "X-ClickHouse-Key": PASSWORD}
    clean = {name: value for name, value in query.items() if name != "password"}
    answer = httpx2.post(url, params=clean, content=sql, headers=headers, timeout=10, trust_env=False)
    assert answer.headers.get("x-clickhouse-exception-code") != "49", answer.text


def test_a_reader_only_reads_and_within_limits(read: Asker, table: str) -> None:
    for statement in (
        f"INSERT INTO {table} VALUES (1, 'x')",
        f"DROP TABLE {table}",
        f"ALTER TABLE {table} DELETE WHERE 1",
    ):
        refused(read(statement), 500, 164, "READONLY")
    for statement in (
        "SELECT 1 SETTINGS max_memory_usage = 0",
        "SELECT * FROM (SELECT 1 SETTINGS max_execution_time = 0)",
        "SET max_result_rows = 0",
        "EXPLAIN SELECT 1 SETTINGS max_execution_time = 0",
    ):
        refused(read(statement), 500, 452, "SETTING_CONSTRAINT_VIOLATION")
    refused(read("SELECT 1", readonly=0), 500, 164, "READONLY")
    assert read("SELECT getSetting('max_result_rows')", max_result_rows=10**9).text == "1000000\n"
    assert read("SELECT getSetting('max_result_rows')", max_result_rows=10).text == "10\n"
    assert read("SELECT 1", max_threads=1).text == "1\n"
    assert read("SELECT getSetting('final')").text == "false\n"
    assert read("SELECT getSetting('final')", final=1).text == "true\n"


@pytest.mark.timeout(180)
@pytest.mark.parametrize("user", ["writer", "reader"])
def test_hostile_statements_reach_nothing_outside(url: str, user: str, tmp_path: Path) -> None:
    """The guard's corpus, which here is not guarded: whatever else it does, no file, no network, no program."""
    asker, canaries = Asker(url, WRITER if user == "writer" else READER), Canaries(tmp_path)
    values = {f"param_{name}": str(value) for name, value in PARAMS.items()}
    leaks = []
    for sql in (*[case.sql for case in read_corpus("refused")], *EXTRA):
        answer = asker(canaries.fill(sql), None, **{**values, "param_f": "file", "max_execution_time": "1"})
        if canaries.token in answer.text or "root:x:" in answer.text:
            leaks.append(sql)
        if (
            answer.status_code not in (200, 400, 403, 404, 408, 500, 501)
            or answer.headers.get("x-clickhouse-exception-code") == "49"
        ):
            leaks.append(f"{answer.status_code} {answer.text[:200]}: {sql}")
    asker.close()
    touched = canaries.touched()
    canaries.close()
    assert not leaks
    assert not touched


EXTRA = (
    "SHOW TABLES WHERE name != file('@FILE@')",
    "DESCRIBE (SELECT file('@FILE@'))",
    "SHOW CREATE TABLE file('@FILE@')",
    "EXISTS TABLE file('@FILE@')",
    "SELECT * FROM format('Values', 'a String', '(file(\\'@FILE@\\'))')",
    "SELECT * FROM format('Values', 'a String', '(file(\\'@FILE@\\'))') SETTINGS input_format_values_interpret_expressions = 1",
    "CREATE TABLE leak1 (a String DEFAULT file('@FILE@')) ENGINE = MergeTree ORDER BY a",
    "CREATE VIEW leak2 AS SELECT file('@FILE@') AS a",
    "INSERT INTO FUNCTION file('@DIR@/written', 'CSV', 'a String') VALUES ('x')",
    "INSERT INTO FUNCTION url('http://127.0.0.1:@PORT@/', 'CSV', 'a String') VALUES ('x')",
    "SELECT 1 FORMAT Template SETTINGS format_template_row = '@FILE@'",
    "SELECT * FROM numbers(3) SETTINGS additional_result_filter = 'length(file(\\'@FILE@\\')) = 1'",
    "SELECT arrayMap({f:Identifier}, ['@FILE@'])",
    "SELECT * FROM generateRandom('a Int8, t String ALIAS file(\\'@FILE@\\')') LIMIT 1",
    "SELECT t FROM format('CSV', concat('a Int8, t String ALIAS fi', 'le(\\'@FILE@\\')'), '1') LIMIT 1",
    "SELECT 'x' IN format('CSV', 'a String DEFAULT file(\\'@FILE@\\')', '1')",
    "SELECT t FROM values(concat('a Int8, t String ALIAS fi', 'le(\\'@FILE@\\')'), (1))",
    "BACKUP DATABASE exos TO File('@DIR@/backup')",
    "CREATE FUNCTION leak3 AS () -> file('@FILE@')",
    "SELECT * FROM executable('cat @FILE@', 'TSV', 'a String')",
)


COLUMNS = (
    "number AS a",
    "toString(number) AS s",
    "repeat('é', number * 40) AS long",
    "number % 3 = 0 AS yes",
    "arrayJoin([toNullable('x')]) AS n",
    "arrayMap(x -> toString(x), range(number % 4)) AS list",
    "[range(number), [number]] AS lists",
    "map('a', number, 'b', 2) AS m",
    "CAST(map('k', 'v'), 'Map(LowCardinality(String), String)') AS attributes",
    "tuple(number, 'x', [1.5])::Tuple(a UInt64, `b c` String, c Array(Float64)) AS t",
    "toLowCardinality(toString(number % 2)) AS low",
    "toLowCardinality(toNullable('y')) AS low_or_nothing",
    "[toLowCardinality('x')] AS lows",
    "emptyArrayString()::Array(LowCardinality(String)) AS no_lows",
    "toDateTime64(number, 9, 'UTC') AS moment",
    "toDecimal128(number, 3) AS money",
    "toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0') AS id",
    "CAST(number % 2, 'Enum8(\\'a, b\\' = 0, \\'it\\\\\\'s (\\' = 1)') AS kind",
    "toFixedString('abc', 5) AS fixed",
    "toIntervalHour(number) AS wait",
    "toIPv6('::1') AS address",
    "NULL AS nothing",
)


def test_native_for_clients_with_a_protocol_version(ask: Asker) -> None:
    """Each column alone shows where its data lies; the frame must not change a byte of it."""
    parts = []
    for column in COLUMNS:
        block = ask(f"SELECT {column} FROM numbers(5) FORMAT Native").content
        name = block[3 : 3 + block[2]]
        place = 3 + block[2]
        type_ = block[place : place + 1 + block[place]]
        assert block[:2] == b"\x01\x05"
        parts.append(block[2:3] + name + type_ + b"\0" + block[place + len(type_) :])
    statement = f"SELECT {', '.join(COLUMNS)} FROM numbers(5) FORMAT Native"
    expected = b"\x01\0\x02\xff\xff\xff\xff\0" + bytes([len(COLUMNS), 5]) + b"".join(parts)
    assert ask(statement, client_protocol_version=54483).content == expected
    assert ask(statement, client_protocol_version=54483, wait_end_of_query=1).content == expected
    assert ask(statement, client_protocol_version=54405).content == ask(statement).content
    state = ask("SELECT sumState(number) FROM numbers(5) FORMAT Native", client_protocol_version=54483)
    refused(state, 501, 48, "NOT_IMPLEMENTED")


def test_values_are_data(ask: Asker, table: str, tmp_path: Path) -> None:
    canaries = Canaries(tmp_path)
    setting = "SETTINGS input_format_values_interpret_expressions = 1"
    for row in ("(1, file('@FILE@'))", "(1, concat(file('@FILE@'), ''))", "(2, arrayMap(file, ['@FILE@'])[1])"):
        assert ask(canaries.fill(f"INSERT INTO {table} VALUES {row}")).status_code >= 400
        assert ask(canaries.fill(row), query=f"INSERT INTO {table} VALUES").status_code >= 400
        assert ask(canaries.fill(f"INSERT INTO {table} {setting} VALUES {row}")).status_code >= 400
    assert rows(ask, table) == ""
    canaries.close()


@pytest.mark.parametrize("compress", [False, True, "zstd", "lz4", "gzip"])
def test_the_driver(url: str, table: str, compress: bool | str) -> None:
    place = urlsplit(url)
    client = clickhouse_connect.get_client(
        host="127.0.0.1", port=place.port, username="exos", password=PASSWORD, compress=compress, dedicated_pool=True
    )
    client.insert(table, [[n, f"text {n}"] for n in range(5000)], column_names=["a", "b"])
    client.insert_arrow(table, pa.table({"a": [-1], "b": ["arrow"]}))
    assert client.query(f"SELECT count(), min(a) FROM {table}").result_rows == [(5001, -1)]
    assert client.query_arrow(f"SELECT * FROM {table}").num_rows == 5001
    assert (
        client.query("SELECT {x:String} AS x", parameters={"x": "a'b\n\\" * 50_000}).result_rows[0][0]
        == "a'b\n\\" * 50_000
    )
    assert client.query(f"SELECT * FROM {table} LIMIT 0").column_names == ("a", "b")
    assert client.command("SELECT 1") == 1
    with client.query_column_block_stream("SELECT number FROM numbers(300000)") as blocks:
        assert sum(len(block[0]) for block in blocks) == 300_000
    with pytest.raises(clickhouse_connect.driver.exceptions.DatabaseError, match="UNKNOWN_TABLE"):
        client.query("SELECT * FROM no_such_table")
    client.close()


def test_only_this_machine(tmp_path: Path) -> None:
    from exos.errors import BadSettings
    from exos.server.clickhouse.__main__ import main

    with pytest.raises(BadSettings, match="this machine alone"):
        main(home=str(tmp_path), host="0.0.0.0", port=0)
