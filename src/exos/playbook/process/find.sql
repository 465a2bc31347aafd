/*
---
title: Find a case
question: In which process is this case?
description: >
  One row per case whose id contains the text, in upper or lower case: first the one of that very id, then those that begin with it, then
  the others; the newest first.
shows: table
params:
  text: {label: Text, help: Some of the case's id.}
  process: {label: Process, help: Only in this one; empty means all., default: ""}
limit: {default: 20, max: 1000}
---
*/
WITH positionCaseInsensitiveUTF8(case_id, {text:String}) AS place
SELECT
    process,
    case_id,
    start_time AS start,
    end_time AS end,
    events
FROM cases FINAL
WHERE {process:String} IN ('', process) AND place > 0
    AND start_time >= {since:DateTime64(6, 'UTC')} AND start_time < {until:DateTime64(6, 'UTC')}
ORDER BY
    multiIf(lower(case_id) = lower({text:String}), 0, place = 1, 1, 2),
    start DESC,
    case_id,
    process
LIMIT {limit:UInt64}
