/*
---
title: Groups of customers
question: Of which groups are the customers, which ones come and go, and what are they worth?
description: >
  One row per segment, region, age band, plan or channel of the first touch, as by says. The counts are those of attribution/customers: they add up to
  its numbers. churn_rate is the part of those who were customers at any time in the range that left within it. Largest first; prospects do not
  count. Filters are ignored.
shows: table
params:
  by:
    label: By
    help: What tells the groups apart.
    default: segment
    choices: [segment, region, age_band, plan, channel]
---
*/
SELECT
    toString(multiIf({by:String} = 'segment', segment, {by:String} = 'region', region, {by:String} = 'age_band', age_band, {by:String} = 'plan', plan, channel)) AS value,
    countIf(ifNull(churned_at >= {until:DateTime64(6, 'UTC')}, 1)) AS active_customers,
    countIf(signed_up_at >= {since:DateTime64(6, 'UTC')}) AS new_customers,
    countIf(churned_at >= {since:DateTime64(6, 'UTC')} AND churned_at < {until:DateTime64(6, 'UTC')}) AS churned_customers,
    if(active_customers + churned_customers = 0, 0, churned_customers / (active_customers + churned_customers)) AS churn_rate,
    sumIf(monthly_value, ifNull(churned_at >= {until:DateTime64(6, 'UTC')}, 1)) AS monthly_value
FROM customers FINAL
WHERE signed_up_at < {until:DateTime64(6, 'UTC')}
GROUP BY value
ORDER BY active_customers DESC, new_customers DESC, value
LIMIT {limit:UInt64}
