/*
---
title: Process summary
question: How is the process doing, in one line?
description: >
  waiting_share is the part of all case time in which no activity of the case was running, between its first start and its latest
  completion; in a log with one timestamp per event everything is waiting. rework_rate is the share of cases in which an activity
  occurs more than once; first_time_right is the rest. To compare two periods, ask for the finished cases of both.
shows: number
---
*/
WITH
    reworked_variants AS (
        SELECT variant
        FROM (SELECT variant, activities FROM selected_cases LIMIT 1 BY variant)
        WHERE arrayUniq(activities) < length(activities)
    ),
    measured AS (
        SELECT
            events,
            variant,
            dateDiff('microsecond', start_time, end_time) / 1e6 AS duration,
            idle / 1e6 AS waited,
            variant IN reworked_variants AS reworked
        FROM selected_cases
    )
SELECT
    count() AS cases,
    sum(events) AS events,
    quantileExactInclusive(0.5)(duration) AS median_duration_seconds,
    quantileExactInclusive(0.95)(duration) AS p95_duration_seconds,
    if(sum(duration) = 0, 0, sum(waited) / sum(duration)) AS waiting_share,
    if(cases = 0, 0, countIf(reworked) / cases) AS rework_rate,
    if(cases = 0, 0, countIf(NOT reworked) / cases) AS first_time_right,
    uniqExact(variant) AS variants
FROM measured
LIMIT {limit:UInt64}
