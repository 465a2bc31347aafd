"""Calendar buckets of a time zone, for every analysis that shows a course over time."""

from __future__ import annotations

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
