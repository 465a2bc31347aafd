"""Reads the values that a caller gave for an analysis's parameters into what the engine binds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

from exos.errors import BadParameter
from exos.frontmatter import PLACEHOLDER, Parameter
from exos.times import FIRST, LAST, bound, parse_time, zone

SHARED = (
    Parameter(
        "since",
        "DateTime64(6, 'UTC')",
        "From",
        "Only what happens, and cases that start, at or after this time (RFC 3339).",
    ),
    Parameter(
        "until",
        "DateTime64(6, 'UTC')",
        "Until",
        "Only what happens, and cases that start, before this time (RFC 3339).",
    ),
    Parameter("timezone", "String", "Time zone", "IANA time zone of buckets and of times given without one.", "UTC"),
    Parameter(
        "filters",
        "String",
        "Filters",
        'JSON list of {"property", "op", "value"}; ops: = != > >= < <= in not_in contains regex exists.',
        "[]",
    ),
)
PROCESS = Parameter("process", "String", "Process", "The process whose cases are looked at.", required=True)
CASES = Parameter(
    "cases",
    "String",
    "Cases",
    "Which belong to the time range: those that start in it, or those that finish in it: end, with a step that"
    " cases end with."
    " Compare periods by finished cases: of those that started lately only the fast have ended.",
    "started",
    choices=("started", "finished"),
)
_NULLABLE = re.compile(r"^Nullable\((.*)\)$")
_WHOLE = re.compile(r"^(U?)Int(\d+)$")
_WRAPPED = re.compile(r"^(Nullable|LowCardinality|Array)\((.*)\)$")


def limit_parameter(default: int, maximum: int) -> Parameter:
    """The shared parameter `limit`, with an analysis's own default and maximum."""
    return Parameter("limit", "UInt64", "Rows", "At most this many rows.", default, min=1, max=maximum)


def bind(parameters: tuple[Parameter, ...], given: Mapping[str, Any]) -> dict[str, Any]:
    """A value for every parameter: what was given, checked, or else the default.

    Text is accepted for every type, as it comes from a command line. Raises BadParameter naming the parameter.
    """
    check_texts(given)
    known = {one.name for one in parameters}
    for name in given:
        if name not in known:
            raise BadParameter(f"There is no parameter {name!r}.", f"Known are: {', '.join(sorted(known))}.")
    timezone = str(given.get("timezone") or "UTC")
    zone(timezone)
    values = {one.name: _value(one, given.get(one.name), timezone) for one in parameters}
    if "since" in values and values["since"] > values["until"]:
        raise BadParameter(
            f"since is {given.get('since')}, which is after until, {given.get('until')}.", "Exchange the two."
        )
    return values


def check_objects(given: Mapping[str, Any]) -> None:
    """Raises BadParameter for an object with a number beyond 64 bits, which the driver cannot send."""
    for name, value in given.items():
        try:
            orjson.dumps(value if isinstance(value, Mapping) else None)
        except TypeError as error:
            raise BadParameter(f"{name!r} cannot be sent: {error}.", "Send it as a text.") from None


def check_texts(given: Mapping[str, Any]) -> None:
    """Raises BadParameter for a text, anywhere in the values or their names, that no UTF-8 can hold: half of a surrogate
    pair, or bytes of a command line in another encoding.
    """
    for name, value in given.items():
        waiting = [name, value]
        while waiting:
            one = waiting.pop()
            if isinstance(one, str) and not _is_unicode(one):
                raise BadParameter(f"{name!r} is not valid Unicode text.", "Send it as UTF-8.")
            if isinstance(one, Mapping):
                waiting += [*one.keys(), *one.values()]
            elif isinstance(one, list):
                waiting += one


def check_ranges(sql: str, given: Mapping[str, Any]) -> None:
    """Raises BadParameter where a value does not fit the `{name:Type}` of the SQL: the engine would cut its upper bits off."""
    for found in PLACEHOLDER.finditer(sql):
        name = found.group("name")
        if name in given:
            _check_range(name, found.group("type"), given[name])


def _check_range(name: str, type_: str, value: Any) -> None:
    wrapped = _WRAPPED.match(type_)
    if wrapped and wrapped.group(1) == "Array":
        for item in _items(value):
            _check_range(name, wrapped.group(2), item)
    elif wrapped:
        _check_range(name, wrapped.group(2), value)
    elif whole := _WHOLE.match(type_):
        bits = int(whole.group(2))
        low, high = (0, 2**bits - 1) if whole.group(1) else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        number = _whole(value)
        if number is not None and not low <= number <= high:
            raise BadParameter(
                f"{name} is {str(value)[:40]}, but {type_} holds {low:,} to {high:,}.", f"Type: {type_}."
            )


def _items(value: Any) -> list[Any]:
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return []
    return value if isinstance(value, list) else []


def _whole(value: Any) -> int | None:
    """The value as a whole number; None where it is none, which the engine says better."""
    try:
        return int(value) if isinstance(value, int | str) else None
    except ValueError:
        return None


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _value(one: Parameter, value: Any, timezone: str) -> Any:
    if value is None or (value == "" and one.type != "String"):
        if one.required:
            raise BadParameter(f"The parameter {one.name!r} is missing.", f"{one.label}: {one.help or one.type}")
        value = one.default
    if one.name in ("since", "until"):
        edge = FIRST if one.name == "since" else LAST
        return bound(edge if value is None else parse_time(value, timezone, one.name))
    if value is None:
        return None
    value = _typed(one, value, timezone)
    _check(one, value)
    _check_range(one.name, one.type, value)
    return value


def _typed(one: Parameter, value: Any, timezone: str) -> Any:
    nullable = _NULLABLE.match(one.type)
    type_ = nullable.group(1) if nullable else one.type
    if type_.startswith("Array("):
        return _list(one, value)
    if _WHOLE.match(type_):
        return _number(one, value, int)
    if type_.startswith(("Float", "Decimal")):
        return _number(one, value, float)
    if type_.startswith("DateTime"):
        return bound(parse_time(value, timezone, one.name))
    if type_ == "Bool":
        return _bool(one, value)
    return _json(one, value) if isinstance(value, list | dict) else _plain(value)


def _json(one: Parameter, value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError as error:
        raise BadParameter(f"{one.name} cannot be used: {error}.", "Send a shallower or smaller value.") from None


def _list(one: Parameter, value: Any) -> list[Any]:
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError as error:
            raise BadParameter(f"{one.name} is not a JSON list: {error}.", 'For example ["a", "b"].') from None
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        raise BadParameter(f"{one.name} must be a list.", 'For example ["a", "b"].')
    return value


def _number(one: Parameter, value: Any, kind: type[int] | type[float]) -> int | float:
    wanted = "a whole number" if kind is int else "a number"
    try:
        if isinstance(value, bool) or (kind is int and isinstance(value, float) and value != int(value)):
            raise ValueError
        return kind(value)
    except (TypeError, ValueError, OverflowError):
        raise BadParameter(
            f"{one.name} is {value!r}, which is not {wanted}.", one.help or f"Type: {one.type}."
        ) from None


def _bool(one: Parameter, value: Any) -> bool:
    text = str(value).lower()
    if text in ("true", "1", "yes"):
        return True
    if text in ("false", "0", "no"):
        return False
    raise BadParameter(f"{one.name} is {value!r}, which is neither true nor false.", one.help)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _check(one: Parameter, value: Any) -> None:
    if one.choices and value not in one.choices:
        raise BadParameter(f"{one.name} is {value!r}.", f"It must be one of {', '.join(map(str, one.choices))}.")
    if isinstance(value, int | float) and not isinstance(value, bool):
        if one.min is not None and value < one.min:
            raise BadParameter(f"{one.name} is {value}; it must be at least {one.min}.", one.help)
        if one.max is not None and value > one.max:
            raise BadParameter(f"{one.name} is {value}; it must be at most {one.max}.", one.help)
