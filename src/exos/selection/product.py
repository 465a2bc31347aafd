"""`selected_product_events`: what visitors did between `since` and `until`, as far as the filters let it through.

A filter selects events. Each is counted once, however often it was sent, derived or imported.
"""

from __future__ import annotations

from exos.selection import filters
from exos.selection.filters import Conditions
from exos.types import Filter

_STRINGS = frozenset(
    """
    event kind visitor_id user_id session_id service page url referrer element text utm_source utm_medium utm_campaign
    country region city browser browser_version os device network release process case_id trace_id span_id source
    """.split()  # noqa: SIM905 - a list of two dozen quoted names reads worse
)
RELATIONS = frozenset({"selected_product_events"})


def relations(chosen: list[Filter], conditions: Conditions) -> list[str]:
    """The common table expression; its values are bound in `conditions`."""
    conditions.add(chosen, lambda one: _condition(one, conditions))
    where = ["time >= {since:DateTime64(6, 'UTC')}", "time < {until:DateTime64(6, 'UTC')}", *conditions.sql]
    # One event has one time, so its copies lie in one partition.
    return [
        "selected_product_events AS (\n    SELECT *, event_id FROM product_events FINAL\n    WHERE "
        + "\n      AND ".join(where)
        + "\n)"
    ]


def _condition(one: Filter, conditions: Conditions) -> str:
    if one.property in _STRINGS:
        return filters.string(one, conditions, f"`{one.property}`")
    if one.property == "value":
        return filters.number(one, conditions, "value")
    if one.property == "time":
        return filters.time(one, conditions, "time")
    return filters.entry(one, conditions, "properties")
