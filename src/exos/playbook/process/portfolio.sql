/*
---
title: Portfolio
question: How is each process doing, and where does each wait the longest?
description: >
  One row per process with cases in the time range, the largest first. cases start in the range. finished end in it, and with a last step: an
  activity that is the last of most cases it occurs in, or of more than one in fifty of those that had time to end: they began longer before the
  last event than 95 of 100 cases last (where a process has no such step, every case counts as finished). Throughput, waiting and rework are those of finished cases, so that what has just begun does not look fast. source and target are the hand-over at which
  finished cases waited most; share_of_wait is its part of all their waiting.
shows: table
params:
  process: {label: Process, help: Only this one; empty means all., default: ""}
---
*/
WITH
    known AS (
        SELECT process, variant, activities, edges, gaps, idle, events, start_time, end_time,
               dateDiff('microsecond', start_time, end_time) / 1e6 AS duration
        FROM cases FINAL
        WHERE {process:String} IN ('', process) AND end_time >= {since:DateTime64(6, 'UTC')} AND start_time < {until:DateTime64(6, 'UTC')}
    ),
    ripe AS (
        SELECT process, max(toUnixTimestamp64Micro(end_time)) - quantileExact(0.95)(dateDiff('microsecond', start_time, end_time)) AS before
        FROM cases FINAL
        WHERE {process:String} IN ('', process)
        GROUP BY process
    ),
    all_sequences AS (
        SELECT
            process,
            variant,
            any(activities) AS activities,
            count() AS times,
            countIf(toUnixTimestamp64Micro(start_time) < before) AS old
        FROM cases FINAL
        INNER JOIN ripe USING (process)
        GROUP BY process, variant
    ),
    last_steps AS (
        SELECT process, activity
        FROM all_sequences
        ARRAY JOIN arrayDistinct(activities) AS activity
        GROUP BY process, activity
        QUALIFY sumIf(times, activities[-1] = activity) >= 0.5 * sum(times)
            OR (sumIf(old, activities[-1] = activity) AS last) > 0.02 * sum(last) OVER (PARTITION BY process)
    ),
    repeating AS (SELECT process, variant FROM all_sequences WHERE arrayUniq(activities) < length(activities)),
    marked AS (
        SELECT
            *,
            start_time >= {since:DateTime64(6, 'UTC')} AS started,
            end_time < {until:DateTime64(6, 'UTC')}
                AND ((process, activities[-1]) IN last_steps OR process NOT IN (SELECT process FROM last_steps)) AS ended,
            (process, variant) IN repeating AS repeated
        FROM known
    ),
    measured AS (
        SELECT
            process,
            countIf(started) AS cases,
            sumIf(events, started) AS events,
            countIf(ended) AS finished,
            quantileExactInclusiveOrNullIf(0.5)(duration, ended) AS median_duration_seconds,
            if(sumIf(duration, ended) = 0, NULL, sumIf(idle, ended) / 1e6 / sumIf(duration, ended)) AS waiting_share,
            if(finished = 0, NULL, countIf(ended AND repeated) / finished) AS rework_rate
        FROM marked
        GROUP BY process
        HAVING cases > 0
    ),
    named AS (
        SELECT process, edge_id, any(before) AS source, any(after) AS target
        FROM all_sequences
        ARRAY JOIN arrayMap((a, b) -> cityHash64(a, b), arrayPopBack(activities), arrayPopFront(activities)) AS edge_id,
            arrayPopBack(activities) AS before, arrayPopFront(activities) AS after
        GROUP BY process, edge_id
    ),
    waits AS (
        SELECT process, edge_id, sum(gap) AS waited
        FROM (SELECT process, edges, gaps FROM marked WHERE ended)
        ARRAY JOIN edges AS edge_id, gaps AS gap
        GROUP BY process, edge_id
    ),
    worst AS (
        SELECT
            process,
            argMax((source, target), (waited, source, target)) AS handover,
            if(sum(waited) = 0, 0, max(waited) / sum(waited)) AS share
        FROM waits
        INNER JOIN named USING (process, edge_id)
        GROUP BY process
    )
SELECT
    m.process AS process,
    cases,
    events,
    finished,
    median_duration_seconds,
    waiting_share,
    rework_rate,
    handover.1 AS source,
    handover.2 AS target,
    share AS share_of_wait
FROM measured AS m
LEFT JOIN worst AS w ON w.process = m.process
ORDER BY cases DESC, process
LIMIT {limit:UInt64}
