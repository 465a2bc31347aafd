"""`selected_spans`: rows of ClickStack's `otel_traces` between `since` and `until`, as far as the filters let them through; and
`selected_calls`: those in which a model is asked.

Each span is there once, however often its sender sent it. A filter selects spans.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
# Spans of OpenTelemetry's conventions for generative AI, without those of agents and tools around the model. The second names are
# those of older versions of the conventions. read and written are tokens, cost is in US dollars.
_ASKED = (
    "(SpanAttributes['gen_ai.request.model'] != '' OR SpanAttributes['gen_ai.response.model'] != '')",
    "SpanAttributes['gen_ai.operation.name'] IN ('', 'chat', 'text_completion', 'generate_content', 'embeddings')",
)
_CALLS = """selected_calls AS (
    SELECT
        Timestamp AS time,
        TraceId AS trace_id,
        SpanId AS span_id,
        ServiceName AS service,
        coalesce(nullIf(SpanAttributes['gen_ai.request.model'], ''), SpanAttributes['gen_ai.response.model']) AS model,
        coalesce(nullIf(SpanAttributes['gen_ai.provider.name'], ''), SpanAttributes['gen_ai.system']) AS provider,
        SpanAttributes['gen_ai.operation.name'] AS operation,
        coalesce(
            toUInt64OrNull(SpanAttributes['gen_ai.usage.input_tokens']),
            toUInt64OrNull(SpanAttributes['gen_ai.usage.prompt_tokens'])
        ) AS read,
        coalesce(
            toUInt64OrNull(SpanAttributes['gen_ai.usage.output_tokens']),
            toUInt64OrNull(SpanAttributes['gen_ai.usage.completion_tokens'])
        ) AS written,
        coalesce(
            toFloat64OrNull(SpanAttributes['gen_ai.usage.cost']), toFloat64OrNull(SpanAttributes['operation.cost'])
        ) AS cost,
        Duration / 1e6 AS milliseconds,
        CAST(StatusCode = 'Error', 'UInt8') AS failed,
        coalesce(nullIf(StatusMessage, ''), SpanAttributes['error.type']) AS message
    FROM (
        {spans}
    )
)"""
RELATIONS = frozenset({"selected_spans", "selected_calls"})


def relations(
    names: set[str], params: Mapping[str, Any], chosen: list[Filter], conditions: Conditions, telemetry: str
) -> list[str]:
    """The common table expressions for `names` over the telemetry database; their values are bound in `conditions`."""
    conditions.add(chosen, lambda one: _condition(one, conditions))
    since, until = (min(str(params[name]), _LAST) for name in ("since", "until"))
    where = [
        f"Timestamp >= {conditions.bind(since, filters.TIME)}",
        f"Timestamp < {conditions.bind(until, filters.TIME)}",
        *conditions.sql,
    ]
    made = []
    if "selected_spans" in names:
        made.append(f"selected_spans AS (\n    {_each_once(where, telemetry)}\n)")
    if "selected_calls" in names:
        # Calls are few among spans: they are picked before doubles are looked for, not the other way round.
        made.append(_CALLS.format(spans=_each_once([*where, *_ASKED], telemetry)))
    return made


def _each_once(where: Sequence[str], telemetry: str) -> str:
    """Spans for which all conditions hold. Copies of one span say the same, so it is no matter that conditions come first."""
    return f"SELECT * FROM `{telemetry}`.otel_traces WHERE {' AND '.join(where)} LIMIT 1 BY TraceId, SpanId"


def _condition(one: Filter, conditions: Conditions) -> str:
    if one.property in _STRINGS:
        return filters.string(one, conditions, _STRINGS[one.property])
    if one.property == "duration_ms":
        return filters.number(one, conditions, "Duration / 1e6")
    key = conditions.bind(one.property, "String")
    column = f"if(mapContains(SpanAttributes, {key}), SpanAttributes[{key}], ResourceAttributes[{key}])"
    found = f"(mapContains(SpanAttributes, {key}) OR mapContains(ResourceAttributes, {key}))"
    return found if one.op == "exists" else f"({found} AND {filters.string(one, conditions, column)})"
