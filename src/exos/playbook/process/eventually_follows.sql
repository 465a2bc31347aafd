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
WITH
    (SELECT groupUniqArrayArray(activities) FROM selected_variants) AS known,
    coded AS (
        SELECT
            cases,
            arrayMap(name -> transform(name, known, CAST(arrayEnumerate(known), 'Array(UInt32)'), 0::UInt32), activities) AS codes
        FROM selected_variants
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
