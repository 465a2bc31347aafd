/*
---
title: Session summary
question: How many sessions were there, and how many of them met errors and frustration?
description: >
  frustrated_share is the part of the sessions that met a rage, dead or error click or a thrashed cursor. Events without a session count as events
  and visitors only.
shows: number
---
*/
SELECT
    uniqExactIf(session_id, session_id != '') AS sessions,
    uniqExact(visitor_id) AS visitors,
    count() AS events,
    countIf(kind = 'page') AS pages,
    countIf(kind = 'error') AS errors,
    uniqExactIf(session_id, session_id != '' AND kind = 'error') AS error_sessions,
    countIf(kind = 'frustration') AS frustrations,
    uniqExactIf(session_id, session_id != '' AND kind = 'frustration') AS frustrated_sessions,
    if(sessions = 0, 0, frustrated_sessions / sessions) AS frustrated_share
FROM selected_product_events
LIMIT {limit:UInt64}
