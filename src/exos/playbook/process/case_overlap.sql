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
        SELECT moment, sum(opened) AS opened, sum(closed) AS closed
        FROM (
            SELECT start_time AS moment, 1 AS opened, 0 AS closed FROM selected_cases
            UNION ALL
            SELECT end_time AS moment, 0 AS opened, 1 AS closed FROM selected_cases
        )
        GROUP BY moment
    ),
    levels AS (
        SELECT
            moment,
            sum(opened) OVER earlier - sum(closed) OVER earlier + closed AS at_moment,
            sum(opened) OVER earlier - opened - (sum(closed) OVER earlier - closed) AS just_before
        FROM changes
        WINDOW earlier AS (ORDER BY moment ROWS UNBOUNDED PRECEDING)
    )
SELECT
    multiIf(
        {interval:String} = 'hour', toDateTime64(toStartOfHour(toTimeZone(moment, {timezone:String})), 6, 'UTC'),
        {interval:String} = 'day', toDateTime64(toStartOfDay(toTimeZone(moment, {timezone:String})), 6, 'UTC'),
        {interval:String} = 'week', toDateTime64(toStartOfWeek(toTimeZone(moment, {timezone:String}), 1), 6, 'UTC'),
        {interval:String} = 'month', toDateTime64(toStartOfMonth(toTimeZone(moment, {timezone:String})), 6, 'UTC'),
        moment) AS time,
    max(if({interval:String} = 'change', at_moment, greatest(at_moment, just_before))) AS open_cases
FROM levels
GROUP BY time
ORDER BY time
LIMIT {limit:UInt64}
