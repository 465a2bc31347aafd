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
-- For each activity of a variant the number of its events so far stands beside each event: pairs are counted without being made,
-- so that a case of 100,000 events takes memory for its events times its activities, and not for the square of its events.
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
    ),
    met AS (
        SELECT
            cases,
            source_code,
            arraySlice(codes, indexOf(codes, source_code)) AS from_the_first,
            arrayCumSum(code -> code = source_code, from_the_first) AS so_far
        FROM coded
        ARRAY JOIN arrayDistinct(codes) AS source_code
    )
SELECT
    known[source_code] AS source,
    known[target_code] AS target,
    sum(cases * (before - (target_code = source_code))) AS frequency
FROM met
ARRAY JOIN from_the_first AS target_code, so_far AS before
GROUP BY source_code, target_code
HAVING frequency > 0
ORDER BY frequency DESC, source, target
LIMIT {limit:UInt64}
