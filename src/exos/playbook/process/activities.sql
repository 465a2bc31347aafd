/*
---
title: Activities
question: Which activities are there, how often do they occur, and how long do they take?
description: >
  frequency counts events, case_frequency the cases that have the activity; start_frequency and end_frequency the cases that begin and
  end with it; rework_cases the cases that have it more than once. mean_service_seconds is completion minus start: zero in a log
  with one timestamp per event.
shows: bar
---
*/
WITH
    variants AS (
        SELECT any(activities) AS names, count() AS cases
        FROM selected_cases
        GROUP BY variant
    ),
    counted AS (
        SELECT
            activity,
            sum(repeats * cases) AS frequency,
            sum(cases) AS case_frequency,
            sumIf(cases, activity = names[1]) AS start_frequency,
            sumIf(cases, activity = names[-1]) AS end_frequency,
            sumIf(cases, repeats > 1) AS rework_cases
        FROM (SELECT names, cases, arrayJoin(arrayDistinct(names)) AS activity, countEqual(names, activity) AS repeats FROM variants)
        GROUP BY activity
    ),
    timed AS (
        SELECT activity, avg(service) AS mean_service_seconds, quantileExactInclusive(0.5)(service) AS median_service_seconds
        FROM (
            SELECT activities, arrayMap((a, b) -> dateDiff('microsecond', a, b) / 1e6, start_times, end_times) AS services
            FROM selected_cases
        )
        ARRAY JOIN activities AS activity, services AS service
        GROUP BY activity
    )
SELECT
    activity,
    frequency,
    case_frequency,
    start_frequency,
    end_frequency,
    rework_cases,
    mean_service_seconds,
    median_service_seconds
FROM counted
INNER JOIN timed USING (activity)
ORDER BY frequency DESC, activity
LIMIT {limit:UInt64}
