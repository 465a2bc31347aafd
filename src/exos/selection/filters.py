"""Filters as callers write them, and the conditions that they become: every value bound, never part of the SQL.

Compiling filters, rather than evaluating a list of them per row in a parameterised view, is what keeps them fast: 0.02 s against
0.17 s on 262,000 cases (2 cores), and unused columns are never read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

import orjson

from exos.errors import BadParameter, BadRequest
from exos.times import bound, parse_time
from exos.types import Filter, FilterOp

Ask = Callable[[str, Mapping[str, Any]], list[list[Any]]]
"""Runs a query and returns its rows."""

OPS = get_args(FilterOp)
_RE2 = re.compile(r"error: (.+?)(?: \(in \w+\))?\.?$")
_COMPARE = {"=", "!=", ">", ">=", "<", "<="}
_ORDER = {">", ">=", "<", "<="}
_NEGATIVE = {"!=": "=", "not_in": "in"}


@dataclass
class Conditions:
    """SQL conditions that are joined by AND, and the values bound in them."""

    timezone: str
    sql: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def bind(self, value: Any, type_: str) -> str:
        """A placeholder for the value."""
        name = f"filter_{len(self.values)}"
        self.values[name] = value
        return f"{{{name}:{type_}}}"

    def add(self, filters: list[Filter], test: Callable[[Filter], str]) -> None:
        """Add each filter as `test` writes it; `test` need not know of negations."""
        self.sql += [self._positive(one, test) for one in filters]

    def _positive(self, one: Filter, test: Callable[[Filter], str]) -> str:
        if one.op in _NEGATIVE:
            return f"NOT ({test(Filter(one.property, _NEGATIVE[one.op], one.value))})"  # type: ignore[arg-type] # a table of operators
        if one.op == "exists":
            found = test(Filter(one.property, "exists"))
            return f"NOT ({found})" if one.value is False else found
        return test(one)


def parse_filters(given: Any) -> list[Filter]:
    """Filters from JSON text or from lists and mappings. Raises BadParameter that names the filter and what is wrong."""
    if isinstance(given, str):
        try:
            given = orjson.loads(given) if given.strip() else []
        except orjson.JSONDecodeError as error:
            raise bad(f"filters is not JSON: {error}") from None
    if not isinstance(given, list):
        raise bad("filters must be a list")
    return [_filter(number, one) for number, one in enumerate(given, 1)]


def _filter(number: int, one: Any) -> Filter:
    if not isinstance(one, dict) or "property" not in one or "op" not in one:
        raise bad(f"filter {number} must be an object with property, op and value")
    extra = set(one) - {"property", "op", "value"}
    if extra:
        raise bad(f"filter {number} has unknown keys: {', '.join(sorted(extra))}")
    if one["op"] not in OPS:
        raise bad(f"filter {number} has op {one['op']!r}; known are {' '.join(OPS)}")
    if not isinstance(one["property"], str) or not one["property"]:
        raise bad(f"filter {number} has no property")
    if one.get("value") is None and one["op"] != "exists":
        raise bad(f"filter {number} ({one['property']} {one['op']}) has no value")
    return Filter(one["property"], one["op"], one.get("value"))


def check_patterns(filters: list[Filter], ask: Ask) -> None:
    """Raises BadParameter, naming the filter, for a regular expression that the engine's RE2 cannot read."""
    for one in filters:
        if one.op == "regex":
            try:
                ask("SELECT match('', {pattern:String})", {"pattern": text(one.value)})
            except BadRequest as error:
                why = _RE2.search(error.message)
                said = why.group(1) if why else "it cannot be read"
                raise bad(f"the regular expression of filter {one.property} is malformed: {said}") from None


def number(one: Filter, conditions: Conditions, expression: str) -> str:
    """A test of a numeric expression."""
    if one.op == "exists":
        return f"isNotNull({expression})"
    if one.op == "in":
        values = conditions.bind([_to_number(one, value) for value in _items(one)], "Array(Float64)")
        return f"ifNull(toFloat64({expression}) IN (SELECT arrayJoin({values})), 0)"
    if one.op not in _COMPARE:
        raise bad(f"{one.property} is a number and takes = != > >= < <= in not_in, not {one.op}")
    return f"ifNull({expression} {one.op} {conditions.bind(_to_number(one, one.value), 'Float64')}, 0)"


def time(one: Filter, conditions: Conditions, column: str) -> str:
    """A test of a time column."""
    if one.op == "exists":
        return "1"
    if one.op not in _COMPARE:
        raise bad(f"{one.property} is a time and takes = != > >= < <=, not {one.op}")
    moment = parse_time(one.value, conditions.timezone, f"the value of filter {one.property}")
    return f"{column} {one.op} {conditions.bind(bound(moment), TIME)}"


def string(one: Filter, conditions: Conditions, expression: str) -> str:
    """A test of a text expression; a number compares as a number, and so does what reads as one where order is asked for."""
    if one.op == "exists":
        return f"notEmpty({expression})"
    if one.op == "in":
        # A set, whatever the length of the list: has() goes through it for every row.
        return f"{expression} IN (SELECT arrayJoin({conditions.bind(texts(one), 'Array(String)')}))"
    if one.op == "contains":
        return f"positionCaseInsensitiveUTF8({expression}, {conditions.bind(text(one.value), 'String')}) > 0"
    if one.op == "regex":
        return f"match({expression}, {conditions.bind(text(one.value), 'String')})"
    as_number = _as_number(one)
    if as_number is not None:
        value = conditions.bind(as_number, "Float64")
        return f"ifNull(toFloat64OrNull({expression}) {one.op} {value}, 0)"
    return f"{expression} {one.op} {conditions.bind(text(one.value), 'String')}"


def entry(one: Filter, conditions: Conditions, column: str) -> str:
    """A test of the entry of a map column that bears the property's name."""
    key = conditions.bind(one.property, "String")
    found = f"mapContains({column}, {key})"
    return f"({found})" if one.op == "exists" else f"({found} AND {string(one, conditions, f'{column}[{key}]')})"


def texts(one: Filter) -> list[str]:
    """The list that the filter compares with."""
    return [text(value) for value in _items(one)]


def text(value: Any) -> str:
    """Attribute values are strings, written as a collector writes them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        raise bad("a filter compares with text or a number; lists go with in and not_in")
    return "" if value is None else str(value)


def bad(why: str) -> BadParameter:
    """An error about a filter."""
    return BadParameter(
        f"{why[0].upper()}{why[1:]}.", 'Filters look like [{"property": "region", "op": "=", "value": "TX"}].'
    )


def _items(one: Filter) -> list[Any]:
    if not isinstance(one.value, list):
        raise bad(f"{one.property} {one.op} takes a list of values")
    return one.value


def _as_number(one: Filter) -> float | None:
    """The value where it is to be compared as a number: one it is, or text that reads as one behind > >= < <=."""
    if isinstance(one.value, bool) or (isinstance(one.value, str) and one.op not in _ORDER):
        return None
    try:
        return float(one.value) if isinstance(one.value, int | float | str) else None
    except (ValueError, OverflowError):
        return None


def _to_number(one: Filter, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise bad(f"{one.property} is a number; {str(value)[:40]!r} is not") from None


TIME = "DateTime64(6, 'UTC')"
