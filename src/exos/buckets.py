"""Calendar buckets of a time zone, for every analysis that shows a course over time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exos.types import Result

MOST_ROWS = 120
INTERVALS = ("hour", "day", "week", "month")
_SECONDS = {"hour": 3600, "day": 86_400, "week": 604_800, "month": 2_592_000}
_STARTS = {
    "hour": "toStartOfHour({local})",
    "day": "toStartOfDay({local})",
    "week": "toStartOfWeek({local}, 1)",
    "month": "toStartOfMonth({local})",
}


def fitting(seconds: float) -> str:
    """The smallest interval that cuts so many seconds into at most MOST_ROWS buckets; months where none does."""
    return next((unit for unit in INTERVALS if seconds / _SECONDS[unit] < MOST_ROWS), "month")


def start(interval: str, column: str) -> str:
    """SQL of the moment (UTC) at which the bucket of `column` starts in the zone of the parameter `timezone`.

    Weeks start on Monday. Days at a change of the clock have 23 or 25 hours.
    """
    local = _STARTS[interval].format(local=f"toTimeZone({column}, {{timezone:String}})")
    return f"toDateTime64(toDateTime({local}, {{timezone:String}}), 6, 'UTC')"


def course(ask: Callable[..., Result], interval: str, relation: str, column: str, sql: str) -> list[list[Any]]:
    """The rows of a course over time: `sql`, with {bucket} in the place of the moment at which a row's bucket starts.

    With interval auto the bucket is the smallest that cuts what `relation` holds in `column` into at most MOST_ROWS.
    """
    if interval == "auto":
        first_to_last = f"dateDiff('second', min({column}), max({column}))"
        rows, seconds = ask(f"SELECT count() AS rows, {first_to_last} AS seconds FROM {relation}").rows[0]
        if not rows:
            return []
        interval = fitting(seconds)
    return ask(sql.format(bucket=start(interval, column))).rows
