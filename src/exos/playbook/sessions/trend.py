"""
---
title: Session trend
question: How do visits, errors and frustration develop?
description: >
  One row per calendar bucket of the time zone, by when things happened. frustrated_share is the part of the sessions that
  met a rage, dead or error click or a thrashed cursor in that bucket. With interval auto, the bucket is the smallest of hour,
  day, week and month that gives at most 120 rows.
shows: line
params:
  interval:
    label: Interval
    help: Calendar bucket.
    default: auto
    choices: [auto, hour, day, week, month]
columns:
  time: DateTime64(6, 'UTC')
  sessions: UInt64
  visitors: UInt64
  events: UInt64
  errors: UInt64
  error_sessions: UInt64
  frustrations: UInt64
  frustrated_share: Float64
---
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from exos import buckets
from exos.types import Result

_TREND = """
SELECT
    {bucket} AS bucket,
    uniqExactIf(session_id, session_id != '') AS sessions,
    uniqExact(visitor_id) AS visitors,
    count() AS events,
    countIf(kind = 'error') AS errors,
    uniqExactIf(session_id, session_id != '' AND kind = 'error') AS error_sessions,
    countIf(kind = 'frustration') AS frustrations,
    if(sessions = 0, 0, uniqExactIf(session_id, session_id != '' AND kind = 'frustration') / sessions) AS frustrated_share
FROM selected_product_events
GROUP BY bucket
ORDER BY bucket
LIMIT {{limit:UInt64}}
"""


def run(ask: Callable[..., Result], params: Mapping[str, Any]) -> list[list[Any]]:
    """One list per bucket, in the order of `columns`. Empty buckets are left out."""
    return buckets.course(ask, params["interval"], "selected_product_events", "time", _TREND)
