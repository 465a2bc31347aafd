"""Small product-event logs for tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from exos.store.database import Database
from exos.store.tables import PRODUCT_EVENTS

ORIGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
FRUSTRATIONS = ("rage_click", "dead_click", "error_click", "thrashed_cursor")
_KINDS = {"page_view": "page", "route_change": "page", "click": "interaction", "error": "error", "lcp": "vital"}


@dataclass(frozen=True)
class Happening:
    """One event of a visitor; `minute` counts from ORIGIN."""

    minute: float
    event: str
    session: str
    visitor: str
    page: str = "/orders"
    element: str = ""
    text: str = ""
    case: str = ""
    value: float | None = None
    source: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def time(self) -> datetime:
        return ORIGIN + timedelta(minutes=self.minute)

    @property
    def kind(self) -> str:
        return "frustration" if self.event in FRUSTRATIONS else _KINDS.get(self.event, "action")


def table(service: str, happenings: Iterable[Happening]) -> pa.Table:
    """The events as `product_events` wants them."""
    given = list(happenings)
    told = {
        "time": [one.time for one in given],
        "event": [one.event for one in given],
        "kind": [one.kind for one in given],
        "visitor_id": [one.visitor for one in given],
        "session_id": [one.session for one in given],
        "service": [service] * len(given),
        "page": [one.page for one in given],
        "element": [one.element for one in given],
        "text": [one.text for one in given],
        "process": ["title" if one.case else "" for one in given],
        "case_id": [one.case for one in given],
        "source": [one.source for one in given],
        "value": [one.value for one in given],
        "properties": [list(one.properties.items()) for one in given],
    }
    columns = [told.get(name, [""] * len(given)) for name in PRODUCT_EVENTS.names]
    return pa.table(columns, schema=PRODUCT_EVENTS)


def load(database: Database, service: str, happenings: Iterable[Happening]) -> None:
    """Insert the events; several loads of the same service add up."""
    database.insert("product_events", table(service, happenings))


VISITS = [
    Happening(0, "page_view", "s1", "ann", "/"),
    Happening(1, "click", "s1", "ann", "/", "a#orders"),
    Happening(1.1, "route_change", "s1", "ann", "/orders"),
    Happening(2, "click", "s1", "ann", "/orders", "button#search", "Search", case="T-1"),
    Happening(2.1, "rage_click", "s1", "ann", "/orders", "button#search", "Search", case="T-1"),
    Happening(3, "error", "s1", "ann", "/orders", text="x is undefined", case="T-2"),
    Happening(3.1, "error_click", "s1", "ann", "/orders", "button#search", "Search", case="T-2"),
    Happening(60, "page_view", "s2", "bob", "/orders"),
    Happening(61, "rage_click", "s2", "bob", "/orders", "button#search", "Search"),
    Happening(62, "rage_click", "s2", "bob", "/orders", "button#search", "Search"),
    Happening(1500, "page_view", "s3", "ann", "/orders"),
    Happening(1501, "dead_click", "s3", "ann", "/orders", "div.card"),
    Happening(1502, "lcp", "s3", "ann", "/orders", value=812.5),
    Happening(1600, "signed_up", "", "eve", properties={"plan": "gold"}),
]
"""Three sessions of two visitors, and an event of a third that belongs to none."""
