/*
---
title: Processes
question: Which processes are there?
description: One row per process that has cases, the largest first.
shows: table
params:
  process: {label: Process, help: Only this one; empty means all., default: ""}
---
*/
WITH
    known AS (SELECT * FROM cases FINAL WHERE {process:String} IN ('', process)),
    named AS (
        SELECT process, uniqExactArray(activities) AS activities
        FROM (SELECT process, variant, activities FROM known LIMIT 1 BY process, variant)
        GROUP BY process
    ),
    counted AS (
        SELECT process, count() AS cases, sum(events) AS events, min(start_time) AS first_start, max(end_time) AS last_end
        FROM known
        GROUP BY process
    )
SELECT
    process,
    cases,
    events,
    activities,
    first_start,
    last_end
FROM counted
INNER JOIN named USING (process)
ORDER BY cases DESC, process
LIMIT {limit:UInt64}
