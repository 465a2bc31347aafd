"""Lifecycle folding: a start and the completion that belongs to it become one event with both times.

Within a case, a completion belongs to the earliest start before it that is still open, of the same activity and the same
`concept:instance`, whoever did them: work is handed over while it runs, and a log rarely says which of two people's starts
a completion ends. This is the field's rule (`to_interval` of pm4py), so that service times are those that others find;
unlike there, a start that never completes is kept. The folded event keeps the resource, lifecycle, cost and attributes of
the completion, attributes that only the start has, and the start's place in the file. Starts and completions that find no
partner stay as they are, and so do all other transitions (schedule, suspend …): they are events of their own, told apart by
their lifecycle.

The n-th completion that has a partner belongs to the n-th start. A completion has none when, of all starts and completions up to
it, completions are more than ever before: the lowest running sum so far, below zero, counts exactly these.
"""

from __future__ import annotations

_RUNNING = "ORDER BY start_time, sequence ROWS BETWEEN UNBOUNDED PRECEDING AND"
_ROWS = """
SELECT *, multiIf(lower(lifecycle) = 'start', 1, lower(lifecycle) = 'complete', -1, 0) AS move,
    attributes['concept:instance'] AS instance
FROM {source}
WHERE cityHash64(case_id) % {{parts:UInt32}} = {{part:UInt32}}
"""
_PAIRED = """
SELECT * EXCEPT (starts, partners, lacking, lacked, balance), multiIf(
    move > 0 AND starts <= max(partners) OVER (PARTITION BY {key}), starts,
    move < 0 AND lacking = lacked, partners,
    toInt64(0)) AS pair
FROM (
    SELECT * EXCEPT (sums), toInt64(sums.1) AS starts, toInt64(sums.2) - lacking AS partners,
        greatest(0, -min(balance) OVER (PARTITION BY {key} {running} CURRENT ROW)) AS lacking,
        greatest(0, -min(balance) OVER (PARTITION BY {key} {running} 1 PRECEDING)) AS lacked
    FROM (
        SELECT *, (countIf(move > 0) OVER w, countIf(move < 0) OVER w) AS sums, sum(move) OVER w AS balance
        FROM ({rows})
        WINDOW w AS (PARTITION BY {key} {running} CURRENT ROW)
    )
)
"""
_FOLDED = """
INSERT INTO {target} ({columns})
SELECT process, case_id, activity, if(pair > 0, begun, start_time) AS start_time, end_time, resource, lifecycle, cost,
    if(pair > 0, mapUpdate(begun_attributes, attributes), attributes) AS attributes,
    if(pair > 0, mapUpdate(begun_case, case_attributes), case_attributes) AS case_attributes,
    session_id, trace_id, span_id, if(pair > 0, begun_sequence, sequence) AS sequence, source
FROM (
    SELECT *,
        anyIf(start_time, move > 0) OVER w AS begun, anyIf(sequence, move > 0) OVER w AS begun_sequence,
        anyIf(attributes, move > 0) OVER w AS begun_attributes, anyIf(case_attributes, move > 0) OVER w AS begun_case
    FROM ({rows})
    WINDOW w AS (PARTITION BY case_id, activity, instance, pair)
)
WHERE pair = 0 OR move < 0
"""


def statement(source: str, target: str, columns: str) -> str:
    """The INSERT that folds the events of one table into another; `part` of `parts` of the cases at a time."""
    rows = _PAIRED.format(rows=_ROWS.format(source=source), key="case_id, activity, instance", running=_RUNNING)
    return _FOLDED.format(target=target, columns=columns, rows=rows)
