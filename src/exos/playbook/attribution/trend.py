"""
---
title: Channel trend
question: What does a channel cost and bring over time?
description: >
  One row per calendar bucket of the time zone in which the channel touched somebody, or a conversion took place whose last
  touch was of it, as attribution/channels counts them. Without a channel all touches and all conversions count, also those that
  no touch preceded. With interval auto, the bucket is the smallest of hour, day, week and month that gives at most 120 rows.
  Filters are ignored.
shows: line
params:
  channel: {label: Channel, help: Only this one; empty means all., default: ""}
  interval:
    label: Interval
    help: Calendar bucket.
    default: auto
    choices: [auto, hour, day, week, month]
columns:
  time: DateTime64(6, 'UTC')
  touches: UInt64
  visitors: UInt64
  cost: Float64
  conversions: UInt64
  value: Float64
---
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from exos import buckets
from exos.types import Result

_WITHIN = "time >= {since:DateTime64(6, 'UTC')} AND time < {until:DateTime64(6, 'UTC')}"
_HAPPENED = f"""(
    SELECT time FROM touches FINAL WHERE {_WITHIN} AND {{channel:String}} IN ('', channel)
    UNION ALL SELECT time FROM conversions FINAL WHERE {_WITHIN}
)"""
# The buckets are cut outside: a name of the row's own column would hide the one that a condition needs.
_TREND = """
WITH
    converted AS (SELECT visitor_id, time, value FROM conversions FINAL WHERE WITHIN),
    -- One row per visitor and moment: of touches at the same time the one with the highest key is the last.
    moments AS (
        SELECT visitor_id, time, argMax(channel, touch_id) AS channel
        FROM touches FINAL
        WHERE visitor_id != '' AND visitor_id IN (SELECT visitor_id FROM converted) AND time < {{until:DateTime64(6, 'UTC')}}
            AND time >= (SELECT min(time) FROM converted) - INTERVAL 30 DAY
        GROUP BY visitor_id, time
    ),
    brought AS (
        SELECT c.time AS time, c.value AS value
        FROM converted AS c
        ASOF LEFT JOIN moments AS m ON m.visitor_id = c.visitor_id AND m.time <= c.time
        WHERE {{channel:String}} = '' OR (m.channel = {{channel:String}} AND m.time >= c.time - INTERVAL 30 DAY)
    ),
    happened AS (
        SELECT time, visitor_id, cost, 0 AS value, 1 AS touch FROM touches FINAL
        WHERE WITHIN AND {{channel:String}} IN ('', channel)
        UNION ALL SELECT time, '' AS visitor_id, 0 AS cost, value, 0 AS touch FROM brought
    )
SELECT
    {bucket} AS bucket,
    countIf(touch = 1) AS touches,
    uniqExactIf(visitor_id, visitor_id != '') AS visitors,
    sum(happened.cost) AS cost,
    countIf(touch = 0) AS conversions,
    sum(happened.value) AS value
FROM happened
GROUP BY bucket
ORDER BY bucket
LIMIT {{limit:UInt64}}
""".replace("WITHIN", _WITHIN.replace("{", "{{").replace("}", "}}"))


def run(ask: Callable[..., Result], params: Mapping[str, Any]) -> list[list[Any]]:
    """One list per bucket, in the order of `columns`. Empty buckets are left out."""
    return buckets.course(ask, params["interval"], _HAPPENED, "time", _TREND)
