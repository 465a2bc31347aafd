"""The gate for free SQL: text typed by a person, written by a model or brought in a Playbook file of one's own.

The text travels to the engine as a value. The engine's own parser makes a tree of it; the tree is walked against lists
of what is harmless (guard_tree.py, guard_functions.toml); and what may run is written anew from that tree: nothing runs
that was not looked at. Grants of the engine and the reader's `readonly = 1` stand behind this gate, not in its place.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import orjson

from exos.errors import BadParameter, BadRequest, BadSQL, QueryRefused
from exos.store.guard_functions import catalogue
from exos.store.guard_tree import ONLY_SELECT, Findings, Walk, check_columns, refuse_function, refuse_statement
from exos.types import Result

Run = Callable[[str, Mapping[str, Any]], Result]
"""Runs trusted SQL with bound values on the engine, or on any ClickHouse from 26.8 on: parsing does not touch data."""

MAX_BYTES = 262_144
_CACHED = 256
_CACHED_BYTES = 16_384

# `canonical` is written from the tree that is walked. `same` and `wraps` make sure that it is read back as that tree,
# alone and as a subquery: no quirk of formatting may turn it into something else.
_PARSE = """
WITH
    formatQuerySingleLine({sql:String}) AS typed,
    parseQueryToJSON(typed) AS tree,
    formatQuerySingleLine(formatQueryFromJSON(tree)) AS canonical
SELECT
    tree,
    typed,
    canonical,
    parseQueryToJSON(canonical) = tree AS same,
    formatQuerySingleLineOrNull(concat('SELECT * FROM (\\n', canonical, '\\n)'))
        = concat('SELECT * FROM (', canonical, ')') AS wraps
"""
_FORMAT = "SELECT formatQuerySingleLine({sql:String}) AS typed"
_COLUMNS = """
WITH concat('CREATE TABLE t (\\n', {columns:String}, '\\n) ENGINE = Null') AS declared
SELECT if(isNull(formatQueryOrNull(declared)), '', parseQueryToJSON(declared)) AS tree
"""
_EXISTING = "SELECT name FROM system.functions WHERE lower(name) IN {names:Array(String)} LIMIT 1"
_POSITION = re.compile(r"failed at position (\d+)")
_EXPECTED = re.compile(r"Expected one of: (.*?)\.?\s*(?:In scope|: ?while|$)", re.DOTALL)
_SKIPPED = re.compile(r"[\s(;]+|(?:--|#)[^\n]*")
_STARTS = ("SELECT", "WITH", "FROM")
_BRACKETS = re.compile(r"[\s()]")
_NAMES = re.compile(r"\{\s*(\w+)\s*:\s*Identifier\s*\}")
_WORD = re.compile(r"\s*(\w+|\S|$)")


@dataclass(frozen=True, slots=True)
class Passed:
    """SQL that passed, and the names of the parameters in it."""

    canonical: str
    parameters: frozenset[str]


_passed: OrderedDict[tuple[Any, ...], Passed] = OrderedDict()
_passing = threading.Lock()


def check(
    sql: str,
    run: Run,
    params: Mapping[str, Any] | None = None,
    allowed_databases: Collection[str] = ("exos",),
    *,
    views: Collection[str] = (),
) -> str:
    """The SQL in canonical form, safe to run on a reader as it is or as `SELECT * FROM (⏎…⏎) LIMIT n`.

    The reader's own database must be among `allowed_databases`. `params` are the values that will be bound to the
    SQL's `{name:Type}`; `views` are parameterised views that it may call. Raises QueryRefused when the SQL may not run,
    BadSQL with line and column when it cannot be parsed, BadParameter when a value is missing.
    """
    key = (sql, *sorted(allowed_databases), "", *sorted(views))
    with _passing:
        passed = _passed.get(key)
    if passed is None:
        passed = _pass(sql, run, allowed_databases, views)
        if len(sql) <= _CACHED_BYTES:
            _remember(key, passed)
    for name in sorted(passed.parameters - (params or {}).keys()):
        raise BadParameter(
            f"The SQL has a parameter {name}, but no value is given for it.", f"Give a value for {name}."
        )
    return passed.canonical


def _remember(key: tuple[Any, ...], passed: Passed) -> None:
    with _passing:
        _passed[key] = passed
        if len(_passed) > _CACHED:
            _passed.popitem(last=False)


def _pass(sql: str, run: Run, databases: Collection[str], views: Collection[str]) -> Passed:
    _check_text(sql)
    try:
        tree_json, typed, canonical, same, wraps = run(_PARSE, {"sql": sql}).rows[0]
    except BadRequest as error:
        raise _explain(sql, run, error) from None
    tree = _tree(tree_json)
    if tree["type"] != "SelectWithUnionQuery" or _first_word(sql) not in _STARTS:
        raise refuse_statement(_first_word(sql))
    found = Walk(databases, views).over(tree)
    if not (same and wraps and _BRACKETS.sub("", typed) == _BRACKETS.sub("", canonical)):
        raise QueryRefused("This SQL reads differently when it is written out plainly.", "Write it in a simpler way.")
    # The engine's own formatting loses parameters behind AS.
    for name in set(_NAMES.findall(sql)) - set(_NAMES.findall(canonical)):
        raise QueryRefused(f"A name behind AS cannot be the parameter {name}.", "Write the name into the SQL.")
    if "\ufffd" in canonical and "\ufffd" not in sql:
        raise BadSQL("A text in the SQL is not UTF-8.", "Write bytes as in unhex('FF00').")
    _settle(found, run)
    return Passed(canonical, frozenset(found.parameters))


def _check_text(sql: str) -> None:
    try:
        size = len(sql.encode())
    except UnicodeEncodeError:
        raise BadSQL("The SQL is not valid Unicode.", "Send it as UTF-8.") from None
    if size > MAX_BYTES:
        raise BadSQL(f"The SQL has {size:,} bytes; {MAX_BYTES:,} are allowed.", "Put long lists into parameters.")
    if "\0" in sql:
        raise BadSQL("The SQL has a NUL byte.", "Remove it; in a text write '\\0'.")
    if not sql.strip().strip(";").strip():
        raise BadSQL("There is no SQL.", "Write a SELECT.")


def _tree(tree_json: str) -> Mapping[str, Any]:
    try:
        tree: Mapping[str, Any] = orjson.loads(tree_json)
    except orjson.JSONDecodeError:
        raise BadSQL("The SQL is nested too deeply.", "Split it with WITH.") from None
    return tree


def _settle(found: Findings, run: Run) -> None:
    """Decide what the walk left open: names that are neither allowed nor refused, and declared columns."""
    for name in sorted(found.unknown - found.lambdas):
        raise refuse_function(name)
    doubtful = found.unknown | found.referenced
    if doubtful:
        # The name of a lambda or column counts only where the engine has no function of that name: scopes are not
        # followed here.
        bases = {base for name in doubtful for base in catalogue().without_combinators(name.lower())}
        for row in run(_EXISTING, {"names": sorted(bases)}).rows:
            raise refuse_function(str(row[0]))
    for columns in found.structures:
        _check_columns(columns, run)


def _check_columns(columns: str, run: Run) -> None:
    try:
        declared = run(_COLUMNS, {"columns": columns}).rows[0][0]
    except BadRequest:
        raise QueryRefused(
            "The columns of values() cannot be checked.", "Write them as in 'a Int8, b String'."
        ) from None
    # What does not parse as columns is taken as a value by the engine too.
    if declared:
        check_columns(_tree(declared))


def _explain(sql: str, run: Run, error: BadRequest) -> Exception:
    """Why the engine could not make a tree: broken SQL, or a statement of another kind."""
    text = error.message
    if "Multi-statements" in text:
        return QueryRefused("Only one statement at a time is allowed.", "Send them one by one.")
    if "parseQueryToJSON" in text and "does not exist" in text:
        return QueryRefused("Free SQL is off: this ClickHouse is older than 26.8.", "Use the analyses of the Playbook.")
    try:
        run(_FORMAT, {"sql": sql})
    except BadRequest as syntax:
        return _syntax(sql, syntax.message)
    if _first_word(sql) not in _STARTS or "does not support JSON" in text:
        word = _first_word(sql)
        return refuse_statement("PARALLEL WITH" if word in _STARTS else word)
    if "unsigned integer" in text:
        return BadSQL("A number in the SQL has more than 64 bits.", "Write it as a text: toUInt128('…').")
    return BadSQL("The SQL is nested too deeply.", "Split it with WITH.")


def _syntax(sql: str, text: str) -> BadSQL:
    found = _POSITION.search(text)
    if found is None:
        if "dep" in text or "deep" in text or "backtrack" in text:
            return BadSQL("The SQL is nested too deeply.", "Split it with WITH.")
        return BadSQL(f"The SQL cannot be parsed: {text.split(' In scope')[0]}", ONLY_SELECT)
    word = _first_word(sql)
    if word and word not in _STARTS:
        # The engine reads an unknown word as an expression, and names what could follow one.
        meant = get_close_matches(word, _STARTS, 1, cutoff=0.7)
        hint = f"Did you mean {meant[0]}? {ONLY_SELECT}" if meant else ONLY_SELECT
        return BadSQL(f"Syntax error: a query begins with SELECT, WITH or FROM, and this one with {word[:40]}.", hint)
    before = sql.encode()[: int(found.group(1)) - 1].decode(errors="ignore")
    rest = _WORD.match(sql[len(before) :])
    near = rest.group(1) if rest and rest.group(1) else "the end"
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    expected = _EXPECTED.search(text)
    keywords = [word for word in expected.group(1).split(", ") if word.isupper()] if expected else []
    wanted = ", ".join(keywords[:8])
    hint = f"Expected there: {wanted}." if wanted else ONLY_SELECT
    return BadSQL(f"Syntax error at line {line}, column {column}, near {near[:40]}.", hint)


def _first_word(sql: str) -> str:
    """The first word behind comments and brackets, in capitals: only good for telling what was refused."""
    place = 0
    while True:
        skipped = _SKIPPED.match(sql, place)
        if skipped:
            place = skipped.end()
        elif sql.startswith("/*", place):
            place = _behind_comment(sql, place)
        else:
            return re.compile(r"\w*").match(sql, place)[0].upper()  # type: ignore[index]


def _behind_comment(sql: str, place: int) -> int:
    """Where the block comment at `place` ends; comments nest."""
    depth = 0
    for mark in re.compile(r"/\*|\*/").finditer(sql, place):
        depth += 1 if mark[0] == "/*" else -1
        if depth == 0:
            return mark.end()
    return len(sql)
