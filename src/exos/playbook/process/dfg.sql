/*
---
title: Directly-follows graph
question: Which activities follow each other directly, how often, and how long does it take?
description: >
  One row per pair of activities that follow each other in a case, ordered by (start, completion, sequence). The time of an edge is
  the next start minus this completion, never below zero. Quantiles are exact and interpolate linearly.
shows: flow
---
*/
-- Names and counts come from the distinct variants (few), times from hashed edges (many, but cheap to group).
WITH
    counted AS (
        SELECT
            edge_id,
            any(before) AS source,
            any(after) AS target,
            sum(cases) AS frequency,
            sumIf(cases, occurrence = 1) AS case_frequency
        FROM selected_variants
        ARRAY JOIN
            edges AS edge_id,
            arrayPopBack(activities) AS before,
            arrayPopFront(activities) AS after,
            arrayEnumerateUniq(edges) AS occurrence
        GROUP BY edge_id
    ),
    timed AS (
        SELECT
            edge_id,
            avg(gap) / 1e6 AS mean_seconds,
            quantilesExactInclusive(0.5, 0.95)(gap) AS quantiles,
            sum(gap) / 1e6 AS total_seconds
        FROM (SELECT edges, gaps FROM selected_cases)
        ARRAY JOIN edges AS edge_id, gaps AS gap
        GROUP BY edge_id
    )
SELECT
    source,
    target,
    frequency,
    case_frequency,
    mean_seconds,
    quantiles[1] / 1e6 AS median_seconds,
    quantiles[2] / 1e6 AS p95_seconds,
    total_seconds
FROM counted
INNER JOIN timed USING (edge_id)
ORDER BY frequency DESC, source, target
LIMIT {limit:UInt64}
