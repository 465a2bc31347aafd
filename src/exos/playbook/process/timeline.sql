/*
---
title: Case timeline
question: What happened in this case, when, by whom, and where did it wait?
description: >
  One row per event, in the order of (start, completion, sequence). wait_seconds is the time since the previous completion,
  service_seconds completion minus start.
shows: table
params:
  case: {label: Case, help: The case's id.}
---
*/
SELECT
    sequence,
    activity,
    start_time AS start,
    end_time AS end,
    resource,
    lifecycle,
    if(row_number() OVER lived = 1, NULL,
       greatest(0, dateDiff('microsecond', lagInFrame(end_time) OVER lived, start_time) / 1e6)) AS wait_seconds,
    dateDiff('microsecond', start_time, end_time) / 1e6 AS service_seconds,
    cost,
    attributes,
    session_id,
    trace_id,
    span_id
FROM case_events FINAL
WHERE process = {process:String} AND case_id = {case:String}
WINDOW lived AS (ORDER BY start_time, end_time, sequence, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
ORDER BY start_time, end_time, sequence, event_id
LIMIT {limit:UInt64}
