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
SELECT
    process,
    count() AS cases,
    sum(events) AS events,
    uniqExactArray(activities) AS activities,
    min(start_time) AS first_start,
    max(end_time) AS last_end
FROM cases FINAL
WHERE {process:String} IN ('', process)
GROUP BY process
ORDER BY cases DESC, process
LIMIT {limit:UInt64}
