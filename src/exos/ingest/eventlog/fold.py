"""Lifecycle folding: a start and the completion that belongs to it become one event with both times.

Within a case, a completion belongs to the earliest start before it that is still open, of the same activity, the same
`concept:instance` and, first, the same resource; what is left over is then paired without regard to the resource, since work is
handed over while it runs. The folded event keeps the resource, lifecycle, cost and attributes of the completion, attributes that
only the start has, and the start's place in the file. Starts and completions that find no partner stay as they are, and so do all
other transitions (schedule, suspend …): they are events of their own, told apart by their lifecycle.

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
SELECT *, multiIf(
    {move} > 0 AND starts <= max(partners) OVER (PARTITION BY {key}), starts,
    {move} < 0 AND lacking = lacked, partners,
    toInt64(0)) AS {name}
FROM (
    SELECT * EXCEPT (sums), toInt64(sums.1) AS starts, toInt64(sums.2) - lacking AS partners,
        greatest(0, -min(balance) OVER (PARTITION BY {key} {running} CURRENT ROW)) AS lacking,
        greatest(0, -min(balance) OVER (PARTITION BY {key} {running} 1 PRECEDING)) AS lacked
    FROM (
        SELECT *, (countIf({move} > 0) OVER w, countIf({move} < 0) OVER w) AS sums, sum({move}) OVER w AS balance
        FROM ({rows})
        WINDOW w AS (PARTITION BY {key} {running} CURRENT ROW)
    )
)
"""
_FOLDED = """
INSERT INTO {target} ({columns})
SELECT process, case_id, activity, if(paired, begun, start_time) AS start_time, end_time, resource, lifecycle, cost,
    if(paired, mapUpdate(begun_attributes, attributes), attributes) AS attributes,
    if(paired, mapUpdate(begun_case, case_attributes), case_attributes) AS case_attributes,
    session_id, trace_id, span_id, if(paired, begun_sequence, sequence) AS sequence, source
FROM (
    SELECT *,
        anyIf(start_time, move > 0) OVER w AS begun, anyIf(sequence, move > 0) OVER w AS begun_sequence,
        anyIf(attributes, move > 0) OVER w AS begun_attributes, anyIf(case_attributes, move > 0) OVER w AS begun_case
    FROM (
        SELECT *, alike > 0 OR handed > 0 AS paired, if(alike > 0, resource, '') AS whose
        FROM ({rows})
    )
    WINDOW w AS (PARTITION BY case_id, activity, instance, whose, alike, handed)
)
WHERE NOT paired OR move < 0
"""


def statement(source: str, target: str, columns: str) -> str:
    """The INSERT that folds the events of one table into another; `part` of `parts` of the cases at a time."""
    rows = _ROWS.format(source=source)
    alike = _paired(rows, "move", "case_id, activity, instance, resource", "alike")
    left = f"SELECT * EXCEPT (starts, partners, lacking, lacked, balance), if(alike > 0, 0, move) AS left_move FROM ({alike})"
    handed = _paired(left, "left_move", "case_id, activity, instance", "handed")
    return _FOLDED.format(target=target, columns=columns, rows=handed)


def _paired(rows: str, move: str, key: str, name: str) -> str:
    """Rows with a column `name`: the number of the pair within `key`, 0 where there is none."""
    return _PAIRED.format(rows=rows, move=move, key=key, name=name, running=_RUNNING)
