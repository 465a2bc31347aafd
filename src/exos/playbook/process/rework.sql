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
    activity,
    sum(n) AS cases,
    sumIf(n, repeats > 1) AS rework_cases,
    sum(n * (repeats - 1)) AS rework_events,
    rework_cases / cases AS rework_rate,
    sum(n * loops) AS self_loops
FROM (
    SELECT
        n,
        arrayJoin(arrayDistinct(names)) AS activity,
        countEqual(names, activity) AS repeats,
        arrayCount((a, b) -> a = activity AND b = activity, arrayPopBack(names), arrayPopFront(names)) AS loops
    FROM (SELECT any(activities) AS names, count() AS n FROM selected_cases GROUP BY variant)
)
GROUP BY activity
ORDER BY rework_events DESC, activity
LIMIT {limit:UInt64}
