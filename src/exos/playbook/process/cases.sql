/*
---
title: Cases
question: Which cases are there, how long did they take, and what happened in them?
description: >
  One row per case. duration_seconds is the time from the first start to the latest completion; offsets are the seconds from the start
  of the case to the start of each of its activities; resources begin with who did most of them.
shows: table
params:
  order:
    label: Order
    help: Longest, newest or busiest cases first.
    default: longest
    choices: [longest, shortest, newest, oldest, most_events]
---
*/
SELECT
    case_id,
    start_time AS start,
    end_time AS end,
    events,
    dateDiff('microsecond', start_time, end_time) / 1e6 AS duration_seconds,
    activities AS variant,
    arrayMap(moment -> dateDiff('microsecond', start_time, moment) / 1e6, start_times) AS offsets,
    arraySort(
        name -> (-countEqual(selected_cases.resources, name), indexOf(selected_cases.resources, name)),
        arrayDistinct(arrayFilter(name -> name != '', selected_cases.resources))
    ) AS resources,
    attributes
FROM selected_cases
ORDER BY
    multiIf({order:String} = 'longest', -duration_seconds, {order:String} = 'shortest', duration_seconds,
            {order:String} = 'most_events', -toFloat64(events),
            {order:String} = 'newest', -toFloat64(toUnixTimestamp64Micro(start_time)),
            toFloat64(toUnixTimestamp64Micro(start_time))),
    case_id
LIMIT {limit:UInt64}
