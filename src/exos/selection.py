"""Which cases an analysis looks at: the shared `process`, `since`, `until` and `filters` as one relation.

An analysis reads `FROM selected_cases` (rows of `cases`), `FROM selected_variants` (their distinct sequences, with the
number of cases of each) or `FROM selected_events` (their rows of `case_events`); the relation is put in front of its
SQL as a common table expression. Filters become conditions whose every value is a
bound parameter. Compiling them, rather than evaluating a list of filters per row in a parameterised view, is what
keeps them fast: 0.02 s against 0.17 s on 262,000 cases (2 cores), and unused columns are never read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args

import orjson

from exos.errors import BadParameter
from exos.times import bound, parse_time
from exos.types import Filter, FilterOp

Ask = Callable[[str, Mapping[str, Any]], list[list[Any]]]
"""Runs a query and returns its rows."""

OPS = get_args(FilterOp)
_COMPARE = {"=", "!=", ">", ">=", "<", "<="}
_NEGATIVE = {"!=": "=", "not_in": "in"}
_NUMBERS = {"duration_seconds": "dateDiff('microsecond', start_time, end_time) / 1e6", "events": "events"}
_TIMES = {"start": "start_time", "end": "end_time"}
_TIME = "DateTime64(6, 'UTC')"
_STRINGS = {"case_id": "case_id", "first_activity": "activities[1]", "last_activity": "activities[-1]"}
_LISTS = {"activity": "activities", "resource": "resources"}
_SEQUENCES = ("path", "eventually", "variant")
BUILTIN = (*_LISTS, *_SEQUENCES, *_STRINGS, *_NUMBERS, *_TIMES)

# Taking the first case of each variant costs a quarter of what the aggregate `any` costs, which copies every array as a
# value of its own: 0.02 s against 0.08 s on 262,000 cases (2 cores).
_VARIANTS = """selected_variants AS (
    SELECT variant, activities, edges, cases
    FROM (SELECT variant, activities, edges FROM selected_cases LIMIT 1 BY variant) AS sequences
    INNER JOIN (SELECT variant, count() AS cases FROM selected_cases GROUP BY variant) AS counts USING (variant)
)"""
_EVENTS = """selected_events AS (
    SELECT * FROM case_events FINAL
    WHERE process = {process:String}
      AND case_id IN (SELECT case_id FROM selected_cases)
)"""
_FURTHER = {"selected_variants": _VARIANTS, "selected_events": _EVENTS}


@dataclass
class Conditions:
    """SQL conditions that are joined by AND, and the values bound in them."""

    timezone: str
    ask: Ask
    process: str
    sql: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def bind(self, value: Any, type_: str) -> str:
        """A placeholder for the value."""
        name = f"filter_{len(self.values)}"
        self.values[name] = value
        return f"{{{name}:{type_}}}"


def parse_filters(given: Any) -> list[Filter]:
    """Filters from JSON text or from lists and mappings. Raises BadParameter that names the filter and what is wrong."""
    if isinstance(given, str):
        try:
            given = orjson.loads(given) if given.strip() else []
        except orjson.JSONDecodeError as error:
            raise _bad(f"filters is not JSON: {error}") from None
    if not isinstance(given, list):
        raise _bad("filters must be a list")
    return [_filter(number, one) for number, one in enumerate(given, 1)]


def _filter(number: int, one: Any) -> Filter:
    if not isinstance(one, dict) or "property" not in one or "op" not in one:
        raise _bad(f"filter {number} must be an object with property, op and value")
    extra = set(one) - {"property", "op", "value"}
    if extra:
        raise _bad(f"filter {number} has unknown keys: {', '.join(sorted(extra))}")
    if one["op"] not in OPS:
        raise _bad(f"filter {number} has op {one['op']!r}; known are {' '.join(OPS)}")
    if not isinstance(one["property"], str) or not one["property"]:
        raise _bad(f"filter {number} has no property")
    if "value" not in one and one["op"] != "exists":
        raise _bad(f"filter {number} ({one['property']} {one['op']}) has no value")
    return Filter(one["property"], one["op"], one.get("value"))


def relations(
    params: Mapping[str, Any], filters: list[Filter], ask: Ask, names: set[str]
) -> tuple[str, dict[str, Any]]:
    """The common table expressions for the relations in `names`, and the values bound in them."""
    conditions = Conditions(str(params["timezone"]), ask, str(params["process"]))
    for one in filters:
        conditions.sql.append(_condition(one, conditions))
    where = [
        "process = {process:String}",
        "start_time >= {since:DateTime64(6, 'UTC')}",
        "start_time < {until:DateTime64(6, 'UTC')}",
        *conditions.sql,
    ]
    cases = "selected_cases AS (\n    SELECT * FROM cases FINAL\n    WHERE " + "\n      AND ".join(where) + "\n)"
    further = [sql for name, sql in _FURTHER.items() if name in names]
    return ",\n".join([cases, *further]), conditions.values


def _condition(one: Filter, conditions: Conditions) -> str:
    if one.op == "exists":
        return _exists(one, conditions)
    if one.op in _NEGATIVE:
        positive = Filter(one.property, _NEGATIVE[one.op], one.value)  # type: ignore[arg-type]
        return f"NOT ({_condition(positive, conditions)})"
    if one.property in _SEQUENCES:
        return _sequence(one, conditions)
    if one.property in _LISTS:
        return _in_list(one, conditions, _LISTS[one.property])
    if one.property in _NUMBERS:
        return _number(one, conditions, _NUMBERS[one.property])
    if one.property in _TIMES:
        return _time(one, conditions, _TIMES[one.property])
    if one.property in _STRINGS:
        return _string(one, conditions, _STRINGS[one.property])
    return _attribute(one, conditions, lambda column: _string(one, conditions, column))


def _exists(one: Filter, conditions: Conditions) -> str:
    if one.property in BUILTIN:
        found = f"notEmpty({_LISTS[one.property]})" if one.property in _LISTS else "1"
    else:
        found = _attribute(one, conditions, lambda _: "1")
    return f"NOT ({found})" if one.value is False else found


def _attribute(one: Filter, conditions: Conditions, test: Callable[[str], str]) -> str:
    """A test of a case attribute where the process has one of that name, else of an attribute of any event of the
    case.
    """
    name = one.property.removeprefix("case:")
    key = conditions.bind(name, "String")
    of_case = one.property.startswith("case:") or conditions.ask(
        "SELECT 1 FROM cases WHERE process = {process:String} AND mapContains(attributes, {name:String}) LIMIT 1",
        {"process": conditions.process, "name": name},
    )
    inside = f"mapContains(attributes, {key}) AND {test(f'attributes[{key}]')}"
    if of_case:
        return f"({inside})"
    return f"case_id IN (SELECT case_id FROM case_events WHERE process = {{process:String}} AND {inside})"


def _sequence(one: Filter, conditions: Conditions) -> str:
    if one.op != "=":
        raise _bad(f"{one.property} takes = and !=, not {one.op}")
    steps = one.value
    if not isinstance(steps, list) or not steps or not all(isinstance(step, str) for step in steps):
        raise _bad(f"{one.property} takes a list of activities")
    if one.property == "variant":
        return f"activities = {conditions.bind(steps, 'Array(String)')}"
    if len(steps) < 2:
        raise _bad(f"{one.property} takes at least two activities")
    if one.property == "path":
        if len(steps) == 2:
            source, target = (conditions.bind(step, "String") for step in steps)
            return f"has(edges, cityHash64({source}, {target}))"
        return f"hasSubstr(activities, {conditions.bind(steps, 'Array(String)')})"
    if len(steps) != 2:
        raise _bad("eventually takes two activities")
    source, target = (conditions.bind(step, "String") for step in steps)
    last = f"length(activities) + 1 - indexOf(arrayReverse(activities), {target})"
    return f"(has(activities, {source}) AND has(activities, {target}) AND indexOf(activities, {source}) < {last})"


def _in_list(one: Filter, conditions: Conditions, column: str) -> str:
    if one.op == "=":
        return f"has({column}, {conditions.bind(_text(one.value), 'String')})"
    if one.op == "in":
        return f"hasAny({column}, {conditions.bind(_texts(one), 'Array(String)')})"
    return f"arrayExists(x -> {_string(one, conditions, 'x')}, {column})"


def _number(one: Filter, conditions: Conditions, expression: str) -> str:
    if one.op == "in":
        values = conditions.bind([_to_number(one, value) for value in _items(one)], "Array(Float64)")
        return f"has({values}, toFloat64({expression}))"
    if one.op not in _COMPARE:
        raise _bad(f"{one.property} is a number and takes = != > >= < <= in not_in, not {one.op}")
    return f"{expression} {one.op} {conditions.bind(_to_number(one, one.value), 'Float64')}"


def _time(one: Filter, conditions: Conditions, column: str) -> str:
    if one.op not in _COMPARE:
        raise _bad(f"{one.property} is a time and takes = != > >= < <=, not {one.op}")
    moment = parse_time(one.value, conditions.timezone, f"the value of filter {one.property}")
    return f"{column} {one.op} {conditions.bind(bound(moment), _TIME)}"


def _string(one: Filter, conditions: Conditions, expression: str) -> str:
    if one.op == "in":
        return f"has({conditions.bind(_texts(one), 'Array(String)')}, {expression})"
    if one.op == "contains":
        return f"positionCaseInsensitiveUTF8({expression}, {conditions.bind(_text(one.value), 'String')}) > 0"
    if one.op == "regex":
        return f"match({expression}, {conditions.bind(_text(one.value), 'String')})"
    if isinstance(one.value, int | float) and not isinstance(one.value, bool):
        number = conditions.bind(float(one.value), "Float64")
        return f"ifNull(toFloat64OrNull({expression}) {one.op} {number}, 0)"
    return f"{expression} {one.op} {conditions.bind(_text(one.value), 'String')}"


def _items(one: Filter) -> list[Any]:
    if not isinstance(one.value, list):
        raise _bad(f"{one.property} {one.op} takes a list of values")
    return one.value


def _texts(one: Filter) -> list[str]:
    return [_text(value) for value in _items(one)]


def _text(value: Any) -> str:
    """Attribute values are strings, written as a collector writes them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        raise _bad("a filter compares with text or a number; lists go with in and not_in")
    return "" if value is None else str(value)


def _to_number(one: Filter, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise _bad(f"{one.property} is a number; {value!r} is not") from None


def _bound_time(moment: datetime) -> str:
    return bound(moment)


def _bad(why: str) -> BadParameter:
    return BadParameter(
        f"{why[0].upper()}{why[1:]}.", 'Filters look like [{"property": "region", "op": "=", "value": "TX"}].'
    )
