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
        SELECT DISTINCT cityHash64(pair.1, pair.2) AS edge_id, pair.1 AS source, pair.2 AS target
        FROM (
            SELECT arrayJoin(arrayDistinct(arrayZip(arrayPopBack(any(activities)), arrayPopFront(any(activities))))) AS pair
            FROM selected_cases
            GROUP BY variant
        )
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
