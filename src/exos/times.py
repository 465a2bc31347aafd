"""Times as people and programs write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from exos.errors import BadParameter

FIRST = datetime(1900, 1, 1, tzinfo=UTC)
LAST = datetime(2299, 12, 31, 23, 59, 59, tzinfo=UTC)


def zone(name: str) -> ZoneInfo:
    """The IANA time zone of that name. Raises BadParameter when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadParameter(
            f"There is no time zone {name!r}.", "Give an IANA name, for example America/Chicago."
        ) from None


def parse_time(value: Any, timezone: str, what: str) -> datetime:
    """A moment in UTC from RFC 3339 text, a date, or epoch seconds. Times without an offset are in `timezone`.

    Raises BadParameter, naming `what`, for anything else and for times that the store cannot hold (before 1900, after
    2299).
    """
    try:
        if isinstance(value, bool):
            raise TypeError
        moment = datetime.fromtimestamp(value, UTC) if isinstance(value, int | float) else datetime.fromisoformat(value)
    except (TypeError, ValueError, OverflowError, OSError):
        raise BadParameter(
            f"{what} is {value!r}, which is not a time.", "Give RFC 3339, for example 2026-03-01T00:00:00Z, or a date."
        ) from None
    local = moment.replace(tzinfo=zone(timezone)) if moment.tzinfo is None else moment
    try:
        moment = local.astimezone(UTC)
    except OverflowError:
        moment = FIRST.replace(year=1)
    if not FIRST <= moment <= LAST:
        raise BadParameter(f"{what} is {value!r}, outside the years 1900 to 2299.", "Give a time in between.")
    return moment


def bound(moment: datetime) -> str:
    """A moment in UTC as the engine's DateTime64 parameters want it."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")
