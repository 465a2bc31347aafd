"""
---
title: Process trend
question: How do volume, throughput time, waiting and rework develop?
description: >
  One row per calendar bucket of the time zone, by the start of the cases, or by their end where they are the finished ones; the
  measures are those of process/summary.
  With interval auto, the bucket is the smallest of hour, day, week and month that gives at most 120 rows.
shows: line
params:
  interval:
    label: Interval
    help: Calendar bucket.
    default: auto
    choices: [auto, hour, day, week, month]
columns:
  time: DateTime64(6, 'UTC')
  cases: UInt64
  median_duration_seconds: Nullable(Float64)
  waiting_share: Float64
  rework_rate: Float64
  first_time_right: Float64
---
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from exos import buckets
from exos.types import Result

_TREND = """
WITH
    reworked_variants AS (
        SELECT variant
        FROM (SELECT variant, activities FROM selected_cases LIMIT 1 BY variant)
        WHERE arrayUniq(activities) < length(activities)
    ),
    dateDiff('microsecond', start_time, end_time) / 1e6 AS duration,
    variant IN reworked_variants AS reworked
SELECT
    {bucket} AS time,
    count() AS cases,
    quantileExactInclusive(0.5)(duration) AS median_duration_seconds,
    if(sum(duration) = 0, 0, sum(idle) / 1e6 / sum(duration)) AS waiting_share,
    countIf(reworked) / cases AS rework_rate,
    1 - rework_rate AS first_time_right
FROM selected_cases
GROUP BY time
ORDER BY time
LIMIT {{limit:UInt64}}
"""


def run(ask: Callable[..., Result], params: Mapping[str, Any]) -> list[list[Any]]:
    """One list per bucket, in the order of `columns`. Empty buckets are left out."""
    moment = "end_time" if params["cases"] == "finished" else "start_time"
    return buckets.course(ask, params["interval"], "selected_cases", moment, _TREND)
