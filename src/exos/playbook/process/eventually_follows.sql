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
SELECT
    source,
    target,
    sum(n) AS frequency
FROM (
    SELECT names, n, position, target
    FROM (SELECT any(activities) AS names, count() AS n FROM selected_cases GROUP BY variant)
    ARRAY JOIN names AS target, arrayEnumerate(names) AS position
)
ARRAY JOIN arraySlice(names, 1, position - 1) AS source
GROUP BY source, target
ORDER BY frequency DESC, source, target
LIMIT {limit:UInt64}
