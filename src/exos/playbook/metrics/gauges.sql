/*
---
title: Gauges
question: What do services and networks measure of themselves, how high is it, and where is it highest?
description: >
  One row per metric and unit, or per metric and place: with by, an attribute of its points tells the places apart (service: the
  service that sent them). Of the points in the time range, mean and p95 weigh each alike; latest is the last one's value. attributes are those
  that tell places apart. Metrics by name; of one metric the place with the highest p95 first.
shows: table
params:
  metric: {label: Metric, help: Only this one; empty means all., default: ""}
  by: {label: By, help: "Attribute that tells places apart, or service; empty means none.", default: ""}
---
*/
SELECT
    MetricName AS metric,
    MetricUnit AS unit,
    toString(multiIf({by:String} = '', '', {by:String} = 'service', ServiceName, Attributes[{by:String}])) AS series,
    count() AS points,
    avg(Value) AS mean,
    quantileExactInclusive(0.95)(Value) AS p95,
    max(Value) AS highest,
    argMax(TimeUnix, (Value, TimeUnix)) AS highest_at,
    argMax(Value, (TimeUnix, Value)) AS latest,
    arraySort(groupUniqArrayArray(mapKeys(Attributes))) AS attributes,
    argMax(MetricDescription, MetricDescription != '') AS about
FROM selected_gauges
WHERE {metric:String} IN ('', MetricName)
GROUP BY metric, unit, series
ORDER BY metric, p95 DESC, series, unit
LIMIT {limit:UInt64}
