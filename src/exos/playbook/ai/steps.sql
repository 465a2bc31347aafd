/*
---
title: Steps of a trace
question: What was done in this trace, step by step?
description: >
  One row per span, in the order in which they began: what an assistant looked up, asked a model and had a tool do. offset_ms counts from
  the first; depth is 0 for a span without a parent in the trace, 1 for one directly beneath it, and 2 for all others.
shows: table
params:
  trace: {label: Trace, help: The trace's id.}
limit: {default: 2000, max: 100000}
---
*/
WITH
    steps AS (SELECT * FROM selected_spans WHERE TraceId = {trace:String}),
    roots AS (SELECT SpanId FROM steps WHERE ParentSpanId NOT IN (SELECT SpanId FROM steps))
SELECT
    Timestamp AS time,
    dateDiff('microsecond', min(Timestamp) OVER (), Timestamp) / 1e3 AS offset_ms,
    toUInt8(multiIf(SpanId IN roots, 0, ParentSpanId IN roots, 1, 2)) AS depth,
    SpanName AS step,
    Duration / 1e6 AS duration_ms,
    CAST(StatusCode = 'Error', 'UInt8') AS failed,
    coalesce(nullIf(StatusMessage, ''), SpanAttributes['error.type']) AS message,
    SpanAttributes['gen_ai.request.model'] AS model,
    ServiceName AS service,
    SpanAttributes AS attributes,
    SpanId AS span_id,
    ParentSpanId AS parent_span_id
FROM steps
ORDER BY time, depth, span_id
LIMIT {limit:UInt64}
