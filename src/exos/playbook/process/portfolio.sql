/*
---
title: Portfolio
question: How is each process doing, and where does each wait the longest?
description: >
  One row per process with cases in the time range, the largest first. source and target are the hand-over with the most waiting all in
  all; share_of_wait is its part of all waiting in the process.
shows: table
params:
  process: {label: Process, help: Only this one; empty means all., default: ""}
---
*/
WITH
    known AS (
        SELECT process, variant, activities, edges, gaps, idle, events, dateDiff('microsecond', start_time, end_time) / 1e6 AS duration
        FROM cases FINAL
        WHERE {process:String} IN ('', process)
            AND start_time >= {since:DateTime64(6, 'UTC')} AND start_time < {until:DateTime64(6, 'UTC')}
    ),
    sequences AS (SELECT process, variant, activities, edges FROM known LIMIT 1 BY process, variant),
    repeating AS (SELECT process, variant FROM sequences WHERE arrayUniq(activities) < length(activities)),
    measured AS (
        SELECT
            process,
            count() AS cases,
            sum(events) AS events,
            quantileExactInclusive(0.5)(duration) AS median_duration_seconds,
            if(sum(duration) = 0, 0, sum(idle) / 1e6 / sum(duration)) AS waiting_share,
            countIf((process, variant) IN repeating) / cases AS rework_rate
        FROM known
        GROUP BY process
    ),
    named AS (
        SELECT process, edge_id, any(before) AS source, any(after) AS target
        FROM sequences
        ARRAY JOIN edges AS edge_id, arrayPopBack(activities) AS before, arrayPopFront(activities) AS after
        GROUP BY process, edge_id
    ),
    waits AS (
        SELECT process, edge_id, sum(gap) AS waited
        FROM known
        ARRAY JOIN edges AS edge_id, gaps AS gap
        GROUP BY process, edge_id
    ),
    worst AS (
        SELECT
            process,
            argMax((source, target), (waited, source, target)) AS handover,
            if(sum(waited) = 0, 0, max(waited) / sum(waited)) AS share
        FROM waits
        INNER JOIN named USING (process, edge_id)
        GROUP BY process
    )
SELECT
    m.process AS process,
    cases,
    events,
    median_duration_seconds,
    waiting_share,
    rework_rate,
    handover.1 AS source,
    handover.2 AS target,
    share AS share_of_wait
FROM measured AS m
LEFT JOIN worst AS w ON w.process = m.process
ORDER BY cases DESC, process
LIMIT {limit:UInt64}
