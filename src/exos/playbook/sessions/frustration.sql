/*
---
title: Frustration
question: Where do visitors get stuck?
description: >
  One row per signal, page and element: rage clicks, dead clicks, error clicks and thrashed cursors, as browsers report them and as found in
  recordings. share is the part of the sessions on that page that met it; worst_session met it most often. Most sessions first.
shows: table
params:
  session: {label: Session, help: Only this session., default: ""}
limit: {default: 500, max: 100000}
---
*/
WITH
    signals AS (
        SELECT event, service, page, element, session_id, visitor_id, max(text) AS words, count() AS times,
               max(time) AS latest
        FROM selected_product_events
        WHERE kind = 'frustration' AND ({session:String} = '' OR session_id = {session:String})
        GROUP BY event, service, page, element, session_id, visitor_id
    ),
    visited AS (
        SELECT service, page, uniqExactIf(session_id, session_id != '') AS all_sessions
        FROM selected_product_events
        WHERE {session:String} = '' OR session_id = {session:String}
        GROUP BY service, page
    )
SELECT
    s.event AS signal,
    s.service AS service,
    s.page AS page,
    s.element AS element,
    max(s.words) AS text,
    sum(s.times) AS count,
    uniqExactIf(s.session_id, s.session_id != '') AS sessions,
    uniqExact(s.visitor_id) AS visitors,
    if(any(v.all_sessions) = 0, 0, sessions / any(v.all_sessions)) AS share,
    max(s.latest) AS last_seen,
    argMax(s.session_id, (s.times, s.latest, s.session_id)) AS worst_session
FROM signals AS s
INNER JOIN visited AS v ON v.service = s.service AND v.page = s.page
GROUP BY signal, service, page, element
ORDER BY sessions DESC, count DESC, signal, service, page, element
LIMIT {limit:UInt64}
