"""Walks the engine's own parse of a query and refuses whatever is not known to be harmless.

The tree is the JSON of `parseQueryToJSON`. Every node must be of a known type and have known keys only, so that syntax
which a later engine adds is refused until somebody has looked at it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from exos.errors import QueryRefused
from exos.store.guard_functions import UNKNOWN, catalogue

Node = Mapping[str, Any]

SYSTEM_TABLES = frozenset({"one", "numbers", "numbers_mt", "time_zones"})
"""Tables of `system` that tell nothing about the server."""

_SHAPES = {
    kind: frozenset({"type", *keys.split()})
    for kind, keys in {
        "SelectWithUnionQuery": "union_mode list_of_selects list_of_modes"
        " is_outfile_append is_outfile_truncate is_into_outfile_with_stdout",
        "SelectQuery": "with recursive_with cte_aliases select distinct tables prewhere where group_by group_by_all"
        " group_by_with_rollup group_by_with_cube group_by_with_grouping_sets having window"
        " qualify order_by order_by_all interpolate limit_by limit_by_all limit_by_length limit_by_offset limit_length"
        " limit_offset limit_with_ties",
        "WithElement": "name subquery aliases is_materialized",
        "Subquery": "children alias cte_name",
        "TablesInSelectQuery": "children",
        "TablesInSelectQueryElement": "table_expression table_join array_join",
        "TableExpression": "database_and_table_name table_function subquery final sample_size sample_offset"
        " column_aliases",
        "TableJoin": "kind strictness locality is_natural using_expression_list on_expression",
        "ArrayJoin": "kind expression_list",
        "SampleRatio": "numerator denominator",
        "TableIdentifier": "name name_parts alias children",
        "ExpressionList": "children",
        "Identifier": "name name_parts alias children",
        "QueryParameter": "name param_type alias",
        "Literal": "value alias",
        "Function": "name arguments parameters alias kind nulls_action window_definition window_name is_operator"
        " is_lambda_function is_window_function",
        "Asterisk": "expression transformers",
        "QualifiedAsterisk": "qualifier transformers",
        "ColumnsRegexpMatcher": "pattern expression transformers alias",
        "QualifiedColumnsRegexpMatcher": "pattern qualifier transformers alias",
        "ColumnsListMatcher": "column_list expression transformers alias",
        "QualifiedColumnsListMatcher": "column_list qualifier transformers alias",
        "ColumnsTransformerList": "children",
        "ColumnsApplyTransformer": "func_name parameters lambda lambda_arg column_name_prefix",
        "ColumnsExceptTransformer": "children pattern is_strict",
        "ColumnsReplaceTransformer": "children is_strict",
        "ColumnsReplaceTransformerReplacement": "name children",
        "OrderByElement": "expression direction nulls_direction nulls_direction_was_explicitly_specified collation"
        " with_fill fill_from fill_to fill_step fill_staleness",
        "InterpolateElement": "column expr",
        "WindowDefinition": "parent_window_name partition_by order_by frame_is_default frame_type frame_begin_type"
        " frame_begin_offset frame_begin_preceding frame_end_type frame_end_offset frame_end_preceding",
        "WindowListElement": "name definition",
    }.items()
}
_COLUMN_SHAPES = {
    kind: frozenset({"type", *keys.split()})
    for kind, keys in {
        "CreateQuery": "table table_ast columns_list storage",
        "Columns definition": "columns",
        "ExpressionList": "children",
        "ColumnDeclaration": "name data_type null_modifier",
        "DataType": "name arguments",
        "TupleDataType": "name arguments element_names",
        "EnumDataType": "name values",
        "NameTypePair": "name name_type",
        "Identifier": "name",
        "Literal": "value",
        "Storage": "engine",
        "Function": "name no_empty_args kind",
    }.items()
}
_OUTFILE = ("INTO OUTFILE writes a file", "Leave it out; `--format csv` or the portal's export gives the rows.")
_SETTINGS = ("SETTINGS changes the limits of a query", "Leave it out: time, memory and rows are set by EXOS.")
_CLAUSES = {
    "out_file": _OUTFILE,
    "compression": _OUTFILE,
    "compression_level": _OUTFILE,
    "format_ast": ("FORMAT changes the form of the answer", "Leave it out; ask for the form as in `--format csv`."),
    "settings": _SETTINGS,
    "settings_ast": _SETTINGS,
    "group_by_with_totals": ("WITH TOTALS puts totals outside the rows", "GROUP BY ROLLUP(…) gives them as rows."),
    "stream_settings": ("STREAM waits for new rows for ever", "Leave it out and run the query again for newer rows."),
}
# The second argument of these may name a table.
_MEMBERSHIP = frozenset(
    {"in", "notin", "globalin", "globalnotin", "nullin", "notnullin", "globalnullin", "globalnotnullin"}
)
# The first argument of these is a function: a lambda, or the bare name of one. No others take names (tried on all of 26.9).
_HIGHER_ORDER = ("array", "map")
# The first argument of these names an aggregate function.
_BY_NAME = frozenset({"arrayreduce", "arrayreduceinranges", "initializeaggregation"})
# The second argument of these is a type.
_TYPED = frozenset({"cast", "accuratecast", "accuratecastornull", "accuratecastordefault", "reinterpret"})
# The binary state of an aggregate, made by hand, reaches code that expects only what the engine wrote itself.
_STATE = re.compile(r"(?<!Simple)AggregateFunction", re.IGNORECASE)
_PATH = re.compile(r"[/\\:*?\x00-\x1f]|^\.")
_CALLS = "Use the functions for numbers, texts, times, arrays, maps, JSON and aggregates."
ONLY_SELECT = "Free SQL is one SELECT, which may begin with WITH or FROM; what it may read is in the schema browser."


@dataclass
class Findings:
    """What the walk met that is for the caller to decide.

    `parameters`: type by name of every `{name:Type}`. `lambdas`: names given to lambdas. `unknown`: functions that are
    in neither list and may be such lambdas. `referenced`: names in neither list that are a column or a function to be
    called. `structures`: texts that declare columns, as in `values('a Int8', …)`.
    """

    parameters: dict[str, str] = field(default_factory=dict)
    lambdas: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    referenced: set[str] = field(default_factory=set)
    structures: list[str] = field(default_factory=list)


class Walk:
    """One walk over one tree."""

    def __init__(self, databases: Collection[str], views: Collection[str] = ()) -> None:
        self._databases = frozenset(databases)
        self._views = frozenset(views) | {f"{database}.{view}" for database in databases for view in views}
        self._catalogue = catalogue()
        self.found = Findings()

    def over(self, tree: Node) -> Findings:
        """Visit every node. Raises QueryRefused for the first that is not harmless."""
        waiting: list[Node] = [tree]
        while waiting:
            node = waiting.pop()
            _check_shape(node)
            self._visit(node)
            waiting.extend(_below(node))
        return self.found

    def _visit(self, node: Node) -> None:
        match node["type"]:
            case "Function":
                self._function(node)
            case "ColumnsApplyTransformer" if "func_name" in node:
                self._call(str(node["func_name"]))
            case "TableIdentifier":
                self._table(node)
            case "TableExpression" if "table_function" in node:
                self._table_function(node["table_function"])
            case "QueryParameter":
                _check_type(str(node["param_type"]))
                self.found.parameters[str(node["name"])] = str(node["param_type"])

    def _function(self, node: Node) -> None:
        name = str(node["name"])
        if name == "lambda":
            self.found.lambdas.add(str(node.get("alias", "")))
            return
        self._call(name)
        arguments = _arguments(node)
        if arguments and name.lower().startswith(_HIGHER_ORDER):
            self._by_reference(arguments[0])
        if name.lower() in _MEMBERSHIP and len(arguments) > 1:
            self._member_of(arguments[1])
        if name.lower() in _BY_NAME:
            self._aggregate_by_name(name, arguments)
        if name.lower() in _TYPED and len(arguments) > 1:
            _check_type(_text(arguments[1]))

    def _by_reference(self, first: Node) -> None:
        """What `arrayMap` and its like are given first may be the bare name of a function, which they then call."""
        if first["type"] != "Identifier":
            return
        if first.get("children"):
            raise QueryRefused("The name of a function cannot be a parameter.", "Write it as in x -> lower(x).")
        name = str(first["name"])
        if len(first.get("name_parts") or [name]) > 1:
            return
        reason = self._catalogue.why_not(name)
        if reason == UNKNOWN:
            self.found.referenced.add(name)
        elif reason:
            raise refuse_function(name, reason)

    def _call(self, name: str) -> None:
        reason = self._catalogue.why_not(name)
        if reason == UNKNOWN:
            self.found.unknown.add(name)
        elif reason:
            raise refuse_function(name, reason)

    def _member_of(self, right: Node) -> None:
        """The right side of IN: a name there may be a table's, and a call may be a table function."""
        if right["type"] == "Identifier":
            self._table(right, "After IN write a list or a subquery; has(column, value) looks into a column of arrays.")
        elif right["type"] == "Function":
            reason = self._catalogue.refused_tables.get(str(right["name"]).lower())
            if reason:
                raise QueryRefused(
                    f"{right['name']}() after IN {reason}, which free SQL may not.", "Write a list or a subquery."
                )

    def _aggregate_by_name(self, caller: str, arguments: list[Node]) -> None:
        name = _text(arguments[0]) if arguments else None
        if name is None:
            raise QueryRefused(f"{caller}() must be given the name of its function as a text.", "Write it as in 'sum'.")
        self._call(name.split("(")[0].strip())

    def _table(self, node: Node, hint: str = "") -> None:
        if node.get("children"):
            raise QueryRefused(
                "The name of a table cannot be a parameter.", "Write the name of the table into the SQL."
            )
        parts = node.get("name_parts") or [node["name"]]
        name = ".".join(parts)
        if len(parts) == 1 and not _PATH.search(name):
            return
        if len(parts) == 2 and (parts[0] in self._databases or (parts[0] == "system" and parts[1] in SYSTEM_TABLES)):
            return
        hint = hint or f"It reads the tables of {self._places()}: see the schema browser."
        raise QueryRefused(f"Free SQL may not read {name}.", hint)

    def _table_function(self, node: Node) -> None:
        name = str(node["name"])
        if name in self._views:
            return
        reason = self._catalogue.why_not_table(name)
        if reason:
            hint = f"Read the tables of {self._places()}, or numbers(), generateSeries() and values()."
            raise QueryRefused(f"{name}() in the place of a table {reason}{_which(reason)}.", hint)
        arguments = _arguments(node)
        structure = _text(arguments[0]) if len(arguments) > 1 else None
        if structure is not None:
            self.found.structures.append(structure)

    def _places(self) -> str:
        return " and ".join(sorted(self._databases))


def check_columns(tree: Node) -> None:
    """Refuse declared columns with more than names and types. `tree` is that of `CREATE TABLE t (…) ENGINE = Null`."""
    waiting: list[Node] = [tree]
    while waiting:
        node = waiting.pop()
        # False is how the engine says that a thing is not there.
        given = {key for key, value in node.items() if value not in (False, "")}
        if "type" in node and not given <= _COLUMN_SHAPES.get(str(node["type"]), frozenset()):
            raise QueryRefused(
                "The columns of values() can have a name and a type only.", "Write them as in 'a Int8, b String'."
            )
        if node.get("type") == "DataType":
            _check_type(str(node["name"]))
        waiting.extend(_below(node))


def refuse_statement(what: str) -> QueryRefused:
    """The refusal of anything that is not a SELECT."""
    return QueryRefused(f"{what} is not allowed in free SQL.", ONLY_SELECT)


def refuse_function(name: str, reason: str = UNKNOWN) -> QueryRefused:
    """The refusal of a function, with the reason that the catalogue gives."""
    return QueryRefused(f"{name}() {reason}{_which(reason)}.", _CALLS)


def _which(reason: str) -> str:
    return "" if reason == UNKNOWN else ", which free SQL may not"


def _check_type(text: str | None) -> None:
    if text is None:
        raise QueryRefused("The type in a cast must be written out.", "Write it as in CAST(x AS Float64).")
    if _STATE.search(text):
        raise QueryRefused("Free SQL may not make states of aggregates out of bytes.", "Use sumState() and sumMerge().")


def _check_shape(node: Node) -> None:
    kind = str(node.get("type"))
    shape = _SHAPES.get(kind)
    if shape is None:
        raise refuse_statement(f"Syntax of the kind {kind}")
    for key in sorted(node.keys() - shape):
        message, hint = _CLAUSES.get(key, (f"The guard does not know what {key} of {kind} does", ONLY_SELECT))
        raise QueryRefused(f"{message}, which free SQL may not.", hint)


def _below(node: Node) -> Iterator[Node]:
    """The nodes below a node. A table function is passed over for its arguments: its name is not that of a function."""
    if node.get("type") == "Literal":
        return
    for key, value in node.items():
        if key == "table_function":
            _check_shape(value)
            yield from _nodes(value.values())
        else:
            yield from _nodes([value])


def _nodes(values: Iterable[Any]) -> Iterator[Node]:
    for value in values:
        if isinstance(value, dict):
            yield value
        elif isinstance(value, list):
            yield from _nodes(value)


def _arguments(node: Node) -> list[Node]:
    arguments: list[Node] = node.get("arguments", {}).get("children", [])
    return arguments


def _text(node: Node) -> str | None:
    if node["type"] == "Literal" and node["value"].get("field_type") == "String":
        return str(node["value"]["value"])
    return None
