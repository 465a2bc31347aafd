/*
---
title: Sessions
question: Which sessions are worth watching?
description: >
  One row per browser session with what happened in it. score ranks by trouble met: 5 for a rage click, 4 for an error click, 3 for a dead
  click, 2 for a thrashed cursor, 1 for an error (at most 10 of each count). process and case_id are those worked on last.
shows: table
params:
  session: {label: Session, help: Only this session., default: ""}
  order:
    label: Order
    help: Most trouble, newest, oldest, longest or busiest sessions first.
    default: worth
    choices: [worth, newest, oldest, longest, most_events]
limit: {default: 500, max: 100000}
---
*/
SELECT
    e.session_id AS session_id,
    max(e.service) AS service,
    argMax(e.visitor_id, e.time) AS visitor_id,
    argMaxIf(e.user_id, e.time, e.user_id != '') AS user_id,
    min(e.time) AS start,
    max(e.time) AS end,
    dateDiff('microsecond', start, end) / 1e6 AS duration_seconds,
    count() AS events,
    countIf(e.kind = 'page') AS pages,
    countIf(e.event = 'click') AS clicks,
    countIf(e.kind = 'error') AS errors,
    countIf(e.event = 'rage_click') AS rage_clicks,
    countIf(e.event = 'dead_click') AS dead_clicks,
    countIf(e.event = 'error_click') AS error_clicks,
    countIf(e.event = 'thrashed_cursor') AS thrashed_cursors,
    toUInt32(5 * least(rage_clicks, 10) + 4 * least(error_clicks, 10) + 3 * least(dead_clicks, 10)
        + 2 * least(thrashed_cursors, 10) + least(errors, 10)) AS score,
    argMinIf(e.page, e.time, e.page != '') AS entry_page,
    argMaxIf(e.page, e.time, e.page != '') AS exit_page,
    argMaxIf(e.process, e.time, e.case_id != '') AS process,
    argMaxIf(e.case_id, e.time, e.case_id != '') AS case_id,
    uniqExactIf(e.case_id, e.case_id != '') AS cases,
    argMaxIf(e.country, e.time, e.country != '') AS country,
    argMaxIf(e.device, e.time, e.device != '') AS device,
    argMaxIf(e.browser, e.time, e.browser != '') AS browser,
    argMaxIf(e.os, e.time, e.os != '') AS os
FROM selected_product_events AS e
WHERE e.session_id != '' AND ({session:String} = '' OR e.session_id = {session:String})
GROUP BY session_id
ORDER BY
    multiIf({order:String} = 'worth', -toFloat64(score), {order:String} = 'longest', -duration_seconds,
            {order:String} = 'most_events', -toFloat64(events),
            {order:String} = 'oldest', toFloat64(toUnixTimestamp64Micro(start)),
            -toFloat64(toUnixTimestamp64Micro(start))),
    start DESC,
    session_id
LIMIT {limit:UInt64}
