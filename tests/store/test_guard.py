"""The guard by its parts: what it returns, how it tells about errors, and that its lists fit the installed engine."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest

from exos.errors import BadParameter, BadSQL, QueryRefused
from exos.store import guard
from exos.store.database import Database
from exos.store.engine_config import grants
from exos.store.guard_functions import catalogue
from exos.types import Result


def check(database: Database, sql: str, params: Mapping[str, Any] | None = None, **more: Any) -> str:
    return guard.check(sql, database.query, params, (database.name,), **more)


def test_the_canonical_text_has_no_comments_and_no_semicolon(database: Database) -> None:
    sql = "select count( ) -- how many\nfrom `cases` /* of them */ where process='p' ;"
    assert check(database, sql) == "SELECT count() FROM cases WHERE process = 'p'"


def test_the_canonical_text_passes_again_unchanged(database: Database) -> None:
    once = check(database, "from cases select process, events::String as e limit 3 by process")
    assert check(database, once) == once


def test_a_second_check_asks_nothing(database: Database) -> None:
    sql = "SELECT 1 AS asked_once"
    check(database, sql)

    def ask(sql: str, params: Mapping[str, Any]) -> Result:
        raise AssertionError("asked again")

    assert guard.check(sql, ask, {}, (database.name,)) == sql


def test_what_passed_for_one_database_does_not_pass_for_another(database: Database) -> None:
    sql = "SELECT * FROM telemetry.otel_logs"
    assert guard.check(sql, database.query, {}, ("exos", "telemetry")) == sql
    with pytest.raises(QueryRefused, match=r"may not read telemetry\.otel_logs"):
        guard.check(sql, database.query, {}, ("exos",))


def test_our_parameterised_views_may_be_called(database: Database) -> None:
    sql = "SELECT * FROM transitions(process = {process:String})"
    with pytest.raises(QueryRefused, match="transitions"):
        check(database, sql, {"process": "p"})
    assert check(database, sql, {"process": "p"}, views=("transitions",)) == sql
    assert check(database, "SELECT * FROM exos.transitions(a = 1)", views=("transitions",))
    with pytest.raises(QueryRefused, match=r"vault\.transitions"):
        check(database, "SELECT * FROM vault.transitions(a = 1)", views=("transitions",))


def test_parameters_stay_and_need_a_value(database: Database) -> None:
    sql = "SELECT {a:String}, {b:Array(UInt8)}"
    assert check(database, sql, {"a": "x", "b": [1]}) == sql
    with pytest.raises(BadParameter, match="parameter b"):
        check(database, sql, {"a": "x"})
    with pytest.raises(BadParameter, match="parameter a"):
        check(database, sql)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT\n  count(\n  FROM cases", "Syntax error at line 3, column 8, near cases."),
        ("SELECT 'é', x y z", "Syntax error at line 1, column 17, near z."),
        ("SELECT (", "Syntax error at line 1, column 9, near the end."),
        ("-- one\nselec 1", "Syntax error: a query begins with SELECT, WITH or FROM, and this one with SELEC."),
        ("", "There is no SQL."),
        (" ; ", "There is no SQL."),
        ("SELECT \ud800", "The SQL is not valid Unicode."),
        ("SELECT " + "(" * 3000 + "1" + ")" * 3000, "The SQL is nested too deeply."),
        ("SELECT " + "1 + " * 3000 + "1", "The SQL is nested too deeply."),
        ("SELECT " + "f(" * 400 + "1" + ")" * 400, "The SQL is nested too deeply."),
        ("SELECT " + "[" * 900 + "1" + "]" * 900, "The SQL is nested too deeply."),
        ("SELECT '" + "x" * guard.MAX_BYTES + "'", "The SQL has 262,153 bytes; 262,144 are allowed."),
    ],
)
def test_broken_sql_is_told_with_its_place(database: Database, sql: str, message: str) -> None:
    with pytest.raises(BadSQL) as told:
        check(database, sql)
    assert told.value.message == message
    assert told.value.hint


def test_a_refusal_has_a_status_a_code_and_a_way_on(database: Database) -> None:
    with pytest.raises(QueryRefused) as told:
        check(database, "SELECT * FROM system.users")
    assert (told.value.status, told.value.code) == (403, "query_refused")
    assert told.value.message == "Free SQL may not read system.users."
    assert "schema browser" in told.value.hint


def test_a_server_that_cannot_show_its_parse_gets_no_free_sql() -> None:
    def old(sql: str, params: Mapping[str, Any]) -> Result:
        raise BadSQL("Function with name `parseQueryToJSON` does not exist.")

    with pytest.raises(QueryRefused, match=r"older than 26\.8"):
        guard.check("SELECT 1 AS old_server", old, {}, ("exos",))


def test_syntax_of_a_later_engine_is_refused() -> None:
    tree = '{"type":"SelectWithUnionQuery","list_of_selects":{"type":"ExpressionList","children":[%s]}}'
    for node, told in (
        (
            '{"type":"SelectQuery","teleport":{"type":"Literal","value":{}}}',
            "does not know what teleport of SelectQuery",
        ),
        ('{"type":"TeleportQuery"}', "Syntax of the kind TeleportQuery"),
    ):

        def later(sql: str, params: Mapping[str, Any], node: str = node) -> Result:
            return Result.of((), [[tree % node, "SELECT 1", "SELECT 1", 1, 1]])

        with pytest.raises(QueryRefused, match=told):
            guard.check(f"SELECT '{node}'", later, {}, ("exos",))


@pytest.mark.parametrize(
    ("typed", "same", "wraps"), [("SELECT 1", 0, 1), ("SELECT 1", 1, 0), ("SELECT 1", 1, None), ("SELECT 1 AS a", 1, 1)]
)
def test_sql_that_reads_differently_when_written_out_is_refused(typed: str, same: int, wraps: int | None) -> None:
    tree = '{"type":"SelectWithUnionQuery"}'

    def shifting(sql: str, params: Mapping[str, Any]) -> Result:
        return Result.of((), [[tree, typed, "SELECT 1", same, wraps]])

    with pytest.raises(QueryRefused, match="reads differently"):
        guard.check(f"{typed}, {same}, {wraps}", shifting, {}, ("exos",))


def test_every_function_of_the_engine_has_been_looked_at(database: Database) -> None:
    """Fails after an engine upgrade: look at each of these and add it to guard_functions.toml, allowed or refused."""
    known = catalogue()
    looked_at = known.functions | known.aggregates | known.refused.keys()
    names = database.query("SELECT name FROM system.functions").column("name")
    assert sorted(name for name in names if name.lower() not in looked_at) == []
    tables = database.query("SELECT name FROM system.table_functions").column("name")
    assert sorted(name for name in tables if name.lower() not in known.tables | known.refused_tables.keys()) == []
    endings = database.query("SELECT name FROM system.aggregate_function_combinators WHERE NOT is_internal").column(
        "name"
    )
    assert sorted(name for name in endings if name.lower() not in known.combinators) == []


def test_no_name_is_both_allowed_and_refused() -> None:
    known = catalogue()
    assert not (known.functions | known.aggregates) & known.refused.keys()
    assert not known.tables & known.refused_tables.keys()


def test_an_alias_is_allowed_only_with_its_function(database: Database) -> None:
    known = catalogue()
    aliases = database.query("SELECT name, alias_to FROM system.functions WHERE alias_to != ''").rows
    assert [pair for pair in aliases if bool(known.why_not(pair[0])) != bool(known.why_not(pair[1]))] == []


def test_hostile_shapes_are_decided_at_all(database: Database) -> None:
    shapes = [
        "SELECT " + "(" * 200 + "1" + ")" * 200,
        "SELECT " + ", ".join(f"a{n}" for n in range(9_000)) + " FROM cases",
        "SELECT " + "NOT " * 300 + "1",
        "SELECT " + "CASE WHEN 1 THEN " * 90 + "1" + " END" * 90,
        "SELECT 1 IN (" + ", ".join(map(str, range(20_000))) + ")",
        " UNION ALL ".join(["SELECT 1"] * 3_000),
        "SELECT " + "a -> " * 90 + "1",
        "SELECT " + "[" * 90 + "]" * 90,
        "SELECT ((((((((((((((((((((1, 2), 3), 4), 5), 6), 7), 8), 9), 10), 11), 12), 13), 14), 15), 16), 17), 18), 19), 20)",
        "SELECT " + "/*" * 50_000,
        "SELECT " + "x" * 200_000,
    ]
    for sql in shapes:
        with suppress(BadSQL, QueryRefused):
            check(database, sql)


def test_the_engine_is_granted_no_source_and_no_other_database() -> None:
    given = " ".join(grants(("exos", "telemetry")))
    assert "ON `exos`.*" in given
    assert "ON `telemetry`.*" in given
    for word in (
        "SOURCES",
        "READ ON",
        "WRITE ON",
        "DICTIONARY",
        "FUNCTION",
        "TEMPORARY",
        "SYSTEM ",
        "ALL",
        "File",
        "URL",
    ):
        assert word not in given
