/*
---
title: Open cases over time
question: How many cases were open at the same time?
description: >
  The number of cases open at each moment at which a case started or ended: those that have started by then and have not ended before. With an interval, the largest
  number in each bucket of the time zone's calendar; a bucket without a change is left out, the number stays as it was.
shows: line
params:
  interval:
    label: Interval
    help: Every change, or the peak per calendar bucket.
    default: change
    choices: [change, hour, day, week, month]
---
*/
WITH
    changes AS (
        SELECT moment, sum(began) AS opened, count() - opened AS closed
        FROM selected_cases
        ARRAY JOIN [start_time, end_time] AS moment, [1, 0] AS began
        GROUP BY moment
    ),
    levels AS (
        SELECT
            moment,
            sum(opened - closed) OVER earlier + closed AS at_moment,
            sum(opened - closed) OVER earlier + closed - opened AS just_before
        FROM changes
        WINDOW earlier AS (ORDER BY moment ROWS UNBOUNDED PRECEDING)
    ),
    buckets AS (
        SELECT
            multiIf(
                {interval:String} = 'hour', toDateTime64(toStartOfHour(toTimeZone(moment, {timezone:String})), 6, 'UTC'),
                {interval:String} = 'day', toDateTime64(toStartOfDay(toTimeZone(moment, {timezone:String})), 6, 'UTC'),
                {interval:String} = 'week', toDateTime64(toStartOfWeek(toTimeZone(moment, {timezone:String}), 1), 6, 'UTC'),
                toDateTime64(toStartOfMonth(toTimeZone(moment, {timezone:String})), 6, 'UTC')) AS time,
            max(greatest(at_moment, just_before)) AS open_cases
        FROM levels
        WHERE {interval:String} != 'change'
        GROUP BY time
    )
SELECT time, open_cases
FROM (
    SELECT moment AS time, at_moment AS open_cases FROM levels WHERE {interval:String} = 'change'
    UNION ALL
    SELECT time, open_cases FROM buckets
)
ORDER BY time
LIMIT {limit:UInt64}
