"""Free SQL: every row counted once, cut answers that say so, values that fit their types."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eventlogs import ORDERS, load
from exos.analysis import Playbook
from exos.errors import BadParameter
from exos.freesql import run_free_sql
from exos.store.database import Database
from exos.types import Result


def _count(database: Database, process: str, table: str) -> int:
    sql = f"SELECT count() FROM {table} WHERE process = {{process:String}}"
    return int(run_free_sql(database, sql, {"process": process}).rows[0][0])


def test_rows_that_wait_for_their_merge_count_once(tmp_path: Path, database: Database, process: str) -> None:
    load(database, process, ORDERS)
    load(database, process, ORDERS)
    assert _count(database, process, "case_events") == len(ORDERS)
    assert _count(database, process, "cases") == 4
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "all.sql").write_text(
        "/*\n---\ntitle: All\nquestion: How many?\nparams:\n  name: {label: Name}\n---\n*/\n"
        "SELECT count() AS n FROM case_events WHERE process = {name:String} LIMIT 1\n"
    )
    assert Playbook.load(str(tmp_path)).run(database, "mine/all", {"name": process}).rows == [[len(ORDERS)]]


def test_a_cut_answer_says_so(database: Database) -> None:
    most = database.sql_limits.rows
    whole = run_free_sql(database, f"SELECT number FROM numbers({most})", {})
    assert (len(whole.rows), whole.truncated) == (most, False)
    assert b"truncated" not in whole.to_json()
    cut = run_free_sql(database, f"SELECT number, [number] FROM numbers({most + 1})", {})
    assert (cut.rows[-1], len(cut.rows), cut.truncated) == ([most - 1, [most - 1]], most, True)
    again = Result.from_json(cut.to_json())
    assert again.truncated
    assert again.rows == cut.rows


@pytest.mark.parametrize(
    ("type_", "value", "holds"),
    [
        ("UInt8", 300, "0 to 255"),
        ("UInt8", "-1", "0 to 255"),
        ("Int8", 128, "-128 to 127"),
        ("Nullable(Int16)", -32769, "-32,768 to 32,767"),
        ("UInt64", 2**64, "0 to 18,446,744,073,709,551,615"),
        ("Array(UInt8)", [1, 256], "0 to 255"),
        ("Array(Nullable(UInt8))", "[null, 256]", "0 to 255"),
    ],
)
def test_numbers_that_do_not_fit_are_refused(database: Database, type_: str, value: Any, holds: str) -> None:
    with pytest.raises(BadParameter, match=f"a is .* holds {holds}"):
        run_free_sql(database, f"SELECT {{a:{type_}}} AS a", {"a": value})


@pytest.mark.parametrize(
    ("type_", "value"), [("UInt8", 255), ("Int8", "-128"), ("UInt64", 2**64 - 1), ("Int128", 2**100)]
)
def test_numbers_that_fit_pass(database: Database, type_: str, value: Any) -> None:
    rows = run_free_sql(database, f"SELECT toString({{a:{type_}}}) AS a", {"a": value}).rows
    assert rows == [[str(value)]]


@pytest.mark.parametrize(
    "params", [{"a": "\ud800"}, {"a": ["x", "\udcff"]}, {"a": {"\ud800": 1}}, {"a": "x", "\ud800": "y"}]
)
def test_what_is_no_unicode_is_refused(database: Database, params: dict[str, Any]) -> None:
    with pytest.raises(BadParameter, match="not valid Unicode text"):
        run_free_sql(database, "SELECT {a:String} AS a", params)


def test_analyses_check_the_range_of_their_parameters(tmp_path: Path, database: Database) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "small.sql").write_text(
        "/*\n---\ntitle: Small\nquestion: How small?\nparams:\n  top: {label: Top}\n---\n*/\nSELECT {top:UInt8} AS n LIMIT 1\n"
    )
    playbook = Playbook.load(builtin=tmp_path)
    assert playbook.run(database, "mine/small", {"top": 255}).rows == [[255]]
    with pytest.raises(BadParameter, match="top is 300, but UInt8 holds 0 to 255"):
        playbook.run(database, "mine/small", {"top": 300})
