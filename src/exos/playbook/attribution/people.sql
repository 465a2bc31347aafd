/*
---
title: Customers, one by one
question: Which customers are there, who came, and who left?
description: >
  One row per customer that attribution/customers counts: with which, the active ones, those who signed up in the time range, or those who left in it.
  With by and value only those of one group of attribution/groups. Those of the latest change first, which is when they left or signed up. Filters are
  ignored.
shows: table
params:
  which:
    label: Which
    help: The active ones at the end of the range, or those who came or left within it.
    default: active
    choices: [active, new, churned]
  by:
    label: By
    help: What tells the groups apart; empty means customers of every group.
    default: ""
    choices: ["", segment, region, age_band, plan, channel]
  value: {label: Group, help: Only customers of this group., default: ""}
limit: {default: 500, max: 100000}
---
*/
SELECT customer_id, toString(segment) AS segment, toString(region) AS region, toString(plan) AS plan, toString(channel) AS channel, signed_up_at, churned_at, monthly_value
FROM customers FINAL
WHERE signed_up_at < {until:DateTime64(6, 'UTC')}
    AND multiIf(
        {which:String} = 'active', ifNull(churned_at >= {until:DateTime64(6, 'UTC')}, 1),
        {which:String} = 'new', signed_up_at >= {since:DateTime64(6, 'UTC')},
        ifNull(churned_at >= {since:DateTime64(6, 'UTC')} AND churned_at < {until:DateTime64(6, 'UTC')}, 0)
    )
    AND multiIf(
        {by:String} = 'segment', segment = {value:String}, {by:String} = 'region', region = {value:String}, {by:String} = 'age_band', age_band = {value:String},
        {by:String} = 'plan', plan = {value:String}, {by:String} = 'channel', channel = {value:String}, 1
    )
ORDER BY if({which:String} = 'churned', churned_at, signed_up_at) DESC, customer_id
LIMIT {limit:UInt64}
