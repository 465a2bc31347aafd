"""`selected_cases`, `selected_variants` and `selected_events`: the cases that `process`, `since`, `until` and `filters` select.

A filter selects whole cases. A case belongs to the period in which it started or, where the parameter `cases` says finished, to
that in which it ended with a last step: only then do periods compare, for of what started lately only the fast has ended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from exos.selection import filters
from exos.selection.filters import Ask, Conditions, bad
from exos.types import Filter

_NUMBERS = {"duration_seconds": "dateDiff('microsecond', start_time, end_time) / 1e6", "events": "events"}
_TIMES = {"start": "start_time", "end": "end_time"}
_STRINGS = {"case_id": "case_id", "first_activity": "activities[1]", "last_activity": "activities[-1]"}
_LISTS = {"activity": "activities", "resource": "resources"}
_SEQUENCES = ("path", "eventually", "variant")
_LAST_STEPS = """
WITH
    (SELECT max(toUnixTimestamp64Micro(end_time)) - quantileExact(0.95)(dateDiff('microsecond', start_time, end_time))
     FROM cases FINAL WHERE process = {process:String}) AS ripe
SELECT activity
FROM (
    SELECT any(activities) AS activities, count() AS times, countIf(toUnixTimestamp64Micro(start_time) < ripe) AS old
    FROM cases FINAL
    WHERE process = {process:String}
    GROUP BY variant
)
ARRAY JOIN arrayDistinct(activities) AS activity
GROUP BY activity
QUALIFY sumIf(times, activities[-1] = activity) >= 0.5 * sum(times)
    OR (sumIf(old, activities[-1] = activity) AS ended) > 0.02 * sum(ended) OVER ()
ORDER BY activity
"""
"""What cases end with: an activity that is the last of most cases in which it occurs, or of more than one in fifty of those that
had time to end: they began longer before the last event of the process than 95 of 100 cases last.
"""
FEW = 50
"""Values up to which a list is compared with the arrays of each case."""
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
RELATIONS = frozenset({"selected_cases", *_FURTHER})


def relations(
    names: set[str], params: Mapping[str, Any], chosen: list[Filter], conditions: Conditions, ask: Ask
) -> list[str]:
    """The common table expressions for `names`; their values are bound in `conditions`."""
    process = str(params["process"])
    conditions.add(chosen, lambda one: _condition(one, conditions, process, ask))
    finished = params["cases"] == "finished"
    moment = "end_time" if finished else "start_time"
    where = [
        "process = {process:String}",
        f"{moment} >= {{since:DateTime64(6, 'UTC')}}",
        f"{moment} < {{until:DateTime64(6, 'UTC')}}",
        *(_ended(process, conditions, ask) if finished else ()),
        *conditions.sql,
    ]
    cases = "selected_cases AS (\n    SELECT * FROM cases FINAL\n    WHERE " + "\n      AND ".join(where) + "\n)"
    return [cases, *[sql for name, sql in _FURTHER.items() if name in names]]


def _ended(process: str, conditions: Conditions, ask: Ask) -> list[str]:
    """The condition that a case ended with a last step; none where the process has no such step, and every case counts."""
    last = [row[0] for row in ask(_LAST_STEPS, {"process": process})]
    return [f"has({conditions.bind(last, 'Array(String)')}, activities[-1])"] if last else []


def _condition(one: Filter, conditions: Conditions, process: str, ask: Ask) -> str:
    if one.property in BUILTIN and one.op == "exists":
        return f"notEmpty({_LISTS[one.property]})" if one.property in _LISTS else "1"
    if one.property in _SEQUENCES:
        return _sequence(one, conditions)
    if one.property in _LISTS:
        return _in_list(one, conditions, _LISTS[one.property])
    tests: tuple[tuple[Mapping[str, str], Callable[[Filter, Conditions, str], str]], ...] = (
        (_NUMBERS, filters.number),
        (_TIMES, filters.time),
        (_STRINGS, filters.string),
    )
    for columns, test in tests:
        if one.property in columns:
            return test(one, conditions, columns[one.property])
    return _attribute(one, conditions, process, ask)


def _attribute(one: Filter, conditions: Conditions, process: str, ask: Ask) -> str:
    """A test of a case attribute where the process has one of that name, else of an attribute of any event of the
    case.
    """
    bare = Filter(one.property.removeprefix("case:"), one.op, one.value)
    of_case = one.property.startswith("case:") or ask(
        "SELECT 1 FROM cases WHERE process = {process:String} AND mapContains(attributes, {name:String}) LIMIT 1",
        {"process": process, "name": bare.property},
    )
    inside = filters.entry(bare, conditions, "attributes")
    if of_case:
        return inside
    return f"case_id IN (SELECT case_id FROM case_events WHERE process = {{process:String}} AND {inside})"


def _sequence(one: Filter, conditions: Conditions) -> str:
    if one.op != "=":
        raise bad(f"{one.property} takes = and !=, not {one.op}")
    steps = one.value
    if not isinstance(steps, list) or not steps or not all(isinstance(step, str) for step in steps):
        raise bad(f"{one.property} takes a list of activities")
    if one.property == "variant":
        return f"activities = {conditions.bind(steps, 'Array(String)')}"
    if len(steps) < 2:
        raise bad(f"{one.property} takes at least two activities")
    if one.property == "path":
        if len(steps) == 2:
            source, target = (conditions.bind(step, "String") for step in steps)
            return f"has(edges, cityHash64({source}, {target}))"
        return f"hasSubstr(activities, {conditions.bind(steps, 'Array(String)')})"
    if len(steps) != 2:
        raise bad("eventually takes two activities")
    source, target = (conditions.bind(step, "String") for step in steps)
    last = f"length(activities) + 1 - indexOf(arrayReverse(activities), {target})"
    return f"(has(activities, {source}) AND has(activities, {target}) AND indexOf(activities, {source}) < {last})"


def _in_list(one: Filter, conditions: Conditions, column: str) -> str:
    if one.op == "=":
        return f"has({column}, {conditions.bind(filters.text(one.value), 'String')})"
    if one.op == "in":
        values = filters.texts(one)
        bound = conditions.bind(values, "Array(String)")
        if len(values) <= FEW:
            return f"hasAny({column}, {bound})"
        # hasAny() compares every pair: with 100,000 values it runs for minutes, a set for less than a second.
        return (
            "case_id IN (SELECT case_id FROM case_events WHERE process = {process:String}"
            f" AND {one.property} IN (SELECT arrayJoin({bound})))"
        )
    return f"arrayExists(x -> {filters.string(one, conditions, 'x')}, {column})"
