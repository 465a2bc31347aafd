/*
---
title: Bottlenecks
question: Between which activities do cases wait the longest, all in all?
description: >
  Waiting is the time from one completion to the next start in the same case; share_of_wait is its share of all waiting in the selected
  cases. A slow but rare edge ranks below a quick one that everybody passes.
shows: bar
---
*/
WITH
    named AS (
        SELECT edge_id, any(before) AS source, any(after) AS target
        FROM selected_variants
        ARRAY JOIN edges AS edge_id, arrayPopBack(activities) AS before, arrayPopFront(activities) AS after
        GROUP BY edge_id
    ),
    timed AS (
        SELECT edge_id, count() AS frequency, quantilesExactInclusive(0.5, 0.95)(gap) AS quantiles, sum(gap) AS waited
        FROM (SELECT edges, gaps FROM selected_cases)
        ARRAY JOIN edges AS edge_id, gaps AS gap
        GROUP BY edge_id
    )
SELECT
    source,
    target,
    frequency,
    quantiles[1] / 1e6 AS median_wait_seconds,
    quantiles[2] / 1e6 AS p95_wait_seconds,
    waited / 3.6e9 AS total_wait_hours,
    if(sum(waited) OVER () = 0, 0, waited / sum(waited) OVER ()) AS share_of_wait
FROM timed
INNER JOIN named USING (edge_id)
ORDER BY waited DESC, source, target
LIMIT {limit:UInt64}
