/*
---
title: Eventually-follows graph
question: Which activities come later in a case than which others, however much happens in between?
description: >
  Counts every ordered pair of events of a case, in the order of (start, completion, sequence): an activity that occurs twice after
  another counts twice.
shows: table
---
*/
-- Numbers stand for activities while pairs are counted: there are many, and grouping names takes three times as long.
-- DISTINCT finds the names in half the time that groupUniqArrayArray takes.
-- What a variant consists of is the same in every case and in every version of a case: it is read from any of them, which
-- spares FINAL twice.
WITH
    sequences AS (SELECT variant, activities FROM cases WHERE process = {process:String} LIMIT 1 BY variant),
    counts AS (SELECT variant, count() AS cases FROM selected_cases GROUP BY variant),
    (
        SELECT groupArray(activity)
        FROM (SELECT DISTINCT arrayJoin(activities) AS activity FROM cases WHERE process = {process:String})
    ) AS known,
    coded AS (
        SELECT
            cases,
            arrayMap(name -> transform(name, known, CAST(arrayEnumerate(known), 'Array(UInt32)'), 0::UInt32), activities) AS codes
        FROM sequences
        INNER JOIN counts USING (variant)
    )
SELECT
    known[source_code] AS source,
    known[target_code] AS target,
    sum(cases) AS frequency
FROM (
    SELECT cases, codes, place, target_code
    FROM coded
    ARRAY JOIN codes AS target_code, arrayEnumerate(codes) AS place
)
ARRAY JOIN arraySlice(codes, 1, place - 1) AS source_code
GROUP BY source_code, target_code
ORDER BY frequency DESC, source, target
LIMIT {limit:UInt64}
