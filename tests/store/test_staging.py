"""Inserts of bytes into the embedded engine: where they are cut, what is worked out, what is refused."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exos.store import staging
from exos.store.arrow_frames import Frames
from exos.store.database import Database

SCHEMA = pa.schema([("a", pa.int64()), ("b", pa.string())])


def stream(tables: Iterable[pa.RecordBatch], schema: pa.Schema = SCHEMA) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, schema) as writer:
        for table in tables:
            writer.write_batch(table)
    return sink.getvalue()


def batch(start: int, rows: int) -> pa.RecordBatch:
    numbers = range(start, start + rows)
    return pa.record_batch([list(numbers), [f"row {n}" for n in numbers]], schema=SCHEMA)


def pieces(data: bytes, sizes: list[int]) -> list[bytes]:
    found, place = [], 0
    for size in sizes:
        found.append(data[place : place + size])
        place += size
    return [*found, data[place:]]


def cut(parts: Iterable[bytes]) -> list[bytes]:
    """The streams that come out when the data is cut wherever it can be."""
    frames, found = Frames(), [b""]
    for part in parts:
        for passed, head in frames.cut(part):
            found[-1] += passed
            if head:
                found.append(head)
    found[-1] += frames.rest()
    return found


SIZES = st.lists(st.integers(0, 900), max_size=12)


@given(st.lists(st.integers(0, 40), max_size=6), SIZES)
def test_each_part_of_a_cut_stream_is_a_stream(counts: list[int], sizes: list[int]) -> None:
    batches = [batch(100 * number, rows) for number, rows in enumerate(counts)]
    found = cut(pieces(stream(batches), sizes))
    assert len(found) == len(counts) + 1
    read = [pa.ipc.open_stream(part).read_all() for part in found]
    assert [table.num_rows for table in read] == [*counts, 0]
    assert pa.concat_tables(read) == pa.Table.from_batches(batches, SCHEMA)


@given(SIZES)
def test_a_stream_with_dictionaries_stays_whole(sizes: list[int]) -> None:
    words = pa.array(["x", "y", "x"]).dictionary_encode()
    schema = pa.schema([("w", words.type)])
    data = stream([pa.record_batch([words], schema=schema)] * 3, schema)
    assert cut(pieces(data, sizes)) == [data]


@given(
    st.one_of(st.binary(max_size=60), st.binary(max_size=60).map(lambda rest: b"\xff\xff\xff\xff\x20\0\0\0" + rest)),
    SIZES,
)
def test_other_bytes_pass_as_they_came(data: bytes, sizes: list[int]) -> None:
    assert b"".join(cut(pieces(data, sizes))) == data


embedded = pytest.mark.embedded("the endpoint's side of an insert")


@embedded
def test_a_long_stream_is_handed_over_in_parts(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "_HANDED_OVER_BYTES", 6000)
    database.command("CREATE TABLE IF NOT EXISTS parts_of_it (a Int64, b String) ENGINE = MergeTree ORDER BY a")
    data = stream(batch(100 * number, 100) for number in range(20))
    with database.session() as session:
        session.begin_insert("exos.parts_of_it", "", "ArrowStream")
        for part in pieces(data, [500] * 40):
            session.insert(part)
        before = database.query("SELECT count() FROM parts_of_it").rows[0][0]
        answer = session.end_insert()
    assert before == 1800, "three batches each, and the rest at the end"
    assert (answer.written_rows, answer.written_bytes > 2000 * 13) == (2000, True)
    assert database.query("SELECT count(), uniqExact(a), any(b) LIKE 'row %' FROM parts_of_it").rows == [
        [2000, 2000, 1]
    ]


def insert(database: Database, table: str, columns: str, format: str, data: bytes, settings: dict[str, str]) -> int:
    with database.session() as session:
        session.use(database.name)
        session.set(settings)
        session.begin_insert(f"exos.{table}", columns, format)
        session.insert(data)
        return session.end_insert().written_rows


@embedded
def test_what_the_data_leaves_out_is_worked_out_as_the_table_says(database: Database) -> None:
    database.command(
        "CREATE TABLE IF NOT EXISTS worked_out (a Int64, `b c` String DEFAULT concat('d', toString(a)), e Int64 EPHEMERAL 7,"
        " m Int64 MATERIALIZED a * 2 + e, al Int64 ALIAS a + 1, k Nested(x Int64), CONSTRAINT small CHECK a < 1000)"
        " ENGINE = MergeTree ORDER BY a"
    )
    hostile = {"limit": "1", "offset": "1", "async_insert": "1", "max_rows_to_read": "1", "describe_compact_output": "1",
               "data_type_default_nullable": "1"}  # fmt: skip
    assert (
        insert(database, "worked_out", "", "JSONEachRow", b'{"a": 1}\n{"a": 2, "b c": "x", "k.x": [5]}', hostile) == 2
    )
    assert insert(database, "worked_out", "(e, a)", "CSV", b"100,3\n", {}) == 1
    assert insert(database, "worked_out", "(* EXCEPT(`b c`, `k.x`))", "TSV", b"4\n", {}) == 1
    found = database.query("SELECT a, `b c`, m, al, k.x FROM worked_out ORDER BY a").rows
    assert found == [[1, "d1", 9, 2, []], [2, "x", 11, 3, [5]], [3, "d3", 106, 4, []], [4, "d4", 15, 5, []]]
    for columns, code in (("(m)", 44), ("(al)", 16), ("(nothing)", 16)):
        with pytest.raises(Exception, match=f"Code: {code}"):
            insert(database, "worked_out", columns, "TSV", b"1\n", {})
    with pytest.raises(Exception, match=r"Code: 469.*small"):
        insert(database, "worked_out", "(a)", "TSV", b"5\n1000\n", {})
    assert database.query("SELECT count() FROM worked_out").rows == [[4]]


@embedded
def test_data_that_is_not_cut_stays_within_its_memory(database: Database) -> None:
    database.command("CREATE TABLE IF NOT EXISTS too_much (j String) ENGINE = MergeTree ORDER BY tuple()")
    data = (json.dumps({"j": "x" * 1000}).encode() + b"\n") * 60_000
    with pytest.raises(Exception, match="Code: 241"):
        insert(database, "too_much", "", "JSONEachRow", data, {"max_memory_usage": str(40 << 20)})
    assert database.query("SELECT count() FROM too_much").rows == [[0]]
