"""Refuses what would reach beyond the database: files, the network, programs.

The engine's grants refuse most of it. What they leave open in the embedded engine (measured on 26.9): the function
`file()`, `INTO OUTFILE` and `FROM INFILE`, `python()`, and settings that name files or hold SQL. Statements are looked at
as the engine's own parse where it shows one whole, and by their names otherwise.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import orjson

from exos.server.clickhouse.failures import Failed, failure
from exos.server.clickhouse.statements import tokens
from exos.store.guard_functions import catalogue
from exos.store.session import Session

_REASONS = frozenset(
    {
        "reads files",
        "runs programs or reads the memory of this one",
        "runs SQL out of a string",
        "reaches over the network",
        "calls a language model over the network",
    }
)
# In the place of a table: these take columns, and so SQL, as a text that may be worked out first.
_TABLE_REASONS = _REASONS | {"makes up data", "builds a table of its own"}
_HARMLESS_TABLES = frozenset({"zeros", "zeros_mt"})
_MEMBERSHIP = re.compile(r"(?:global)?(?:not)?(?:null)?in(?:ignoreset)?", re.IGNORECASE)
# Parses that show every expression of the statement.
_WHOLE = frozenset(
    {"SelectWithUnionQuery", "InsertQuery", "CreateQuery", "AlterQuery", "ExplainQuery", "DeleteQuery", "UpdateQuery"}
)
# They choose another parser, hold SQL or take data for SQL, or name files.
_SETTINGS = re.compile(
    r"dialect|additional_\w+|format_(?:schema|template)\w*|\w*(?:_path|_file)\w*|implicit_\w+"
    r"|input_format_values_(?:interpret|deduce)\w*"
)
# A reader's limits: they can be lowered for a request, but not by SQL.
LIMITS = ("max_execution_time", "max_memory_usage", "max_result_rows")
_LIMITING = re.compile(r"max_\w+|\w+_overflow_mode|readonly|profile|\w*_before_external_\w+|limit|offset")
_DESCRIBE = re.compile(r"\A\s*DESC(?:RIBE)?\s+(?:TABLE\s+)?(?=[(`\"\w])", re.IGNORECASE)
_PARSE = "SELECT parseQueryToJSON({sql:String}) AS tree"
_SCOPE = re.compile(r": In scope SELECT parseQueryToJSON\(.*", re.DOTALL)
_REMEMBERED, _REMEMBERED_BYTES = 512, 16_384
_harmless: OrderedDict[tuple[str, bool], None] = OrderedDict()


def check(session: Session, sql: str, limited: bool) -> None:
    """Raise Failed where the statement, without the data of an insert, may not run. `limited`: for a reader."""
    key = (sql, limited)
    if key in _harmless:
        return
    # What DESCRIBE takes is what FROM takes, and of a SELECT the parse shows every expression.
    tree = parse(session, _DESCRIBE.sub("SELECT * FROM ", sql, count=1))
    if tree and tree["type"] in _WHOLE:
        for node in _nodes(tree):
            _check_node(node, limited)
            for structure in _structures(node):
                _check_columns(session, structure)
    else:
        _check_names(session, sql, limited)
    if len(sql) <= _REMEMBERED_BYTES:
        _harmless[key] = None
        if len(_harmless) > _REMEMBERED:
            _harmless.popitem(last=False)


def check_values(session: Session, values: bytes) -> bool:
    """Whether the engine may work out what stands behind VALUES; otherwise it reads plain values only."""
    try:
        tree = parse(session, f"SELECT {values.decode()}")
        if tree is None or (set(tree) - {"type"} and tree["type"] != "SelectWithUnionQuery"):
            return False
        for node in _nodes(tree):
            _check_node(node, limited=True)
    except (Failed, UnicodeDecodeError):
        return False
    return True


def check_setting(name: str) -> None:
    """Raise Failed for a setting that nobody may change here."""
    if _SETTINGS.fullmatch(name.lower()):
        raise Failed(452, "SETTING_CONSTRAINT_VIOLATION", f"Setting {name} should not be changed")


def parse(session: Session, sql: str) -> Mapping[str, Any] | None:
    """The engine's parse; nothing for statements that it does not show. Raises Failed for what it cannot parse."""
    escaped = sql.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    try:
        tree: Mapping[str, Any] = orjson.loads(
            session.answer(_PARSE, "TSVRaw", {"sql": escaped.replace("\0", "\\0")}).body
        )
        return tree
    except orjson.JSONDecodeError:
        raise Failed(306, "TOO_DEEP_RECURSION", "The statement is nested too deeply") from None
    except Exception as error:  # noqa: BLE001 - whatever the engine says about the text
        failed = failure(error)
        if "does not support JSON serialization" in failed.message:
            return None
        raise Failed(failed.code, failed.name, _SCOPE.sub("", failed.message)) from None


def _check_node(node: Mapping[str, Any], limited: bool) -> None:
    if "out_file" in node or "infile" in node:
        raise _denied("INTO OUTFILE and FROM INFILE are not supported over HTTP")
    if "func_name" in node:
        _check_call(str(node["func_name"]))
    if node.get("type") == "Function":
        name = str(node["name"])
        _check_call(name)
        arguments = node.get("arguments", {}).get("children", [])
        if name.lower().startswith(("array", "map")) and arguments:
            _check_reference(arguments[0])
        if _MEMBERSHIP.fullmatch(name) and len(arguments) > 1 and arguments[1].get("type") == "Function":
            _check_table(str(arguments[1]["name"]))
    if "table_function" in node:
        _check_table(str(node["table_function"]["name"]))
    for change in node.get("changes") or ():
        _check_change(str(change["name"]), limited)


def _check_reference(first: Mapping[str, Any]) -> None:
    """The bare name of a function, given to one that calls it."""
    if first.get("type") == "Identifier":
        if first.get("children"):
            raise _denied("The name of a function cannot be a parameter")
        _check_call(str(first["name"]))


def _check_call(name: str) -> None:
    if name.lower() in _reaching():
        raise _denied(f"Not enough privileges to use {name}")


def _check_table(name: str) -> None:
    """A function in the place of a table; a name that nobody knows is that of a view with parameters."""
    reason = catalogue().refused_tables.get(name.lower())
    if reason in _TABLE_REASONS and name.lower() not in _HARMLESS_TABLES:
        raise _denied(f"Not enough privileges to use the table function {name}")


def _structures(node: Mapping[str, Any]) -> Iterator[str]:
    """Texts that may declare columns, as the first in `values('a Int8', …)`."""
    called = node.get("table_function") or {}
    for argument in called.get("arguments", {}).get("children", ()):
        value = argument.get("value")
        if isinstance(value, dict) and value.get("field_type") == "String":
            yield str(value["value"])


def _check_columns(session: Session, structure: str) -> None:
    try:
        tree = parse(session, f"CREATE TABLE t (\n{structure}\n) ENGINE = Null")
    except Failed:
        return  # what does not parse as columns is a value for the engine too
    for node in _nodes(tree or {}):
        _check_node(node, limited=True)


def _check_change(name: str, limited: bool) -> None:
    check_setting(name)
    if limited and _LIMITING.fullmatch(name.lower()):
        raise Failed(452, "SETTING_CONSTRAINT_VIOLATION", f"Setting {name} should not be changed")


def _check_names(session: Session, sql: str, limited: bool) -> None:
    """No name at all of what is refused, in whatever place it stands."""
    for token in tokens(sql.encode()):
        if token.kind == "name":
            if token.word in ("OUTFILE", "INFILE"):
                raise _denied("INTO OUTFILE and FROM INFILE are not supported over HTTP")
            _check_call(token.name)
            if token.name.lower() in _known_settings(session):
                check_setting(token.name)
            if limited and token.name.lower() in LIMITS:
                _check_change(token.name, limited)


_settings: set[str] = set()


def _known_settings(session: Session) -> set[str]:
    """Names of the engine's settings in lower case: columns and aliases may look like them."""
    if not _settings:
        names = session.answer("SELECT name FROM system.settings", "TSVRaw", {}).body.decode()
        _settings.update(names.lower().split())
    return _settings


@cache
def _reaching() -> frozenset[str]:
    known = catalogue()
    return frozenset(name for reasons in (known.refused, known.refused_tables) for name in _of(reasons))


def _of(reasons: Mapping[str, str]) -> Iterator[str]:
    return (name for name, reason in reasons.items() if reason in _REASONS)


def _nodes(tree: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    waiting: list[Any] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _denied(message: str) -> Failed:
    return Failed(497, "ACCESS_DENIED", message)
