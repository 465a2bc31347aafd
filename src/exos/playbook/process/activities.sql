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
    counted AS (
        SELECT
            name,
            sum(cases) AS frequency,
            sumIf(cases, occurrence = 1) AS case_frequency,
            sumIf(cases, place = 1) AS start_frequency,
            sumIf(cases, place = length(activities)) AS end_frequency,
            sumIf(cases, occurrence = 2) AS rework_cases
        FROM selected_variants
        ARRAY JOIN
            activities AS name,
            arrayEnumerate(activities) AS place,
            arrayEnumerateUniq(activities) AS occurrence
        GROUP BY name
    ),
    timed AS (
        SELECT
            name,
            avg(service) / 1e6 AS mean_service_seconds,
            quantileExactInclusive(0.5)(service) / 1e6 AS median_service_seconds
        FROM (
            SELECT
                activities,
                arrayMap((a, b) -> toUnixTimestamp64Micro(b) - toUnixTimestamp64Micro(a), start_times, end_times) AS services
            FROM selected_cases
        )
        ARRAY JOIN activities AS name, services AS service
        GROUP BY name
    )
SELECT
    CAST(name, 'String') AS activity,
    frequency,
    case_frequency,
    start_frequency,
    end_frequency,
    rework_cases,
    mean_service_seconds,
    median_service_seconds
FROM counted
INNER JOIN timed USING (name)
ORDER BY frequency DESC, activity
LIMIT {limit:UInt64}
