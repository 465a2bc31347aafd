/*
---
title: Session events
question: What happened in this session, moment by moment?
description: One row per event in its order. offset_seconds counts from the first event of the session; case_id is the case worked on.
shows: table
params:
  session: {label: Session, help: The session's id.}
limit: {default: 5000, max: 100000}
---
*/
SELECT
    time,
    dateDiff('microsecond', min(time) OVER (), time) / 1e6 AS offset_seconds,
    event,
    kind,
    page,
    element,
    text,
    value,
    process,
    case_id,
    service,
    visitor_id,
    user_id,
    browser,
    os,
    device,
    country,
    properties,
    trace_id,
    span_id
FROM selected_product_events
WHERE session_id = {session:String}
ORDER BY time, event_id
LIMIT {limit:UInt64}
