/*
---
title: Calls, one by one
question: Which calls of models were there, and which of them failed, took long or cost much?
description: >
  One row per call, as ai/usage counts them. message says why a call failed, as its span does. trace_id leads to what was done
  around it: ai/steps.
shows: table
params:
  model: {label: Model, help: Only calls of this model., default: ""}
  outcome:
    label: Outcome
    help: All calls, or those that failed or succeeded.
    default: all
    choices: [all, failed, succeeded]
  order:
    label: Order
    help: Newest, slowest or dearest first.
    default: newest
    choices: [newest, slowest, dearest]
limit: {default: 500, max: 100000}
---
*/
SELECT
    time,
    model,
    operation,
    failed,
    message,
    milliseconds AS duration_ms,
    read AS input_tokens,
    written AS output_tokens,
    cost AS cost_usd,
    service,
    trace_id,
    span_id
FROM selected_calls
WHERE {model:String} IN ('', model) AND ({outcome:String} = 'all' OR failed = ({outcome:String} = 'failed'))
ORDER BY
    multiIf({order:String} = 'slowest', -duration_ms, {order:String} = 'dearest', -ifNull(cost, 0), -toFloat64(toUnixTimestamp64Milli(time))),
    time DESC,
    span_id
LIMIT {limit:UInt64}
