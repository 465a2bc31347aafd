/*
---
title: Conversions
question: Which things that marketing wants did people do, and what are they worth?
description: >
  One row per kind of conversion in the time range: a sign-up, a first order, an upgrade. value adds up to that of attribution/customers, in the currency
  of the source; median_value tells what a usual one is worth, which one dear conversion does not move. The kind that is worth the most, all in all, first.
  Filters are ignored.
shows: table
---
*/
SELECT
    toString(kind) AS kind,
    count() AS conversions,
    uniqExactIf(visitor_id, visitor_id != '') AS visitors,
    sum(value) AS value,
    quantileExactInclusive(0.5)(conversions.value) AS median_value,
    max(conversions.value) AS highest_value
FROM conversions FINAL
WHERE time >= {since:DateTime64(6, 'UTC')} AND time < {until:DateTime64(6, 'UTC')}
GROUP BY kind
ORDER BY value DESC, conversions DESC, kind
LIMIT {limit:UInt64}
