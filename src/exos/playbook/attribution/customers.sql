/*
---
title: Customers
question: How many customers are there, how many came and went, and what are they worth?
description: >
  One row. customers signed up before the end of the time range, active_customers of them had not left by then; new_customers signed up within it,
  churned_customers left within it. monthly_value adds up the revenue a month of the active ones; conversions and value are of the range.
  Prospects do not count. Filters are ignored.
shows: number
---
*/
WITH
    people AS (
        SELECT
            count() AS customers,
            countIf(ifNull(churned_at >= {until:DateTime64(6, 'UTC')}, 1)) AS active_customers,
            countIf(signed_up_at >= {since:DateTime64(6, 'UTC')}) AS new_customers,
            countIf(churned_at >= {since:DateTime64(6, 'UTC')} AND churned_at < {until:DateTime64(6, 'UTC')}) AS churned_customers,
            sumIf(monthly_value, ifNull(churned_at >= {until:DateTime64(6, 'UTC')}, 1)) AS monthly_value
        FROM customers FINAL
        WHERE signed_up_at < {until:DateTime64(6, 'UTC')}
    ),
    wanted AS (
        SELECT count() AS conversions, sum(value) AS value
        FROM conversions FINAL
        WHERE time >= {since:DateTime64(6, 'UTC')} AND time < {until:DateTime64(6, 'UTC')}
    )
SELECT customers, active_customers, new_customers, churned_customers, monthly_value, conversions, value
FROM people
CROSS JOIN wanted
LIMIT {limit:UInt64}
