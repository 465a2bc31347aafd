/*
---
title: Gauge over time
question: How does a metric develop, and is it where it usually is at that time of the week?
description: >
  One row per hour or day of the time zone in which there were points of the metric; with by and series only those of one place of metrics/gauges. usual is the
  median of mean in the same hour (or on the same day) of up to four weeks before, as far as they lie in the time range; weeks says how many there were, and
  usual is empty where there were none. So a Monday is held against Mondays, and a rhythm of the week is no surprise.
shows: line
params:
  metric: {label: Metric, help: Its name., default: ""}
  by: {label: By, help: "Attribute that tells places apart, or service; empty means all points together.", default: ""}
  series: {label: Series, help: "Only this place, by the attribute of by.", default: ""}
  interval:
    label: Interval
    help: Calendar bucket.
    default: hour
    choices: [hour, day]
limit: {default: 10000, max: 100000}
---
*/
WITH
    toTimeZone(TimeUnix, {timezone:String}) AS local,
    course AS (
        SELECT
            toDateTime(if({interval:String} = 'day', toStartOfDay(local), toStartOfHour(local)), {timezone:String}) AS bucket,
            count() AS points,
            avg(Value) AS mean,
            max(Value) AS highest
        FROM selected_gauges
        WHERE MetricName = {metric:String}
            AND toString(multiIf({by:String} = '', '', {by:String} = 'service', ServiceName, Attributes[{by:String}])) = if({by:String} = '', '', {series:String})
        GROUP BY bucket
    ),
    -- Each bucket counts for the four weeks after it, by the clock on the wall.
    known AS (
        SELECT bucket + toIntervalWeek(later) AS bucket, quantileExactInclusive(0.5)(mean) AS usual, count() AS weeks
        FROM course ARRAY JOIN [1, 2, 3, 4] AS later
        GROUP BY bucket
    )
SELECT
    toDateTime64(bucket, 6, 'UTC') AS time,
    c.points AS points,
    c.mean AS mean,
    c.highest AS highest,
    if(k.weeks = 0, NULL, k.usual) AS usual,
    k.weeks AS weeks
FROM course AS c
LEFT JOIN known AS k USING (bucket)
ORDER BY time
LIMIT {limit:UInt64}
