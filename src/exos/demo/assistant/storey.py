"""The storey of the assistant: its turns as traces, in the names of OpenTelemetry's conventions for generative AI."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from exos.demo.assistant.facts import facts
from exos.demo.assistant.turns import CHAT, EMBED, KIND, PER_ROUND, TOOL, Turns, turns
from exos.demo.batches import batch
from exos.demo.calendar import Flags, Ints
from exos.demo.columns import Maps, filled, hex_ids, mix, moments, number_texts, span_ids, trace_ids
from exos.demo.storeys import Plan, Writer
from exos.demo.telemetry import MARK, MORTGAGE, TRACES

SERVICE = "assistant"
AGENT = "Order desk assistant"
_OPERATION = {EMBED: "embeddings", CHAT: "chat", TOOL: "execute_tool"}
_TROUBLE = ("", "The model is overloaded.", "The call took longer than 30 s.", "The tool failed.")
_LATE_NS = 29_000_000_000
_NANO = 1_000_000_000


def build(plan: Plan, writer: Writer) -> None:
    """Writes `otel_traces`."""
    writer.insert("otel_traces", _told(plan, writer))


def _told(plan: Plan, writer: Writer) -> Iterator[pa.RecordBatch]:
    for block in range(plan.size):
        told = turns(plan, block)
        keys = mix(np.arange(len(told)), block, plan.seed, 4711)
        yield _roots(told, keys)
        yield _steps(told, keys)
        writer.tell((block + 1) / plan.size)


def _roots(told: Turns, keys: np.ndarray) -> pa.RecordBatch:
    """One span for each turn; whether it was helpful is an event at its end."""
    known, n = facts(), len(told)
    start = told.moment * _NANO
    last = (told.offset + told.duration).max(axis=1)
    maps, everyone = Maps(n), slice(None)
    maps.put_all(everyone, {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": AGENT})
    maps.put("gen_ai.provider.name", everyone, pa.array(known.providers), told.model[:, 1])
    maps.put("gen_ai.request.model", everyone, pa.array(known.models), told.model[:, 1])
    maps.put("gen_ai.conversation.id", everyone, hex_ids(mix(keys, 3)))
    maps.put("gen_ai.prompt.name", everyone, pa.array(known.tasks), told.task)
    maps.put("userId", everyone, _operators(told.operator))
    maps.put("error.type", told.lost, "retries_exhausted")
    return batch(
        TRACES,
        {
            **_shared(n),
            "Timestamp": moments(start),
            "TraceId": trace_ids(keys),
            "SpanId": span_ids(keys, 0),
            "SpanName": pa.repeat(f"invoke_agent {AGENT}", n),
            "SpanKind": "Internal",
            "SpanAttributes": maps.build(),
            "Duration": pa.array((last + 3_000_000).astype(np.uint64)),
            "StatusCode": _statuses(told.lost),
            "StatusMessage": _messages(told.lost, "The model failed however often it was asked."),
            **_ratings(told, start + last),
        },
    )


def _steps(told: Turns, keys: np.ndarray) -> pa.RecordBatch:
    """Spans of look-ups, calls of models and tools, turn by turn."""
    known = facts()
    turn, slot = np.nonzero(told.used)
    kind, model, tool = KIND[slot], told.model[turn, slot], told.tool[turn, slot]
    failed, duration = told.failed[turn, slot], told.duration[turn, slot]
    by_model = kind != TOOL
    late = failed & (duration > _LATE_NS)
    names = pa.array([*known.models, *known.tools])
    operation = pa.array([_OPERATION[each] for each in sorted(_OPERATION)]).take(pa.array(kind))
    maps = Maps(len(turn))
    maps.put("gen_ai.operation.name", slice(None), operation)
    _describe_models(maps, told, turn, slot, np.flatnonzero(by_model))
    tools = np.flatnonzero(~by_model)
    maps.put("gen_ai.tool.name", tools, pa.array(known.tools), tool[tools])
    maps.put("gen_ai.tool.type", tools, "function")
    maps.put("gen_ai.tool.call.id", tools, filled("call_⟨id⟩", id=hex_ids(mix(keys[turn[tools]], slot[tools]))))
    maps.put("error.type", failed & by_model & ~late, "overloaded")
    maps.put("error.type", late, "timeout")
    maps.put("error.type", failed & ~by_model, "tool_error")
    return batch(
        TRACES,
        {
            **_shared(len(turn)),
            "Timestamp": moments(told.moment[turn] * _NANO + told.offset[turn, slot]),
            "TraceId": trace_ids(keys[turn]),
            "SpanId": span_ids(keys[turn], slot + 1),
            "ParentSpanId": span_ids(keys[turn], 0),
            "SpanName": filled(
                "⟨operation⟩ ⟨name⟩",
                operation=operation,
                name=names.take(pa.array(np.where(by_model, model, len(known.models) + tool))),
            ),
            "SpanKind": pa.array(["Internal", "Client"]).take(pa.array(by_model.astype(np.int64))),
            "SpanAttributes": maps.build(),
            "Duration": pa.array(duration.astype(np.uint64)),
            "StatusCode": _statuses(failed),
            "StatusMessage": pa.array(list(_TROUBLE)).take(
                pa.array(np.where(~failed, 0, np.where(late, 2, np.where(by_model, 1, 3))))
            ),
            **_no_events(len(turn)),
        },
    )  # fmt: skip


def _describe_models(maps: Maps, told: Turns, turn: Ints, slot: Ints, rows: Ints) -> None:
    """What calls of models say: who was asked, what was read and written, what it costs, why it ended."""
    known = facts()
    turn, slot = turn[rows], slot[rows]
    model, failed, chat = told.model[turn, slot], told.failed[turn, slot], KIND[slot] == CHAT
    maps.put("gen_ai.provider.name", rows, pa.array(known.providers), model)
    maps.put("gen_ai.request.model", rows, pa.array(known.models), model)
    maps.put("gen_ai.response.model", rows[~failed], pa.array(known.models), model[~failed])
    maps.put("gen_ai.usage.input_tokens", rows, pa.array(told.read[turn, slot]).cast(pa.string()))
    written = pa.array(told.written[turn, slot]).cast(pa.string())
    maps.put("gen_ai.usage.output_tokens", rows[chat], written.filter(pa.array(chat)))
    maps.put("gen_ai.usage.cost", rows, number_texts(np.round(told.cost[turn, slot], 9)))
    maps.put("gen_ai.prompt.name", rows[chat], pa.array(known.tasks), told.task[turn[chat]])
    # A round that is followed by another ended because the model asked for a tool.
    more = np.zeros(len(rows), np.bool_)
    tools = np.flatnonzero(KIND == TOOL)
    after = tools[np.minimum((slot[chat] - 1) // PER_ROUND, len(tools) - 1)]
    more[chat] = told.used[turn[chat], after]
    maps.put("gen_ai.response.finish_reasons", rows[chat & ~failed & more], '["tool_calls"]')
    maps.put("gen_ai.response.finish_reasons", rows[chat & ~failed & ~more], '["stop"]')


def _shared(rows: int) -> dict[str, pa.Array | str]:
    maps = Maps(1)
    maps.put_all(
        slice(None),
        {
            "service.name": SERVICE,
            "service.version": "3.8.0",
            "telemetry.sdk.language": "python",
            "telemetry.sdk.name": "opentelemetry",
            MARK: MORTGAGE,
        },
    )
    resource = maps.build().take(pa.array(np.zeros(rows, np.int64)))
    return {
        "ServiceName": SERVICE,
        "ScopeName": "opentelemetry.instrumentation.genai",
        "ScopeVersion": "1.4.0",
        "ResourceAttributes": resource,
    }


def _operators(number: Ints) -> pa.Array:
    known, place = np.unique(number, return_inverse=True)
    return pa.array([f"Operator {one:03d}" for one in known.tolist()]).take(pa.array(place))


def _statuses(failed: Flags) -> pa.Array:
    return pa.array(["Unset", "Error"]).take(pa.array(failed.astype(np.int64)))


def _messages(failed: Flags, message: str) -> pa.Array:
    return pa.array(["", message]).take(pa.array(failed.astype(np.int64)))


def _ratings(told: Turns, end: Ints) -> dict[str, pa.Array]:
    """Ratings as events of the evaluation convention."""
    rated = np.flatnonzero(told.rating >= 0)
    offsets = pa.array(np.concatenate([[0], np.cumsum(told.rating >= 0)]).astype(np.int32))
    maps = Maps(len(rated))
    maps.put("gen_ai.evaluation.name", slice(None), "helpful")
    maps.put("gen_ai.evaluation.score.value", slice(None), pa.array(["0", "1"]), told.rating[rated])
    maps.put("gen_ai.evaluation.score.label", slice(None), pa.array(["not helpful", "helpful"]), told.rating[rated])
    names = pa.repeat("gen_ai.evaluation.result", len(rated))
    return {
        "Events.Timestamp": pa.ListArray.from_arrays(offsets, moments(end[rated])),
        "Events.Name": pa.ListArray.from_arrays(offsets, names),
        "Events.Attributes": pa.ListArray.from_arrays(offsets, maps.build()),
    }


def _no_events(rows: int) -> dict[str, pa.Array]:
    offsets = pa.array(np.zeros(rows + 1, np.int32))
    empty = {"Events.Timestamp": moments(np.zeros(0, np.int64)), "Events.Name": pa.array([], pa.string())}
    columns = {name: pa.ListArray.from_arrays(offsets, values) for name, values in empty.items()}
    return {**columns, "Events.Attributes": pa.ListArray.from_arrays(offsets, Maps(0).build())}
