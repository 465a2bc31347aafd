/*
---
title: Calls of models
question: Which models are called how often, what do they cost, how long do they take, and how often do they succeed?
description: >
  One row per model, the most called first. A call is a span of OpenTelemetry's conventions for generative AI in which a model is asked
  (chat, text completion, content generation, embeddings); spans of agents and tools around it are not counted again. model is the one
  that was asked for. cost_usd adds up what the spans say (gen_ai.usage.cost or operation.cost) and is empty where none of them says anything.
  success_rate is the share of calls that did not end in an error; a call that is tried again counts each time.
shows: table
---
*/
WITH
    calls AS (
        SELECT
            coalesce(nullIf(SpanAttributes['gen_ai.request.model'], ''), SpanAttributes['gen_ai.response.model']) AS model,
            coalesce(nullIf(SpanAttributes['gen_ai.provider.name'], ''), SpanAttributes['gen_ai.system']) AS provider,
            SpanAttributes['gen_ai.operation.name'] AS operation,
            -- The second names are those of older versions of the conventions.
            coalesce(toUInt64OrNull(SpanAttributes['gen_ai.usage.input_tokens']), toUInt64OrNull(SpanAttributes['gen_ai.usage.prompt_tokens'])) AS read,
            coalesce(toUInt64OrNull(SpanAttributes['gen_ai.usage.output_tokens']), toUInt64OrNull(SpanAttributes['gen_ai.usage.completion_tokens'])) AS written,
            coalesce(toFloat64OrNull(SpanAttributes['gen_ai.usage.cost']), toFloat64OrNull(SpanAttributes['operation.cost'])) AS cost,
            Duration / 1e6 AS milliseconds,
            StatusCode = 'Error' AS failed
        FROM selected_spans
        WHERE model != '' AND operation IN ('', 'chat', 'text_completion', 'generate_content', 'embeddings')
    )
SELECT
    model,
    argMax(provider, provider != '') AS provider,
    count() AS calls,
    ifNull(sum(read), 0) AS input_tokens,
    ifNull(sum(written), 0) AS output_tokens,
    sumOrNull(cost) AS cost_usd,
    quantileExactInclusive(0.5)(milliseconds) AS p50_ms,
    quantileExactInclusive(0.95)(milliseconds) AS p95_ms,
    countIf(NOT failed) / calls AS success_rate
FROM calls
GROUP BY model
ORDER BY calls DESC, model
LIMIT {limit:UInt64}
