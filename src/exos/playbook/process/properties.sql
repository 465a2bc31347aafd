/*
---
title: Properties
question: By what can the cases of this process be filtered, and which values are there?
description: >
  One row per attribute of cases and of events, and per built-in property, with its most frequent values (of cases: counted over
  cases; of events: over events) and whether they read as numbers.
shows: table
limit: {default: 500, max: 5000}
---
*/
WITH
    valued AS (
        SELECT 'case' AS level, name AS property, text AS value, count() AS n
        FROM selected_cases
        ARRAY JOIN mapKeys(attributes) AS name, mapValues(attributes) AS text
        GROUP BY property, value
        UNION ALL
        SELECT 'event' AS level, name AS property, text AS value, count() AS n
        FROM selected_events
        ARRAY JOIN mapKeys(attributes) AS name, mapValues(attributes) AS text
        GROUP BY property, value
        UNION ALL
        SELECT 'builtin' AS level, 'activity' AS property, activity AS value, count() AS n
        FROM selected_cases
        ARRAY JOIN activities AS activity
        GROUP BY value
        UNION ALL
        SELECT 'builtin' AS level, 'resource' AS property, resource AS value, count() AS n
        FROM selected_cases
        ARRAY JOIN resources AS resource
        GROUP BY value
    )
SELECT
    property,
    level,
    if(countIf(isNull(toFloat64OrNull(value))) = 0, 'number', 'string') AS type,
    count() AS distinct,
    arrayMap(pair -> pair.2, arraySlice(arraySort(pair -> (-pair.1, pair.2), groupArray((toInt64(n), toString(value)))), 1, 50)) AS values
FROM valued
GROUP BY level, property
ORDER BY level = 'builtin' DESC, level = 'case' DESC, property
LIMIT {limit:UInt64}
