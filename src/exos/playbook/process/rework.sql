/*
---
title: Rework
question: Which activities are done again in the same case?
description: >
  cases counts the cases that have the activity, rework_cases those that have it more than once, rework_events the repetitions beyond
  the first; rework_rate is rework_cases / cases. A self-loop is a repetition that directly follows itself.
shows: bar
---
*/
SELECT
    CAST(name, 'String') AS activity,
    sumIf(variants.cases, occurrence = 1) AS cases,
    sumIf(variants.cases, occurrence = 2) AS rework_cases,
    sumIf(variants.cases, occurrence > 1) AS rework_events,
    rework_cases / cases AS rework_rate,
    sumIf(variants.cases, name = previous) AS self_loops
FROM selected_variants AS variants
ARRAY JOIN
    activities AS name,
    arrayEnumerateUniq(activities) AS occurrence,
    arrayPushFront(arrayPopBack(activities), '') AS previous
GROUP BY name
ORDER BY rework_events DESC, activity
LIMIT {limit:UInt64}
