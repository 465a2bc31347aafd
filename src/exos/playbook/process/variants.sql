/*
---
title: Variants
question: In which different ways do cases run, and how much of the work does each cover?
description: >
  A variant is a sequence of activities; frequency counts its cases, most frequent first. median_seconds is the median time from the
  first start to the last completion.
shows: table
---
*/
-- What a variant consists of is the same in every case and in every version of a case: it is read from any of them. The
-- aggregate `any` of arrays would cost a third of the whole.
WITH
    sequences AS (SELECT variant, activities FROM cases WHERE process = {process:String} LIMIT 1 BY variant),
    timed AS (
        SELECT
            variant,
            count() AS cases,
            quantileExactInclusive(0.5)(dateDiff('microsecond', start_time, end_time)) / 1e6 AS median_seconds
        FROM selected_cases
        GROUP BY variant
    ),
    grouped AS (
        SELECT activities AS names, cases, median_seconds
        FROM sequences
        INNER JOIN timed USING (variant)
    )
SELECT
    variant,
    frequency,
    frequency / total AS share,
    running / total AS cumulative_share,
    median_seconds
FROM (
    SELECT
        names AS variant,
        cases AS frequency,
        sum(cases) OVER () AS total,
        sum(cases) OVER (ORDER BY cases DESC, names ROWS UNBOUNDED PRECEDING) AS running,
        median_seconds
    FROM grouped
)
-- The running sum is in the order of frequency and variant, and costs far less to sort by.
ORDER BY running
LIMIT {limit:UInt64}
