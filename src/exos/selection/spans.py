"""`selected_spans`: rows of ClickStack's `otel_traces` between `since` and `until`, as far as the filters let them through.

Each span is there once, however often its sender sent it. A filter selects spans.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exos.selection import filters
from exos.selection.filters import Conditions
from exos.types import Filter

_STRINGS = {
    "service": "ServiceName",
    "name": "SpanName",
    "kind": "SpanKind",
    "status": "StatusCode",
    "scope": "ScopeName",
    "trace_id": "TraceId",
    "span_id": "SpanId",
}
_LAST = "2262-04-11 00:00:00.000000"
"""The end of time for a count of nanoseconds in 64 bits."""
RELATIONS = frozenset({"selected_spans"})


def relations(params: Mapping[str, Any], chosen: list[Filter], conditions: Conditions, telemetry: str) -> list[str]:
    """The common table expression over the telemetry database; its values are bound in `conditions`."""
    conditions.add(chosen, lambda one: _condition(one, conditions))
    since, until = (min(str(params[name]), _LAST) for name in ("since", "until"))
    where = [
        f"Timestamp >= {conditions.bind(since, filters.TIME)}",
        f"Timestamp < {conditions.bind(until, filters.TIME)}",
        *conditions.sql,
    ]
    return [
        f"selected_spans AS (\n    SELECT * FROM `{telemetry}`.otel_traces\n    WHERE "
        + "\n      AND ".join(where)
        + "\n    LIMIT 1 BY TraceId, SpanId\n)"
    ]


def _condition(one: Filter, conditions: Conditions) -> str:
    if one.property in _STRINGS:
        return filters.string(one, conditions, _STRINGS[one.property])
    if one.property == "duration_ms":
        return filters.number(one, conditions, "Duration / 1e6")
    key = conditions.bind(one.property, "String")
    column = f"if(mapContains(SpanAttributes, {key}), SpanAttributes[{key}], ResourceAttributes[{key}])"
    found = f"(mapContains(SpanAttributes, {key}) OR mapContains(ResourceAttributes, {key}))"
    return found if one.op == "exists" else f"({found} AND {filters.string(one, conditions, column)})"
