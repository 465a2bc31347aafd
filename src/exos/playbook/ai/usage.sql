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
FROM selected_calls
GROUP BY model
ORDER BY calls DESC, model
LIMIT {limit:UInt64}
