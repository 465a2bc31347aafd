/*
---
title: Cases on an edge
question: Which cases took this edge of the map, and how long did each wait there?
description: One row per passage from source directly to target, slowest first.
shows: table
params:
  source: {label: From, help: The activity before.}
  target: {label: To, help: The activity after.}
limit: {default: 1000, max: 100000}
---
*/
WITH
    passed AS (
        SELECT *, arrayFilter((at, edge) -> edge = cityHash64({source:String}, {target:String}), arrayEnumerate(edges), edges) AS places
        FROM selected_cases
        WHERE has(edges, cityHash64({source:String}, {target:String}))
    )
SELECT
    case_id,
    gaps[place] / 1e6 AS wait_seconds,
    end_times[place] AS left,
    start_times[place + 1] AS entered,
    resources[place] AS from_resource,
    resources[place + 1] AS to_resource,
    start_time AS start,
    end_time AS end,
    dateDiff('microsecond', start_time, end_time) / 1e6 AS duration_seconds,
    passed.activities AS activities,
    arrayMap(moment -> dateDiff('microsecond', start_time, moment) / 1e6, start_times) AS offsets,
    place AS position
FROM passed
ARRAY JOIN places AS place
ORDER BY wait_seconds DESC, case_id, position
LIMIT {limit:UInt64}
