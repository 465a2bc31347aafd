"""What the endpoint reads out of statements before the engine sees them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exos.server.clickhouse.encodings import OFFERED, Unpacker, chosen, packer
from exos.server.clickhouse.failures import Failed, failure
from exos.server.clickhouse.running import Running, kill_by_comment
from exos.server.clickhouse.statements import answer_format, answers, first_word, insert_with_data, tokens


@pytest.mark.parametrize(
    ("sql", "statement", "settings", "format", "data"),
    [
        (b"INSERT INTO t FORMAT CSV\n1,2", "INSERT INTO t ", "", "CSV", b"1,2"),
        (b"insert into t (a, `format`) format Native\x00\x01", "insert into t (a, `format`) ", "", "Native", b"\x00\x01"),
        (b"INSERT INTO t (a) VALUES (1), ('FORMAT x')", "INSERT INTO t (a) ", "", "Values", b" (1), ('FORMAT x')"),
        (b"/* x /* y */ */ INSERT INTO `a b`.t -- VALUES\nFORMAT TSV\r\n\n1", "", "", "TSV", b"\n1"),
        (b"INSERT INTO t SETTINGS x = 1, y='a' FORMAT CSV 1", "INSERT INTO t ", " x = 1, y='a' ", "CSV", b"1"),
        (b"INSERT INTO FUNCTION file('x', CSV) VALUES (1)", "INSERT INTO FUNCTION file('x', CSV) ", "", "Values", b" (1)"),
    ],
)  # fmt: skip
def test_the_data_of_an_insert(sql: bytes, statement: str, settings: str, format: str, data: bytes) -> None:
    insert = insert_with_data(sql)
    assert insert is not None
    assert insert.statement == (statement or insert.statement)
    assert (insert.settings, insert.format, sql[insert.data :]) == (settings, format, data)


@pytest.mark.parametrize(
    "sql",
    [
        b"SELECT 'INSERT INTO t VALUES'",
        b"INSERT INTO t SELECT 1 FORMAT CSV",
        b"INSERT INTO t (a) WITH 1 AS x SELECT x",
        b"INSERT INTO t FROM INFILE 'x' FORMAT CSV",
        b"",
    ],
)
def test_no_data(sql: bytes) -> None:
    assert insert_with_data(sql) is None


def test_formats_of_answers() -> None:
    assert answer_format(b"SELECT 1 FORMAT JSON SETTINGS max_threads = 1") == "JSON"
    assert answer_format(b"SELECT 'FORMAT CSV' -- FORMAT TSV") == ""
    assert answer_format(b"SELECT * FROM (SELECT 1) FORMAT `CSV`;") == "CSV"
    assert first_word(b"-- x\n((SELECT 1))") == "SELECT"
    assert answers(b"SHOW TABLES")
    assert not answers(b"CREATE TABLE t (a Int8) ENGINE = Memory")


@given(st.binary(max_size=200))
def test_tokens_cover_any_bytes(sql: bytes) -> None:
    place = 0
    for token in tokens(sql):
        assert token.start >= place
        assert sql[token.start : token.end] == token.raw
        place = token.end


def test_kill_is_put_in_terms_of_the_comment() -> None:
    killed = kill_by_comment(b"KILL QUERY WHERE query_id = 'query_id' AND user != '' ASYNC", None)
    assert killed == b"KILL QUERY WHERE Settings['log_comment'] = 'query_id' AND user != ''  ASYNC"
    own = kill_by_comment(b"KILL QUERY WHERE 1 OR query_id = 'a' SYNC FORMAT JSON", ["a", "it's"])
    assert b"( 1 OR Settings['log_comment'] = 'a' ) AND Settings['log_comment'] IN ('a', 'it\\'s')" in own
    with pytest.raises(Failed, match="of one's own"):
        kill_by_comment(b"KILL MUTATION WHERE 1", [])


def test_running_queries_are_counted_and_unique() -> None:
    running = Running(2)
    running.begin("a", "ann")
    with pytest.raises(Failed, match="already running"):
        running.begin("a", "bob")
    running.begin("b", "bob")
    with pytest.raises(Failed, match="Too many"):
        running.begin("c", "ann")
    running.begin("kill", "ann", spare=True)
    assert running.of("ann") == ["a", "kill"]
    running.end("a")
    assert running.of("ann") == ["kill"]


@pytest.mark.parametrize("encoding", OFFERED)
@given(pieces=st.lists(st.binary(max_size=400), max_size=6))
def test_packing_and_unpacking(encoding: str, pieces: list[bytes]) -> None:
    made, reader = packer(encoding), Unpacker(encoding)
    packed = b"".join(made.pack(piece) for piece in pieces) + made.end()
    cut = len(packed) // 2
    assert reader.unpack(packed[:cut]) + reader.unpack(packed[cut:]) == b"".join(pieces)
    reader.check_end()


def test_encodings() -> None:
    assert chosen("br, gzip;q=0.5, zstd") == "gzip"
    assert chosen("identity, gzip;q=0") == ""
    with pytest.raises(Failed, match="Unknown compression"):
        Unpacker("br")
    with pytest.raises(Failed, match="Cannot unpack"):
        Unpacker("gzip").unpack(b"not gzip at all")


def test_failures_are_read_from_the_engine_s_words() -> None:
    twice = (
        "Code: 164. DB::Exception: Code: 164. DB::Exception: Cannot modify. (READONLY) (version 26.9.2.1). (READONLY)"
    )
    failed = failure(RuntimeError(f"Streaming query failed: {twice}"))
    assert (failed.code, failed.name, failed.message, failed.status) == (164, "READONLY", "Cannot modify.", 500)
    inside = failure(KeyError("/secret/path"))
    assert (inside.code, "secret" in inside.message) == (49, False)
