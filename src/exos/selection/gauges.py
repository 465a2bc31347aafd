"""`selected_gauges`: rows of ClickStack's `otel_metrics_gauge` from `since` until `until`, as far as filters let them through.

A filter selects points of metrics.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exos.selection import filters
from exos.selection.filters import Conditions
from exos.types import Filter

_STRINGS = {"metric": "MetricName", "service": "ServiceName", "unit": "MetricUnit"}
_LAST = "2106-02-07 06:28:15.000000"
"""The end of time for a count of seconds in 32 bits."""
RELATIONS = frozenset({"selected_gauges"})


def relations(params: Mapping[str, Any], chosen: list[Filter], conditions: Conditions, telemetry: str) -> list[str]:
    """The common table expression over the telemetry database; its values are bound in `conditions`."""
    conditions.add(chosen, lambda one: _condition(one, conditions))
    since, until = (min(str(params[name]), _LAST) for name in ("since", "until"))
    where = [
        f"TimeUnix >= {conditions.bind(since, filters.TIME)}",
        f"TimeUnix < {conditions.bind(until, filters.TIME)}",
        *conditions.sql,
    ]
    return [
        f"selected_gauges AS (\n    SELECT * FROM `{telemetry}`.otel_metrics_gauge\n    WHERE "
        + "\n      AND ".join(where)
        + "\n)"
    ]


def _condition(one: Filter, conditions: Conditions) -> str:
    if one.property in _STRINGS:
        return filters.string(one, conditions, _STRINGS[one.property])
    if one.property == "value":
        return filters.number(one, conditions, "Value")
    key = conditions.bind(one.property, "String")
    column = f"if(mapContains(Attributes, {key}), Attributes[{key}], ResourceAttributes[{key}])"
    found = f"(mapContains(Attributes, {key}) OR mapContains(ResourceAttributes, {key}))"
    return found if one.op == "exists" else f"({found} AND {filters.string(one, conditions, column)})"
